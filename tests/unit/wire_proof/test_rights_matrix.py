"""The whole rights matrix (PDT-INF-526 v1.8, PDT-INF-606 v1.3), typed from section 1.2 of the notes, column by column.

Client and simulator are asked together: the client sends, the simulator's own table decides, the client must understand
the refusal. The client re-implements nothing of it but what a mode is for: AIR never feeds, indirect never reads.
"""

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from dmp_core import dmp
from dmp_core.config import StructureSettings
from dmp_core.dmp import (
    td02_existence,
    td03_authorisation,
    td04_patients,
    td13_administrative,
    td16_authorisations,
    td21_feed,
    td31_search,
    td32_retrieve,
)
from dmp_core.errors import DmpAccessDenied
from dmp_core.model.access import Mode, Purpose
from dmp_core.model.document import Visibility
from dmp_core.model.oids import Status

COLUMNS = {
    "direct": (Mode.DIRECT, Purpose.NORMAL),
    "bris de glace": (Mode.DIRECT, Purpose.BRIS_DE_GLACE),
    "régulation": (Mode.DIRECT, Purpose.CENTRE_15),
    "indirect": (Mode.INDIRECT, Purpose.NORMAL),
    "AIR": (Mode.AIR, Purpose.NORMAL),
}
# a column for each of COLUMNS, in that order; `own`: of one's own documents, `new`: new authorisations since a date
MATRIX = """
    TD0.2       yes  yes  yes  yes  yes
    TD0.3       yes  no   no   no   yes
    TD0.4       yes  no   no   new  yes
    TD1.3a      yes  yes  yes  yes  yes
    TD1.6       yes  no   no   no   yes
    TD2.1       yes  yes  yes  yes  no
    TD3.1       yes  yes  yes  no   yes
    TD3.1-ref   yes  yes  yes  yes  yes
    TD3.2       yes  yes  yes  no   yes
    TD3.3a      yes  no   no   no   yes
    TD3.3b      yes  no   no   no   yes
    TD3.3c      own  own  own  own  own
    TD3.3d      own  no   no   no   own
"""
CELLS = [
    (line.split()[0], column, word)
    for line in MATRIX.strip().splitlines()
    for column, word in zip(COLUMNS, line.split()[1:], strict=True)
]
DOCUMENT = "2.25.77"


def messages(pharmacy) -> dict[str, Callable[[], object]]:
    """How the client asks for each transaction."""

    def about(module):
        ids = {"message_id": pharmacy.ids.uuid(), "query_id": pharmacy.ids.uuid()}
        return module.build(pharmacy.ins, pharmacy.software, at=pharmacy.clock.now(), **ids)

    return {
        "TD0.2": lambda: about(td02_existence),
        "TD0.3": lambda: td03_authorisation.build(td03_authorisation.Action.ADD),
        "TD0.4": lambda: td04_patients.build(pharmacy.clock.now(), td04_patients.DateType.LAST_AUTHORISATION),
        "TD1.3a": lambda: about(td13_administrative),
        "TD1.6": lambda: td16_authorisations.build(),
        "TD3.1": lambda: td31_search.find_documents(td31_search.Filter(), ins=pharmacy.ins),
        "TD3.1-ref": lambda: td31_search.get_documents([DOCUMENT], references_only=True),
        "TD3.2": lambda: td32_retrieve.build([DOCUMENT]),
        "TD3.3a": lambda: pharmacy.update(DOCUMENT, Visibility(hidden_from_patient=True, masked_to_professionals=True)),
        "TD3.3b": lambda: pharmacy.update(DOCUMENT, Visibility()),
        "TD3.3c": lambda: pharmacy.update(DOCUMENT, Status.DELETED),
        "TD3.3d": lambda: pharmacy.update(DOCUMENT, Status.ARCHIVED),
    }


@pytest.mark.parametrize(("transaction", "column", "word"), CELLS)
def test_client_and_simulator_agree_with_the_matrix(pharmacy, transaction: str, column: str, word: str) -> None:
    mode, purpose = COLUMNS[column]
    pharmacy.fed(DOCUMENT, visibility=Visibility(hidden_from_patient=True))
    asked = messages(pharmacy) | {"TD2.1": lambda: pharmacy.feed("2.25.78", mode)}
    message = asked[transaction]()

    try:
        pharmacy.ask(message, mode, purpose=purpose)
        allowed = True
    except DmpAccessDenied as refusal:
        assert refusal.dmp_text
        allowed = False

    assert allowed is (word != "no")


@pytest.mark.parametrize("column", COLUMNS)
def test_the_refusals_to_feed_and_to_read_are_known_to_the_client_by_the_mode(column: str) -> None:
    """PDT-INF-526 and 606: the one thing of the matrix that the configuration checks at start."""
    mode, _ = COLUMNS[column]
    words = {transaction: word for transaction, each, word in CELLS if each == column}

    assert mode.feeds is (words["TD2.1"] != "no")
    assert mode.reads is (words["TD3.1"] != "no")
    assert mode.reads is (words["TD3.2"] != "no")


@pytest.mark.exigence("EX_AIR-085")
@pytest.mark.parametrize("feed_mode", Mode)
@pytest.mark.parametrize("read_mode", Mode)
def test_a_pair_of_modes_that_cannot_do_it_stops_the_start(feed_mode: Mode, read_mode: Mode) -> None:
    """The table of the design: feeding is direct or indirect, reading is direct or AIR."""
    good = (feed_mode.name, read_mode.name) in {
        ("DIRECT", "DIRECT"), ("DIRECT", "AIR"), ("INDIRECT", "DIRECT"), ("INDIRECT", "AIR"),
    }  # fmt: skip
    settings = {
        "national_id": "10B0000001", "name": "PHARMACIE", "feed_mode": feed_mode.name.lower(),
        "read_mode": read_mode.name.lower(),
    }  # fmt: skip

    if good:
        StructureSettings.model_validate(settings)
    else:
        with pytest.raises(ValueError, match="_mode: the DMP refuses"):
            StructureSettings.model_validate(settings)


def test_what_only_a_regulation_centre_may_ask_is_not_in_the_client() -> None:
    """TD0.5 (find a patient without INS): no module asks it."""
    folder = Path(inspect.getfile(dmp)).parent

    assert not [file.name for file in folder.glob("*.py") if "PRPA_IN201305UV02" in file.read_text(encoding="utf-8")]


@pytest.mark.parametrize("mode", [Mode.DIRECT, Mode.AIR])
def test_what_a_preparateur_may_do_alone_is_what_the_simulator_was_told(pharmacy, mode: Mode) -> None:
    """DMP-MHAB is not public: strict by default, nothing but TD0.2 in person; in indirect mode the structure acts."""
    existence = messages(pharmacy)["TD0.2"]
    pharmacy.ask(existence(), mode, profession="39")
    td21_feed.read(
        pharmacy.ask(pharmacy.feed("2.25.79", Mode.INDIRECT, profession="39"), Mode.INDIRECT, profession="39")
    )

    with pytest.raises(DmpAccessDenied):
        pharmacy.ask(messages(pharmacy)["TD3.1"](), mode, profession="39")


@pytest.mark.parametrize("column", ["bris de glace", "régulation"])
@pytest.mark.parametrize("transaction", ["TD0.3", "TD3.3a", "TD3.3b", "TD3.3d"])
def test_an_emergency_neither_authorises_nor_changes(transaction: str, column: str) -> None:
    """Section 6: « No TD0.3 and no TD3.3a/b/d in both »."""
    assert (transaction, column, "no") in CELLS
