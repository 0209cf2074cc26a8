"""What is refused between counters: another code, a replayed pairing, a stranger, a time that is over, no right."""

import socket
import ssl
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from dmp_core.errors import (
    MessageInvalid,
    PairingRefused,
    ProfessionalMissing,
    RightMissing,
    SeatRefuses,
    SeatSilent,
    SharingOff,
)
from dmp_core.model.item import State, WaitReason
from dmp_core.model.practitioner import Right
from dmp_core.services import notices
from dmp_core.sharing import line, messages
from dmp_core.sharing.calling import calling
from dmp_core.sharing.identity import of_folder
from dmp_core.sharing.seats import KnownSeat

OTHER = "899700000055"


def pairing_begun(pharmacy: Any) -> tuple[str, str]:
    """The address of the second counter, and the code that stands on both screens."""
    address = f"127.0.0.1:{pharmacy.second.enable()}"
    pharmacy.second.sharing.pair(None, pharmacy.second.who)
    return address, pharmacy.first.sharing.pair(address, pharmacy.first.who).pairing.code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


# ---------------------------------------------------------------- pairing


def test_both_screens_show_the_same_six_digits(pharmacy: Any) -> None:
    _, code = pairing_begun(pharmacy)

    shown = pharmacy.second.sharing.show(pharmacy.second.who).pairing

    assert (shown.code, shown.name) == (code, "comptoir 1")
    assert len(code) == 6 and code.isdigit()


def test_a_wrong_code_ends_the_pairing_at_the_first_try(pharmacy: Any) -> None:
    _, code = pairing_begun(pharmacy)

    with pytest.raises(PairingRefused):
        pharmacy.second.sharing.confirm(wrong(code), pharmacy.second.who)
    with pytest.raises(PairingRefused):
        pharmacy.second.sharing.confirm(code, pharmacy.second.who)

    assert pharmacy.second.sharing.show(pharmacy.second.who).seats == ()


def test_a_code_lives_two_minutes(pharmacy: Any) -> None:
    _, code = pairing_begun(pharmacy)
    pharmacy.second.clock.moved += timedelta(seconds=121)

    with pytest.raises(PairingRefused):
        pharmacy.second.sharing.confirm(code, pharmacy.second.who)


def test_only_one_seat_may_speak_in_a_pairing(pharmacy: Any) -> None:
    address, _ = pairing_begun(pharmacy)

    with pytest.raises((SeatSilent, PairingRefused)):
        pharmacy.first.sharing.pair(address, pharmacy.first.who)


def test_nobody_pairs_with_a_seat_at_which_nobody_wants_it(pharmacy: Any) -> None:
    address = f"127.0.0.1:{pharmacy.second.enable()}"

    with pytest.raises((SeatSilent, PairingRefused)):
        pharmacy.first.sharing.pair(address, pharmacy.first.who)


def test_a_pairing_played_again_is_refused(pharmacy: Any) -> None:
    """Whoever recorded the words of a pairing says them again in the next one."""
    first, second = pharmacy.first, pharmacy.second
    address = f"127.0.0.1:{second.enable()}"
    second.sharing.pair(None, second.who)
    identity = of_folder(first.app.config.data / "sharing", first.clock, first.app.ids)
    hello = messages.Hello(certificate=identity.certificate, name="comptoir 1", commitment=b"0" * 32)

    with closing(line.connect(address, line.pairing(), 5, first.clock.monotonic)) as called:
        called.send(hello, 5)
        messages.read(messages.HERE, called.receive(5) or b"")
        called.send(messages.Reveal(nonce=b"1" * 32), 5)
        called.receive(5)

    assert second.sharing.show(second.who).pairing.code is None


def test_who_may_not_administer_pairs_nothing(pharmacy: Any) -> None:
    pharmacy.second.enable()

    with pytest.raises(RightMissing):
        pharmacy.second.sharing.pair(None, pharmacy.second.but(rights=frozenset({Right.FEED, Right.READ})))


# ---------------------------------------------------------------- who may share, and until when


def test_nobody_listens_before_the_holder_shares(pharmacy: Any) -> None:
    with pytest.raises(SharingOff):
        pharmacy.second.sharing.pair(None, pharmacy.second.who)

    assert pharmacy.second.sharing.show(pharmacy.second.who).port is None


def test_only_the_holder_of_the_card_shares_it(pharmacy: Any) -> None:
    with pytest.raises(ProfessionalMissing):
        pharmacy.second.sharing.enable(pharmacy.second.soon(), pharmacy.second.but(national_id=OTHER))


@pytest.mark.parametrize("hours", [-1, 0, 13])
def test_a_time_that_is_past_or_too_long_is_refused(pharmacy: Any, hours: int) -> None:
    with pytest.raises(MessageInvalid):
        pharmacy.second.sharing.enable(pharmacy.second.soon(hours=hours), pharmacy.second.who)


def test_the_port_is_closed_when_the_time_is_over(pharmacy: Any) -> None:
    address = pharmacy.pair()
    item = pharmacy.first.waiting()
    pharmacy.second.clock.moved += timedelta(hours=3)
    wait_closed(address)

    pharmacy.first.sharing.borrow_step()

    assert pharmacy.first.get(item).reason is WaitReason.CARD
    assert pharmacy.second.there() == []
    assert pharmacy.second.told(notices.SharingChanged)[-1].view.until is None


