"""What the bridge tells, by name: the model of each notice. With the table of methods it is the whole protocol."""

from typing import Final

from pydantic import BaseModel

from hostbridge.protocol import (
    cards,
    identity,
    importing,
    messages,
    outbox,
    plugin_wishes,
    professional,
    psc,
    sharing,
    support,
)

TOLD: Final[dict[str, type[BaseModel]]] = {
    "window/show": outbox.WindowShow,
    "dmp/statusChanged": messages.StatusNotice,
    "dmp/rows": messages.Rows,
    "dmp/badge": plugin_wishes.BadgeShow,
    "feed/finished": outbox.ItemNotice,
    "outbox/changed": outbox.ItemNotice,
    "message/show": messages.MessageShow,
    "identity/changed": identity.IdentityNotice,
    "identity/diverges": identity.DivergenceNotice,
    "patient/suggested": plugin_wishes.PatientSuggestion,
    "card/changed": cards.CardNotice,
    "pin/needed": professional.PinNeededNotice,
    "session/changed": professional.CardSessionShown,
    "psc/needed": messages.Nothing,
    "psc/browse": psc.PscPrompt,
    "psc/changed": psc.PscShown,
    "document/importWanted": importing.ImportNotice,
    "document/newerVersion": importing.NewerVersionNotice,
    "care/needed": support.CareNotice,
    "sharing/changed": sharing.SharingShown,
    "sharing/consultationWanted": sharing.ConsultationNotice,
    "$/progress": messages.Progress,
}
