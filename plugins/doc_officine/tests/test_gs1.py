"""What a scanner reads on a carton. Verdicts are typed from the GS1 General Specifications (3.4, 7.8, 7.9, 7.12)."""

from datetime import date

import pytest
from doc_officine.gs1 import GS, Carton, Gs1Invalid, read
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 1, 15)
GTIN = "03400932857241"  # 0 and the CIP13 of the example of ANS; its last digit checks it
WHOLE = f"01{GTIN}17270630104456672{GS}21ABC123"


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        f"]d2{WHOLE}",
        f"{GS}{WHOLE}",
        f"]d2{GS}{WHOLE}\r\n",
        f"01{GTIN}21ABC123{GS}17270630104456672",
        f"01{GTIN}{GS}17270630{GS}104456672{GS}21ABC123{GS}",
        f"01{GTIN}104456672{GS}172706301125063021ABC123",
        f"01{GTIN}17270630104456672{GS}7119999999{GS}21ABC123",
        f"01{GTIN}01{GTIN}17270630104456672{GS}21ABC123",
    ],
)
def test_a_carton_is_read_in_any_order_and_with_any_front(text: str) -> None:
    assert read(text, TODAY) == Carton(gtin=GTIN, lot="4456672", expiry=date(2027, 6, 30), serial="ABC123")


def test_the_cip_is_the_gtin_of_a_french_medicine() -> None:
    assert read(WHOLE, TODAY).cip == "3400932857241"
    assert read("0100012345678905", TODAY).cip is None


@pytest.mark.parametrize(
    ("digits", "expiry"),
    [
        ("270600", date(2027, 6, 30)),
        ("260200", date(2026, 2, 28)),
        ("280200", date(2028, 2, 29)),
        ("280229", date(2028, 2, 29)),
        ("271231", date(2027, 12, 31)),
        ("760101", date(2076, 1, 1)),  # 50 years ahead
        ("770101", date(1977, 1, 1)),  # 51 ahead: the century before
    ],
)
def test_day_00_is_the_last_of_the_month_and_the_century_follows_the_rule(digits: str, expiry: date) -> None:
    assert read(f"01{GTIN}17{digits}", TODAY).expiry == expiry


def test_at_the_end_of_a_century_a_small_year_is_of_the_next() -> None:
    assert read(f"01{GTIN}17010131", date(2099, 5, 1)).expiry == date(2101, 1, 31)
    assert read(f"01{GTIN}17490131", date(2099, 5, 1)).expiry == date(2149, 1, 31)
    assert read(f"01{GTIN}17500131", date(2099, 5, 1)).expiry == date(2050, 1, 31)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4456672",
        GTIN,
        f"01{GTIN[:-1]}",
        f"01{GTIN[:-1]}2",
        f"01{GTIN}17271330",
        f"01{GTIN}17270632",
        f"01{GTIN}17260229",
        f"01{GTIN}1727063",
        f"01{GTIN}17AAAAAA",
        f"01{GTIN}10",
        f"01{GTIN}10{'A' * 21}",
        f"01{GTIN}10lot é",
        f"01{GTIN}10A{GS}10B",
        f"01{GTIN}0100012345678905",
        f"17270630104456672{GS}21ABC",
        f"01{GTIN}ABC",
        f"01٠{GTIN[1:]}",
    ],
)
def test_a_text_that_is_no_carton_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(Gs1Invalid) as refusal:
        read(text, TODAY)

    assert refusal.value.remedy.startswith("Scannez de nouveau")


@pytest.mark.parametrize("lot", ["445667221ABC123", "445617270630", "A1727063021B"])
def test_a_lot_that_may_have_swallowed_what_follows_is_not_guessed(lot: str) -> None:
    with pytest.raises(Gs1Invalid) as refusal:
        read(f"01{GTIN}10{lot}", TODAY)

    assert "séparateurs" in refusal.value.remedy


def test_a_lot_with_21_in_it_is_read_where_separators_arrive() -> None:
    assert read(f"01{GTIN}10A2104{GS}17270630", TODAY).lot == "A2104"


TEXTS = st.text("ABCXYZabc0123456789-/.", min_size=1, max_size=20)
ELEMENTS = st.fixed_dictionaries({"10": TEXTS, "17": st.dates(date(1977, 1, 1), date(2076, 12, 31)), "21": TEXTS})


@given(values=ELEMENTS, order=st.permutations(["01", "10", "17", "21"]), front=st.sampled_from(["", "]d2", GS]))
def test_what_is_written_is_what_is_read(values: dict[str, object], order: list[str], front: str) -> None:
    expiry = values["17"]
    assert isinstance(expiry, date)
    written = values | {"01": GTIN, "17": f"{expiry:%y%m%d}"}
    text = "".join(f"{name}{written[name]}{GS if name in ('10', '21') else ''}" for name in order)

    carton = read(front + text, TODAY)

    assert carton == Carton(gtin=GTIN, lot=str(values["10"]), expiry=expiry, serial=str(values["21"]))


@given(text=st.text(st.sampled_from(f"0123456789AB{GS} é]d²٣")) | st.text())
def test_no_text_gives_anything_but_a_carton_or_a_remedy(text: str) -> None:
    try:
        carton = read(text, TODAY)
    except Gs1Invalid as refusal:
        assert refusal.remedy.endswith(".")
    else:
        assert len(carton.gtin) == 14
