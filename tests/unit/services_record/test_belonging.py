"""Whose document an entry is: by its INS, else by traits; a twin is somebody else."""

from datetime import date

import pytest

from dmp_core.errors import AnswerForeign
from dmp_core.model.document import RecordEntry, XdsAuthor
from dmp_core.model.identity import Ins, PastIns
from dmp_core.model.oids import InsOid
from dmp_core.services.record.belonging import Belonging, is_own
from dmp_core.testing import people

NIR = "1.2.250.1.213.1.4.10"
OTHER = f"181067511004222^^^&{NIR}&ISO^NH"
SAME = ("PID-5|PAT-TROIS^DOMINIQUE^^^^^L", "PID-7|19790328", "PID-8|F")


def entry(patient_id: str | None, *info: str) -> RecordEntry:
    return RecordEntry(
        unique_id="1.2.3", entry_uuid="urn:uuid:1", status="a", patient_id=patient_id, source_patient_info=info
    )


@pytest.mark.parametrize(
    "patient_id",
    [f"279035121518989^^^&{NIR}&ISO^NH", f"279035121518989^^^&{NIR}&ISO^NH^^19790328", None],
    ids=["own", "own-dated", "untold"],
)
def test_the_patient_s_own_ins_needs_no_traits(patient_id: str | None) -> None:
    assert not Belonging(people.patient()).is_unknown_ins(entry(patient_id))


def test_an_ins_of_the_history_is_the_patient_s_own() -> None:
    past = PastIns(ins=Ins(value="181067511004222", oid=InsOid.NIR_TEST), since=date(1979, 3, 28))
    patient = people.patient().model_copy(update={"ins_history": (past,)})

    assert not Belonging(patient).is_unknown_ins(entry(OTHER))


def test_an_ins_that_the_dmp_told_is_the_patient_s_own() -> None:
    assert not Belonging(people.patient(), (OTHER,)).is_unknown_ins(entry(OTHER))


@pytest.mark.parametrize(
    "info",
    [
        SAME,
        ("PID-5|Pat Trois^Dominique^^^^^L", "PID-7|19790328000000"),
        ("PID-5|PAT-TROIS^DOMINIQUE MARIE-LOUISE", "PID-7|19790328", "PID-8|F"),
        ("PID-5|PAT-TROIS^MARIE-LOUISE", "PID-7|19790328"),
    ],
    ids=["same", "spelling", "all-names", "second-name"],
)
def test_an_unknown_ins_with_the_same_traits_is_shown_with_a_mark(info: tuple[str, ...]) -> None:
    assert Belonging(people.patient()).is_unknown_ins(entry(OTHER, *info))


@pytest.mark.parametrize(
    "info",
    [
        (),
        ("PID-7|19790328",),
        ("PID-5|PAT-TROIS^DOMINIQUE",),
        ("PID-5|PAT-QUATRE^DOMINIQUE", "PID-7|19790328", "PID-8|F"),
        ("PID-5|PAT-TROIS^DOMINIQUE", "PID-7|19810602", "PID-8|F"),
        ("PID-5|PAT-TROIS^DANIELLE", "PID-7|19790328", "PID-8|F"),
        ("PID-5|PAT-TROIS^DOMINIQUE", "PID-7|19790328", "PID-8|M"),
    ],
    ids=["none", "no-name", "no-date", "name", "date", "twin", "sex"],
)
def test_an_unknown_ins_with_other_traits_withdraws_the_answer(info: tuple[str, ...]) -> None:
    with pytest.raises(AnswerForeign):
        Belonging(people.patient()).is_unknown_ins(entry(OTHER, *info))


def test_what_the_pharmacy_or_the_professional_wrote_is_their_own() -> None:
    who = people.who()
    mine = XdsAuthor(person="899700000001^TITULAIRE^CAMILLE^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS")
    ours = XdsAuthor(institution=("PHARMACIE^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1990000001",))
    other = XdsAuthor(person="899700000099^AUTRE^ALEX", institution=("X^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1",))

    found = [is_own(entry(None).model_copy(update={"authors": (one,)}), who) for one in (mine, ours, other)]

    assert found == [True, True, False]
