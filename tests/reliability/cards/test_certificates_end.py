"""F35: the certificate of the card, or of the structure, ends or is withdrawn: while queued, or within a session.

The document stays with its reason, and leaves once with the new card or the renewed certificate.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from reliability.cards.props import Dates, dated, reissued
from reliability.cards.seat import Seat, seat_in

from dmp_core.errors import (
    CardExpired,
    CertificateRefused,
    DmpCertificateRefused,
)
from dmp_core.model.item import OutboxItem, State, WaitReason
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.pki import KeyPair
from dmp_core.simulator.revocation import Revocations

pytestmark = pytest.mark.reliability
DAY = timedelta(days=1)
REFUSED = {kind.code for kind in (CertificateRefused, DmpCertificateRefused)}


def now() -> datetime:
    return datetime.now(UTC)


def dated_card(seat: Seat, dates: Dates | None = None) -> Cps3:
    """Another card of the pharmacist, with certificates of its own."""
    holder = dated(seat.holder(seat.who), seat.authority, dates or (now() - DAY, now() + 30 * DAY))
    return Cps3(holder, serial="28" + seat.who.author.national_id[-8:])


def withdraw(seat: Seat, card: Cps3) -> None:
    keys = (card.holder.authentication, card.holder.signature)
    Revocations(seat.pki).revoke(*(key.certificate for key in keys), at=now())


def new_card(seat: Seat, item: OutboxItem) -> None:
    """The professional's valid card comes, and the document leaves."""
    seat.take_out()
    seat.session.step()
    seat.put_in(seat.card(seat.who))
    seat.clock.wait(seconds=60)
    seat.open()
    seat.leaves(item)


def refused(seat: Seat, item: OutboxItem, *, dropped: bool = False) -> None:
    """The item waits because a certificate is refused; `dropped`: after a connection that was found dead."""
    if dropped and (waiting := seat.until(item, State.WAITING)).reason is WaitReason.NETWORK:
        seat.app.delivery.retry(waiting.id, waiting.who)
    assert code_of(seat.waits(item)) in REFUSED


def code_of(item: OutboxItem) -> str:
    assert item.fault is not None
    return item.fault.code


# ---------------------------------------------------------------- the card's


def card_expired_while_queued(seat: Seat, item: OutboxItem) -> None:
    seat.waits(item)
    card = dated_card(seat, (now() - 30 * DAY, now() - DAY))
    seat.put_in(card)
    with pytest.raises(CardExpired):
        seat.open()

    seat.waits(item)
    assert not card.done and card.pin.tries == 3
    new_card(seat, item)


def card_expires_in_a_session(seat: Seat, item: OutboxItem) -> None:
    card = dated_card(seat, (now() - 30 * DAY, now() + DAY))
    seat.put_in(card, told=False)
    seat.open()
    seat.read()
    seat.clock.ahead = 2 * DAY
    with pytest.raises(CardExpired):
        seat.read()

    assert code_of(seat.waits(item)) == CardExpired.code
    seat.clock.ahead = timedelta()
    new_card(seat, item)


def card_withdrawn_while_queued(seat: Seat, item: OutboxItem) -> None:
    """The card knows nothing of it; the DMP refuses its connection."""
    seat.waits(item)
    card = dated_card(seat)
    withdraw(seat, card)
    seat.put_in(card, told=False)
    seat.open()
    with pytest.raises(DmpCertificateRefused):
        seat.read()

    refused(seat, item)
    new_card(seat, item)


def card_withdrawn_in_a_session(seat: Seat, item: OutboxItem) -> None:
    """The connection stands; the DMP refuses what comes over it."""
    card = dated_card(seat)
    seat.put_in(card, told=False)
    seat.open()
    seat.read()
    withdraw(seat, card)
    with pytest.raises(DmpCertificateRefused):
        seat.read()

    refused(seat, item)
    new_card(seat, item)


