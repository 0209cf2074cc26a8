"""What the windows show beside the services: addresses of windows, the software, a document as it would be sent."""

from pydantic import BaseModel

from dmp_core import __version__
from dmp_core.documents import pages, viewer
from dmp_core.documents.viewer import ViewContext
from dmp_core.errors import NotFound
from dmp_core.model.practitioner import Right
from dmp_core.services.people import rights
from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked, Later
from hostbridge.protocol.messages import Nothing
from hostbridge.protocol.outbox import ItemReference, WindowShow
from hostbridge.protocol.professional import PinNeededNotice
from hostbridge.protocol.windows import FeedPreview, OpenPanel, PanelOpened, SoftwareShown


def open_panel(seat: Seat, params: OpenPanel, _asked: Asked) -> PanelOpened:
    """A one-time address. Raises NotFound where this bridge has no windows, or none of that name."""
    if seat.windows is None:
        raise NotFound("the windows are not on: initialize with the capability panels")
    return PanelOpened(address=seat.windows.address(seat, params.panel, params.params))


def addressed(seat: Seat, notice: BaseModel) -> BaseModel:
    """The notice, with a one-time address where it asks for a window and this host opens windows of ours."""
    if seat.windows is not None and isinstance(notice, PinNeededNotice):
        return notice.model_copy(update={"address": seat.windows.address(seat, "pin", {})})
    if seat.windows is None or not isinstance(notice, WindowShow):
        return notice
    params = {"item": notice.item.item}
    return notice.model_copy(update={"address": seat.windows.address(seat, notice.window, params)})


def about(seat: Seat, _params: Nothing, _asked: Asked) -> SoftwareShown:
    config = seat.app.config
    software = config.software
    return SoftwareShown(
        publisher=software.publisher,
        name=software.name,
        version=software.version,
        homologation=software.homologation,
        installation=software.installation,
        module=f"dmp-core {__version__}",
        environment=config.environment,
    )


def preview(seat: Seat, params: ItemReference, _asked: Asked) -> Later:
    """The document of an item of the pharmacy that asks. Raises RightMissing, NotFound (not composed, or sent)."""
    who = rights.require(seat.who, Right.FEED)
    item = seat.app.outbox.get(params.item)
    if item.who.structure.national_id != who.structure.national_id:
        raise NotFound("this item is another pharmacy's")
    context = ViewContext(patient=item.patient, time_zone=seat.app.structure.time_zone, draw=pages.draw)
    document = seat.app.outbox.document(item.id)

    def work() -> FeedPreview:
        view = viewer.render(document, context=context)
        return FeedPreview(html=viewer.page(view).decode(), headers=dict(viewer.page_headers()))

    return Later(work, here=True)