def test_the_port_is_closed_when_sharing_is_ended(pharmacy: Any) -> None:
    address = pharmacy.pair()

    pharmacy.second.sharing.disable(pharmacy.second.who)

    wait_closed(address)


def wait_closed(address: str) -> None:
    host, port = address.split(":")
    for _ in range(100):
        try:
            with socket.create_connection((host, int(port)), timeout=2) as connection:
                connection.settimeout(1)
                connection.recv(1)
        except ConnectionRefusedError:
            return
        except OSError:
            continue
    raise AssertionError("the port is still open")


# ---------------------------------------------------------------- strangers


def test_a_seat_that_is_not_paired_is_not_answered(pharmacy: Any, tmp_path: Any) -> None:
    address = pharmacy.pair()
    stranger = of_folder(tmp_path / "stranger", pharmacy.first.clock, pharmacy.first.app.ids)
    known = of_folder(pharmacy.second.app.config.data / "sharing", pharmacy.second.clock, pharmacy.second.app.ids)
    seat = KnownSeat.of(known.certificate, "comptoir 2", address)

    with pytest.raises(SeatSilent), calling(seat, stranger, pharmacy.first.clock.monotonic) as called:
        called.status()


def test_a_seat_that_was_forgotten_is_not_answered_any_more(pharmacy: Any) -> None:
    pharmacy.pair()
    item = pharmacy.first.waiting()
    (mine,) = pharmacy.second.sharing.show(pharmacy.second.who).seats
    pharmacy.second.sharing.forget(mine.fingerprint, pharmacy.second.who)

    pharmacy.first.sharing.borrow_step()

    assert pharmacy.first.get(item).reason is WaitReason.CARD
    assert pharmacy.second.there() == []


def test_another_program_at_the_address_of_a_seat_gets_nothing(pharmacy: Any, tmp_path: Any) -> None:
    """Who listens in the place of the second counter shows another certificate: no byte of a document is sent."""
    address = pharmacy.pair()
    pharmacy.first.waiting()
    pharmacy.second.sharing.disable(pharmacy.second.who)
    wait_closed(address)
    impostor = of_folder(tmp_path / "impostor", pharmacy.first.clock, pharmacy.first.app.ids)
    got: list[bytes] = []

    with socket.create_server(("127.0.0.1", int(address.split(":")[1]))) as listening:
        import threading

        def listen() -> None:
            context = line.serving(impostor, [], strangers=True)
            connection, _ = listening.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as taken:
                    got.append(taken.recv(1))
            except (OSError, ssl.SSLError):
                got.append(b"")

        thread = threading.Thread(target=listen)
        thread.start()
        pharmacy.first.sharing.borrow_step()
        thread.join(10)

    assert got == [b""]


def test_only_tls_1_3_is_spoken(pharmacy: Any) -> None:
    host, port = pharmacy.pair().split(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    with socket.create_connection((host, int(port)), timeout=5) as connection, pytest.raises((ssl.SSLError, OSError)):
        context.wrap_socket(connection)


# ---------------------------------------------------------------- tasks


def test_an_operator_without_the_right_to_feed_hands_over_nothing(pharmacy: Any) -> None:
    """The other seat checks the right as well: it does not believe that the first one did."""
    first, second = pharmacy.first, pharmacy.second
    pharmacy.pair()
    item = first.waiting()
    who = first.but(rights=frozenset({Right.READ}))
    first.app.outbox.change(item, State.WAITING, now=first.clock.now(), who=who, due_at=None)

    first.sharing.borrow_step()

    assert second.there() == []
    assert first.get(item).reason is WaitReason.CARD
    assert first.get(item).fault.origin == RightMissing.code


def test_the_document_of_another_professional_stays_where_it_is(pharmacy: Any) -> None:
    first, second = pharmacy.first, pharmacy.second
    pharmacy.pair()
    item = first.waiting(who=first.but(national_id=OTHER))

    first.sharing.borrow_step()

    assert second.there() == []
    assert (first.get(item).state, first.get(item).reason) == (State.WAITING, WaitReason.CARD)


@pytest.mark.parametrize("what", ["list", "fetch"])
def test_reading_under_anothers_card_is_off(pharmacy: Any, what: str) -> None:
    pharmacy.pair()
    pharmacy.fault.asked.clear()

    with pytest.raises(SeatRefuses) as refused:
        pharmacy.first.sharing.consult(what, pharmacy.first.patient, pharmacy.first.who, unique_id="1.2")

    assert refused.value.origin == "DMP-SEAT-007"
    assert pharmacy.fault.asked == []


def test_who_may_not_read_is_shown_nothing(pharmacy: Any) -> None:
    pharmacy.pair()

    with pytest.raises(RightMissing):
        pharmacy.first.sharing.consult(
            "show", pharmacy.first.patient, pharmacy.first.but(rights=frozenset({Right.FEED}))
        )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"task":"sign","digest":"00"}',
        b'{"task":"status","keys":[1]}',
        b'{"task":"status","keys":[],"pin":"1234"}',
        b'{"task":"status","keys":["' + b"a" * 101 + b'"]}',
        b'{"task":"feed"}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
    ids=range(9),
)
def test_a_message_that_is_none_is_refused_whole(pharmacy: Any, body: bytes) -> None:
    pharmacy.pair()
    (peer,) = pharmacy.second.sharing._seats.all()

    answer = pharmacy.second.sharing._lending.answer(body, peer)

    assert isinstance(answer, messages.No)
    assert answer.fault.code == MessageInvalid.code
    assert "1234" not in answer.model_dump_json()
