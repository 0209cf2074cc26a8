"""The cards of the seat, on demand; `card/changed` and `patient/suggested` tell of them by themselves."""

from dmp_core.errors import CardError, ExtraMissing
from dmp_core.services.feed.feeding import fault_of
from hostbridge.methods.seat import Seat
from hostbridge.protocol.cards import CardsListed, CardView, PeopleFound, ScanCode, optional_fault
from hostbridge.protocol.connection import Asked, Later
from hostbridge.protocol.messages import Nothing


def list_all(seat: Seat, _params: Nothing, _asked: Asked) -> CardsListed:
    """An answer in any case: readers that cannot be used are a fact, no failure of the question."""
    try:
        return CardsListed(readers=tuple(map(CardView.of, seat.app.cards.listed())))
    except (CardError, ExtraMissing) as error:
        return CardsListed(readers=(), fault=fault_of(error))


def scan(seat: Seat, params: ScanCode, _asked: Asked) -> Later:
    """A provider may ask a service of the health insurance."""
    cards, who = seat.app.cards, seat.who

    def work() -> PeopleFound:
        people, problem = cards.scanned(params.code, who)
        return PeopleFound(people=tuple(people), fault=optional_fault(problem))

    return Later(work)