def card_withdrawn_and_the_connection_dropped(seat: Seat, item: OutboxItem) -> None:
    """In the middle of a session the DMP drops every connection; the next one is refused."""
    card = dated_card(seat)
    seat.put_in(card, told=False)
    seat.open()
    seat.read()
    withdraw(seat, card)
    seat.restart_dmp()

    refused(seat, item, dropped=True)
    new_card(seat, item)


# ---------------------------------------------------------------- the structure's


def pairs(seat: Seat) -> Sequence[KeyPair]:
    number = seat.counter.structure.national_id
    return seat.pki.organisation_auth(number), seat.pki.organisation_sign(number)


def issue(seat: Seat, dates: Dates | None = None) -> None:
    """New certificates in the files that the configuration names."""
    for pair in pairs(seat):
        made = reissued(_der(pair), seat.authority, dates or (now() - DAY, now() + 30 * DAY))
        pair.certificate.write_bytes(made.public_bytes(Encoding.PEM))


def withdraw_structure(seat: Seat) -> None:
    Revocations(seat.pki).revoke(*map(_der, pairs(seat)), at=now())


def _der(pair: KeyPair) -> bytes:
    return x509.load_pem_x509_certificate(pair.certificate.read_bytes()).public_bytes(Encoding.DER)


def renewed(seat: Seat, item: OutboxItem) -> None:
    """The files hold new pairs: nobody starts anything again, and the document leaves."""
    issue(seat)
    seat.clock.wait(seconds=60)
    seat.leaves(item)


def structure_expired_while_queued(seat: Seat, item: OutboxItem) -> None:
    """The dates in the files are over; the connection that was made with them before ends, as it does after a while."""
    issue(seat, (now() - 30 * DAY, now() - DAY))
    for exchange in seat.app.lines.exchanges:
        exchange.close()

    seat.waits(item)
    renewed(seat, item)


def structure_withdrawn_while_queued(seat: Seat, item: OutboxItem) -> None:
    withdraw_structure(seat)
    seat.restart_dmp()

    refused(seat, item, dropped=True)
    renewed(seat, item)


def structure_withdrawn_in_a_session(seat: Seat, item: OutboxItem) -> None:
    seat.leaves(item)
    second = seat.save()
    withdraw_structure(seat)

    refused(seat, second)
    renewed(seat, second)


CARD: tuple[Callable[[Seat, OutboxItem], None], ...] = (
    card_expired_while_queued,
    card_expires_in_a_session,
    card_withdrawn_while_queued,
    card_withdrawn_in_a_session,
    card_withdrawn_and_the_connection_dropped,
)
STRUCTURE = (structure_expired_while_queued, structure_withdrawn_while_queued, structure_withdrawn_in_a_session)


@pytest.fixture(scope="module")
def structure_seat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    """A seat without cards: it feeds in indirect mode, with the structure's certificates."""
    with seat_in(tmp_path_factory.mktemp("structure"), keys="", feed_mode="indirect") as seat:
        yield seat


def test_f35_a_card_whose_certificates_end_makes_documents_wait_for_the_next_one(
    clean: Seat, count_turns: Callable[[int, int], int], progress: Callable[[int, int], None]
) -> None:
    times = count_turns(32, 320)

    for number in range(times):
        CARD[number % len(CARD)](clean, clean.save())
        clean.clean()
        progress(number + 1, times)
    assert clean.deposits() == clean.sent


def test_f35_certificates_of_a_structure_that_end_make_documents_wait_for_the_renewed_ones(
    structure_seat: Seat,
    count_turns: Callable[[int, int], int],
    progress: Callable[[int, int], None],
) -> None:
    times = count_turns(18, 180)

    for number in range(times):
        STRUCTURE[number % len(STRUCTURE)](structure_seat, structure_seat.save())
        progress(number + 1, times)
    assert structure_seat.deposits() == structure_seat.sent
