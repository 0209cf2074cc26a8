"""The host's traits beside those of INSi and of TD0.2."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_core.dmp.td02_existence import DmpTraits
from dmp_core.errors import InsInvalid, TraitsDiverge
from dmp_core.identity.received import received_ins
from dmp_core.identity.traits import Divergence, Source, with_dmp, with_insi, with_vitale
from dmp_core.model.identity import CertifiedIdentity, Ins, Sex, Traits
from dmp_core.model.oids import InsOid
from dmp_core.testing import people

WORD = st.text("ABCDEÉÈÇŒ", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("ours", "theirs", "fields"),
    [
        ({}, {}, ()),
        ({"birth_name": "Pat Troïs"}, {}, ()),
        ({"birth_given_names": "DOMINIQUE"}, {}, ()),
        ({"birth_place_code": None}, {}, ()),
        ({}, {"birth_place_code": None}, ()),
        ({"birth_name": "PATTROIS"}, {}, ("birth_name",)),
        ({"birth_given_names": "DOMINIQUE PAULE"}, {}, ("birth_given_names",)),
        (
            {"birth_given_names": "DOMI", "first_birth_given_name": "DOMI"},
            {},
            ("birth_given_names", "first_birth_given_name"),
        ),
        ({}, {"first_birth_given_name": "DOMINIQUE MARIE-LOUISE"}, ("first_birth_given_name",)),
        ({"sex": Sex.MALE}, {}, ("sex",)),
        ({"sex": Sex.UNKNOWN}, {}, ("sex",)),
        ({"birth_date": date(1979, 3, 29)}, {}, ("birth_date",)),
        ({"birth_place_code": "51216"}, {}, ("birth_place_code",)),
        ({"sex": Sex.MALE, "birth_date": date(1980, 1, 1)}, {}, ("sex", "birth_date")),
    ],
    ids=str,
)
def test_insi_contradicts_these_traits(
    ours: dict[str, object],
    theirs: dict[str, object],
    fields: tuple[str, ...],
    make_patient: Callable,
    make_certified: Callable,
) -> None:
    found = with_insi(make_patient(**ours).traits, make_certified(**theirs))

    assert found == (Divergence(Source.INSI, fields) if fields else None)


AGREEING = DmpTraits(birth_name="PAT-TROIS", given_names=("DOMINIQUE",), sex="F", birth_date="19790328")


@pytest.mark.parametrize(
    ("theirs", "fields"),
    [
        ({}, ()),
        ({"birth_name": "pat trois"}, ()),
        ({"birth_name": None, "given_names": (), "sex": None, "birth_date": None}, ()),
        ({"given_names": ("DOMINIQUE MARIE-LOUISE",)}, ()),
        ({"given_names": ("DODO", "Dominique")}, ()),
        ({"given_names": ("DOMINIQUETTE",)}, ("first_birth_given_name",)),
        ({"birth_name": "DURAND"}, ("birth_name",)),
        ({"used_name": "DURAND"}, ()),
        ({"sex": "M"}, ("sex",)),
        ({"sex": "UN"}, ()),
        ({"birth_date": "19790328103000"}, ()),
        ({"birth_date": "1979"}, ()),
        ({"birth_date": "19790300"}, ()),
        ({"birth_date": "19790000"}, ()),
        ({"birth_date": "19790327"}, ("birth_date",)),
        ({"birth_date": "197903281"}, ()),
        ({"birth_date": "197"}, ("birth_date",)),
        ({"birth_date": "1979-03-28"}, ("birth_date",)),
    ],
    ids=str,
)
def test_the_dmp_contradicts_these_traits(
    theirs: dict[str, object], fields: tuple[str, ...], make_patient: Callable
) -> None:
    found = with_dmp(make_patient().traits, AGREEING.model_copy(update=theirs))

    assert found == (Divergence(Source.DMP, fields) if fields else None)


@pytest.mark.exigence("SC.DMP/CONF.02")
def test_a_divergence_stops_with_the_names_of_the_fields() -> None:
    refusal = Divergence(Source.DMP, ("birth_name", "sex")).refusal()

    assert isinstance(refusal, TraitsDiverge)
    assert (refusal.fields, refusal.origin) == (("birth_name", "sex"), "dmp")
    assert "birth_name, sex" in str(refusal)


@given(WORD, st.lists(WORD, min_size=1, max_size=4), st.dates(), st.sampled_from([Sex.FEMALE, Sex.MALE]))
def test_a_person_agrees_with_themselves_however_written(name: str, given: list[str], born: date, sex: Sex) -> None:
    traits = Traits(
        birth_name=name.lower(),
        birth_given_names=" ".join(given),
        first_birth_given_name=given[0],
        sex=sex,
        birth_date=born,
    )
    certified = CertifiedIdentity(
        ins=Ins(value="279035121518989", oid=InsOid.NIR_TEST),
        birth_name=name,
        birth_given_names=" ".join(given).lower(),
        sex=sex,
        birth_date=born,
        birth_date_text="",
    )
    known = DmpTraits(birth_name=name, given_names=(given[0],), sex=sex, birth_date=born.isoformat().replace("-", ""))

    assert with_insi(traits, certified) is None
    assert with_dmp(traits, known) is None


@given(st.text(), st.lists(st.text()), st.text(), st.text())
def test_no_value_of_the_dmp_gets_out(name: str, names: list[str], sex: str, born: str) -> None:
    traits = Traits(
        birth_name="X", birth_given_names="Y", first_birth_given_name="Y", sex=Sex.MALE, birth_date=date(1979, 3, 28)
    )

    found = with_dmp(traits, DmpTraits(birth_name=name, given_names=tuple(names), sex=sex, birth_date=born))

    fields = {"birth_name", "first_birth_given_name", "sex", "birth_date"}
    assert found is None or set(found.fields) <= fields


@pytest.mark.parametrize(
    ("value", "oid", "good"),
    [
        ("279035121518989", "1.2.250.1.213.1.4.10", True),
        ("180032B02040123", "1.2.250.1.213.1.4.8", True),
        ("279035121518988", "1.2.250.1.213.1.4.10", False),
        ("2790351215189", "1.2.250.1.213.1.4.10", False),
        ("279035121518989", "1.2.250.1.213.1.4.2", False),
        ("", "", False),
    ],
)
@pytest.mark.exigence("EX_GEN-1270")
def test_a_received_ins_is_checked(value: str, oid: str, good: bool) -> None:
    if good:
        assert received_ins(value, oid).value == value
    else:
        with pytest.raises(InsInvalid) as refused:
            received_ins(value, oid)
        assert not value or value not in str(refused.value)


@pytest.mark.parametrize(
    ("card", "fields"),
    [
        ({}, ()),
        ({"birth_name": "Pat-Troïs", "birth_given_names": "DOMINIQUE"}, ()),
        ({"sex": Sex.UNKNOWN, "birth_place_code": None}, ()),
        ({"birth_name": "AUTRE"}, ("birth_name",)),
        ({"birth_given_names": "PAULE", "first_birth_given_name": "PAULE"}, ("first_birth_given_name",)),
        ({"sex": Sex.MALE}, ("sex",)),
        ({"birth_date": date(1979, 3, 29)}, ("birth_date",)),
    ],
)
def test_a_carte_vitale_is_compared_by_what_a_card_gives(card: dict, fields: tuple) -> None:
    traits = people.patient().traits

    found = with_vitale(traits, traits.model_copy(update=card))

    assert (found.fields if found else ()) == fields
