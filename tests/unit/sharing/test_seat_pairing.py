"""The code of a pairing: of both certificates and both nonces, with one try, and no way to choose it."""

import pytest

from dmp_core.errors import PairingRefused
from dmp_core.sharing import pairing
from dmp_core.sharing.pairing import Offer, Pairings
from dmp_core.sharing.seats import KnownSeat

ONE, TWO = b"certificate 1", b"certificate 2"
NONCES = b"1" * 32, b"2" * 32
SEAT = KnownSeat.of(TWO, "comptoir 2", "c2:1")


@pytest.mark.parametrize(
    "changed",
    [(b"man in the middle", TWO, *NONCES), (ONE, b"man in the middle", *NONCES), (ONE, TWO, NONCES[1], NONCES[1])],
)
def test_whoever_replaces_a_certificate_or_a_nonce_changes_the_code(changed: tuple[bytes, bytes, bytes, bytes]) -> None:
    assert pairing.code(*changed) != pairing.code(ONE, TWO, *NONCES)


def test_a_nonce_that_was_not_committed_to_is_refused() -> None:
    promised = pairing.commitment(NONCES[0], ONE)

    with pytest.raises(PairingRefused):
        pairing.require_revealed(promised, NONCES[1], ONE)
    with pytest.raises(PairingRefused):
        pairing.require_revealed(promised, NONCES[0], TWO)


def test_the_right_code_in_time_pairs_once() -> None:
    pairings = Pairings()
    pairings.begin(0)
    pairings.offer(Offer(SEAT, "123456"), 1)

    assert pairings.confirm("123456", 2) == SEAT
    with pytest.raises(PairingRefused):
        pairings.confirm("123456", 3)


@pytest.mark.parametrize(("typed", "at"), [("123457", 2.0), ("123456", 121.0), ("", 2.0)])
def test_another_code_or_a_late_one_ends_the_pairing(typed: str, at: float) -> None:
    pairings = Pairings()
    pairings.begin(0)
    pairings.offer(Offer(SEAT, "123456"), 1)

    with pytest.raises(PairingRefused):
        pairings.confirm(typed, at)
    with pytest.raises(PairingRefused):
        pairings.confirm("123456", 3)
