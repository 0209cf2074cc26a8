"""INS: key, register, and when it may be used."""

import pytest
from pydantic import ValidationError

from dmp_core.errors import InsInvalid
from dmp_core.model.identity import Ins, ins_key
from dmp_core.model.oids import InsOid


@pytest.mark.parametrize(
    ("number", "key"),
    [("2790351215189", 89), ("2770763220829", 10), ("2550600000000", 97 - 2550600000000 % 97), ("1850620A00001", None)],
)
def test_the_key_is_97_minus_the_number_modulo_97(number: str, key: int | None) -> None:
    if key is None:
        with pytest.raises(InsInvalid):
            ins_key(number)
    else:
        assert ins_key(number) == key


@pytest.mark.parametrize(("department", "digits"), [("2A", "19"), ("2B", "18")])
def test_corsica_counts_as_19_and_18(department: str, digits: str) -> None:
    number = f"18506{department}004001"

    assert ins_key(number) == 97 - int(number.replace(department, digits)) % 97


def test_a_wrong_key_is_refused_without_repeating_the_number() -> None:
    with pytest.raises(ValidationError) as refused:
        Ins(value="279035121518988", oid=InsOid.NIR_TEST)

    assert "279035121518988" not in str(refused.value)


def test_an_ins_never_shows_in_a_repr() -> None:
    ins = Ins(value="279035121518989", oid=InsOid.NIR_TEST)

    assert "279035" not in f"{ins!r} {ins}"


def test_the_cx_names_the_register() -> None:
    assert Ins(value="279035121518989", oid=InsOid.NIR_TEST).cx == "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
