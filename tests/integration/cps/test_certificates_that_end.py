"""Keys in files: a certificate goes, is damaged or ends meanwhile; documents wait, and leave after its renewal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dmp_core.model.item import State, WaitReason

FILES = 'source = "files"'


def certificate_of(pharmacy: Any) -> Path:
    return Path(pharmacy.app.structure.keys.professional_auth.certificate)


def reopened(pharmacy: Any) -> None:
    """The connection ended, as it does by itself after a while: the next question opens another."""
    for exchange in pharmacy.app.lines.exchanges:
        exchange.close()


def gone(pharmacy: Any) -> Callable[[], None]:
    file = certificate_of(pharmacy)
    away = file.with_suffix(".away")
    file.rename(away)
    return lambda: away.rename(file) and None


def of_another_key(pharmacy: Any) -> Callable[[], None]:
    """The file was replaced by one that does not fit its key."""
    file, other = certificate_of(pharmacy), Path(pharmacy.app.structure.keys.professional_sign.certificate)
    kept = file.read_bytes()
    file.write_bytes(other.read_bytes())
    return lambda: file.write_bytes(kept) and None


def cut_short(pharmacy: Any) -> Callable[[], None]:
    file = certificate_of(pharmacy)
    kept = file.read_bytes()
    file.write_bytes(kept[: len(kept) // 2])
    return lambda: file.write_bytes(kept) and None


@pytest.mark.parametrize("harm", [gone, of_another_key, cut_short], ids=lambda harm: harm.__name__)
def test_a_certificate_that_goes_makes_documents_wait_and_they_leave_after_its_renewal(
    make_pharmacy: Callable[..., Any], harm: Callable[[Any], Callable[[], None]]
) -> None:
    pharmacy = make_pharmacy(cps="", keys=FILES)
    pharmacy.work(pharmacy.who)
    first = pharmacy.confirmed(pharmacy.save("save-1", "record-1"))
    pharmacy.until(first, State.SENT)
    mend = harm(pharmacy)
    reopened(pharmacy)

    waiting = pharmacy.until(pharmacy.confirmed(pharmacy.save("save-2", "record-2")), State.WAITING)
    mend()
    reopened(pharmacy)
    pharmacy.app.delivery.retry(waiting.id, pharmacy.who)
    sent = pharmacy.until(waiting, State.SENT)

    assert waiting.reason in {WaitReason.CARD, WaitReason.NETWORK}
    assert waiting.fault.code.startswith(("DMP-CARD-", "DMP-NET-"))
    assert waiting.fault.sentence and waiting.fault.remedy
    assert sent.state is State.SENT
    assert pharmacy.registered() == 2


def test_a_certificate_that_expires_in_the_middle_is_named_and_the_renewed_one_serves(
    make_pharmacy: Callable[..., Any], make_holder: Callable[..., Any]
) -> None:
    """Both files are replaced by a pair of the same holder that has ended, then by one that has not."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pharmacy = make_pharmacy(cps="", keys=FILES)
    pharmacy.work(pharmacy.who)
    keys = pharmacy.app.structure.keys
    files = {name: getattr(keys, name) for name in ("professional_auth", "professional_sign")}
    today = datetime.now(UTC)

    def serve(dates: tuple[datetime, datetime]) -> None:
        holder = make_holder(
            pharmacy.practitioner.national_id,
            dates,
            pharmacy.simulator.pki,
            family=pharmacy.practitioner.family,
            given=pharmacy.practitioner.given,
        )
        for name, pair in zip(files, (holder.authentication, holder.signature), strict=True):
            pem = x509.load_der_x509_certificate(pair.certificate).public_bytes(Encoding.PEM)
            Path(files[name].certificate).write_bytes(pem)
            Path(files[name].key).write_bytes(pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        reopened(pharmacy)

    serve((today - timedelta(days=30), today - timedelta(days=1)))
    waiting = pharmacy.until(pharmacy.confirmed(pharmacy.save()), State.WAITING)
    serve((today - timedelta(days=1), today + timedelta(days=30)))
    pharmacy.app.delivery.retry(waiting.id, pharmacy.who)

    assert waiting.fault.code.startswith(("DMP-CARD-", "DMP-NET-"))
    assert pharmacy.until(waiting, State.SENT)
    assert pharmacy.registered() == 1
