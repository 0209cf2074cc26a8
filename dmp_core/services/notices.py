"""What the core tells the host by itself. Plain values: the bridge turns them into notifications."""

from dataclasses import dataclass

from dmp_core.api.events import CardPerson
from dmp_core.cards.atr import CardKind
from dmp_core.cards.cps import Holder
from dmp_core.cards.pin import PinRequest
from dmp_core.errors import DmpError
from dmp_core.model.document import RecordStatus
from dmp_core.model.identification import Prompt, PscView
from dmp_core.model.identity import Patient
from dmp_core.model.item import OutboxItem
from dmp_core.model.listing import NewOfType
from dmp_core.model.row import Row
from dmp_core.model.sharing import SharingView
from dmp_core.services.authentication.card_view import CardSessionView


@dataclass(frozen=True, slots=True)
class OutboxChanged:
    """An item moved to another state."""

    item: OutboxItem


@dataclass(frozen=True, slots=True)
class FeedFinished:
    """An item reached its end: sent, refused or cancelled."""

    item: OutboxItem


@dataclass(frozen=True, slots=True)
class WindowWanted:
    """The feed window should open for this item, without taking the focus."""

    item: OutboxItem


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """What the DMP said of a patient's record."""

    host_id: str
    status: RecordStatus


@dataclass(frozen=True, slots=True)
class StatusText:
    """A plugin's text in the place of the badge."""

    host_id: str
    text: str


@dataclass(frozen=True, slots=True)
class MessageWanted:
    """A message of a plugin for the operator."""

    plugin: str
    text: str
    level: str


@dataclass(frozen=True, slots=True)
class BadgeWanted:
    """A plugin's short text beside one listed document."""

    plugin: str
    host_id: str
    unique_id: str
    text: str
    level: str


@dataclass(frozen=True, slots=True)
class PatientSuggested:
    """The person on a card whom a plugin suggests to open: the host looks for them in its own files.

    `plugin` None: the core read the card; `people` are all of it, `problem` says that the open patient is none of them.
    """

    plugin: str | None
    person: CardPerson
    people: tuple[CardPerson, ...] = ()
    problem: DmpError | None = None


@dataclass(frozen=True, slots=True)
class CardTold:
    """A card came or went; `problem`: why it cannot be used, or why it went. `reader`: its name in PC/SC."""

    reader: str
    kind: CardKind
    present: bool
    problem: DmpError | None = None


@dataclass(frozen=True, slots=True)
class PscNeeded:
    """Reading waits for the professional to be identified by Pro Santé Connect."""


@dataclass(frozen=True, slots=True)
class PscBrowse:
    """What the professional must see now: a page in their browser, or two digits."""

    prompt: Prompt


@dataclass(frozen=True, slots=True)
class PscChanged:
    """The identification by Pro Santé Connect came, asks for a choice, was renewed or ended."""

    view: PscView


@dataclass(frozen=True, slots=True)
class IdentityChanged:
    """More, or less, is known of a patient's identity: the host keeps it in its file."""

    patient: Patient


@dataclass(frozen=True, slots=True)
class IdentityDiverges:
    """A source contradicts traits of the host (`fields`): somebody compares both sides, and decides or corrects."""

    host_id: str
    source: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CareNeeded:
    """Nothing failed yet, but somebody should act: the clock, a number of feeds, an interpreter unfit for cards."""

    caution: DmpError


@dataclass(frozen=True, slots=True)
class RecordNews:
    """How many documents of each type the list that was just made shows as new."""

    host_id: str
    new: tuple[NewOfType, ...]


@dataclass(frozen=True, slots=True)
class ImportWanted:
    """A document of the DMP is wanted in the host's file. `replaces`: the uniqueId of the version that it has."""

    host_id: str
    row: Row
    replaces: str | None


@dataclass(frozen=True, slots=True)
class NewerVersion:
    """The DMP holds a newer version of a document that the host has in its file as `has`."""

    host_id: str
    row: Row
    has: str


@dataclass(frozen=True, slots=True)
class PinAsked:
    """The code of a card is needed, by one dialog. `request` None: the card is blocked, and the dialog explains it."""

    holder: Holder
    request: PinRequest | None


@dataclass(frozen=True, slots=True)
class CardSessionChanged:
    """The session of a professional's card opened or ended."""

    view: CardSessionView


@dataclass(frozen=True, slots=True)
class SharingChanged:
    """The sharing of a reader began or ended, or another seat was paired."""

    view: SharingView


@dataclass(frozen=True, slots=True)
class ConsultationWanted:
    """Another seat asks to consult here, where the card is: the host shows the patient to whoever holds it."""

    seat: str
    host_id: str
    operator: str


Notice = (
    SharingChanged | ConsultationWanted |
    PinAsked | CardSessionChanged |
    RecordNews | PscNeeded | PscBrowse | PscChanged |
    OutboxChanged | FeedFinished | WindowWanted | StatusChanged | StatusText | MessageWanted
    | BadgeWanted | PatientSuggested | CareNeeded | CardTold
    | IdentityChanged | IdentityDiverges
    | ImportWanted | NewerVersion
)  # fmt: skip
