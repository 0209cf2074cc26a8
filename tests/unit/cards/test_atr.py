"""Cards by their ATR. The table is typed from pcsc-tools' list and the ANS library's source, not from our module."""

import pytest

from dmp_core.cards.atr import CardKind, kind_of

ATRS = {
    "3B AC 00 40 2A 00 12 25 00 64 80 00 03 10 00 90 00": "cps3",
    "3B AC 00 40 2A 00 12 25 00 64 80 82 02 12 00 90 00": "cps2ter",
    "3B 8F 80 01 00 31 B8 64 04 B0 EC C1 73 94 01 80 82 90 00 0E": "cps3_contactless",
    "3B 9B 18 80 01 00 12 25 00 64 80 04 01 00 00 90 44": "cps4",
    "3B 9B 18 80 01 00 12 25 00 64 80 00 04 01 00 90 44": "cps4",
    "3B DC 18 FF 00 00 12 25 00 64 80 00 04 01 00 90 00": "cps4",
    **{f"3B 75 13 00 00 4{digit} 09 EA 90 00": "vitale2" for digit in "3456789"},
    "3B 75 13 00 00 45 09 FA 90 00": "vitale2",
    "3F 65 25 00 22 09 69 90 00": "vitale1",
    "3F 65 25 00 2C 09 F9 90 00": "vitale1",
    "3F 65 25 00 52 09 6A 90 00": "vitale1",
    "3F 65 25 00 A3 09 6A 90 00": "vitale1",
    "3F 65 25 00 A4 09 6A 90 00": "vitale1",
    "2B 8F 80 01 00 31 B8 64 04 B0 EC C1 73 94 01 80 82 90 00 0E": "other",  # OpenSC's misprint is no card
    "3B 75 13 00 00 42 09 EA 90 00": "other",
    "3B AC 00 40 2A 00 12 25 00 64 80 00 03 10 00 90": "other",
    "3B 65 00 00 20 63 CB 68 00": "other",  # a bank card
    "": "other",
}


@pytest.mark.parametrize(("atr", "kind"), ATRS.items())
def test_a_card_is_known_by_its_atr(atr: str, kind: str) -> None:
    assert kind_of(bytes.fromhex(atr)) == kind


@pytest.mark.parametrize("kind", CardKind)
def test_a_card_is_a_cps_or_a_vitale_or_neither(kind: CardKind) -> None:
    assert kind.is_cps == kind.value.startswith("cps")
    assert kind.is_vitale == kind.value.startswith("vitale")
