"""What stays of an exchange: its VIHF in the audit, the clock compared, the raw bytes where somebody asked for them."""

from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree
from signxml import XMLVerifier

from dmp_core import log
from dmp_core.dmp import td02_existence, td03_authorisation, td31_search, td31_stream
from dmp_core.errors import (
    AuditBroken,
    AuditUnavailable,
    ClockWrong,
    DmpClockRefused,
    DmpVihfRefused,
    NotFound,
    RightMissing,
    TimedOut,
)
from dmp_core.model.access import Mode, Purpose
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid
from dmp_core.model.practitioner import Right
from dmp_core.ports import AuditBreak
from dmp_core.services.notices import CareNeeded

ADD = td03_authorisation.build(td03_authorisation.Action.ADD)
OTHER = Ins(value="187075100102392", oid=InsOid.NIR_TEST)


def existence(pharmacy):
    return td02_existence.build(
        pharmacy.ins,
        pharmacy.software,
        message_id=pharmacy.ids.uuid(),
        query_id=pharmacy.ids.uuid(),
        at=pharmacy.clock.now(),
    )


# ---------------------------------------------------------------- the VIHF


@pytest.mark.exigence("EX_AIR-070")
@pytest.mark.parametrize("mode", Mode)
def test_the_vihf_that_was_shown_is_in_the_audit_byte_for_byte(pharmacy, mode) -> None:
    pharmacy.ask(existence(pharmacy), mode)

    asking, asked = pharmacy.audit.records()
    kept = pharmacy.audit.enclosed(asking["number"])

    assert [asking["action"], asked["action"], asked["result"]] == ["dmp.asking", "dmp.asked", "ok"]
    assert asking["assertion_id"] == asked["assertion_id"]
    assert kept is not None
    assert kept in pharmacy.line(mode).passed[0].request.body
    assert etree.fromstring(kept).get("ID") == f"_{asking['assertion_id']}"


def test_a_kept_vihf_still_verifies(pharmacy) -> None:
    pharmacy.ask(existence(pharmacy), Mode.INDIRECT)

    kept = etree.fromstring(pharmacy.audit.enclosed(1))
    certificate = pharmacy.exchange(Mode.INDIRECT).link.signer.certificate

    pem = certificate_pem(certificate)
    assert XMLVerifier().verify(kept, x509_cert=pem, id_attribute="ID").signed_xml is not None


def certificate_pem(der: bytes) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode()


def test_a_refused_question_leaves_its_vihf_and_the_code(pharmacy) -> None:
    with pytest.raises(DmpVihfRefused):
        pharmacy.clock.advance(timedelta(0))
        pharmacy.dmp._now = lambda: pharmacy.clock.now() + timedelta(minutes=10)
        pharmacy.ask(existence(pharmacy))

    asking, asked = pharmacy.audit.records()

    assert pharmacy.audit.enclosed(asking["number"]) is not None
    assert asked["result"] == DmpVihfRefused.code


def test_nothing_is_asked_that_cannot_be_recorded(pharmacy) -> None:
    pharmacy.audit.close()

    with pytest.raises(AuditUnavailable):
        pharmacy.ask(existence(pharmacy))

    assert pharmacy.line(Mode.DIRECT).passed == []


def test_the_purpose_of_an_emergency_is_recorded(pharmacy) -> None:
    pharmacy.ask(td31_search.find_documents(td31_search.Filter(), ins=pharmacy.ins), purpose=Purpose.BRIS_DE_GLACE)

    assert next(pharmacy.audit.records())["purpose"] == "bris_de_glace"


def test_what_is_enclosed_is_encrypted_and_its_change_or_loss_is_found(pharmacy, tmp_path: Path) -> None:
    pharmacy.ask(existence(pharmacy))
    file = tmp_path / "audit.sqlite"
    written = b"".join(each.read_bytes() for each in tmp_path.glob("audit.sqlite*"))
    assert pharmacy.ins.value.encode() not in written
    assert b"DUPONT" not in written

    import apsw

    db = apsw.Connection(str(file))
    db.execute("UPDATE enclosure SET sealed = zeroblob(100) WHERE number = 1")
    assert pharmacy.audit.verify() == AuditBreak(1, "enclosure")
    with pytest.raises(AuditBroken):
        pharmacy.audit.enclosed(1)
    db.execute("DELETE FROM enclosure")
    found = pharmacy.audit.verify()
    db.close()

    assert found == AuditBreak(1, "enclosure")


def test_a_streamed_answer_is_recorded_as_any_other(pharmacy) -> None:
    pharmacy.fed("2.25.11")
    message = td31_search.find_documents(td31_search.Filter(), ins=pharmacy.ins)
    exchange = pharmacy.exchange(Mode.DIRECT)

    rows = list(exchange.stream(message, pharmacy.who(), pharmacy.ins, td31_stream.rows))

    assert [row.unique_id for row in rows] == ["2.25.11"]
    assert [record["action"] for record in pharmacy.audit.records()][-2:] == ["dmp.asking", "dmp.asked"]


def test_a_stream_that_is_left_is_recorded_as_abandoned(pharmacy) -> None:
    pharmacy.fed("2.25.11")
    message = td31_search.find_documents(td31_search.Filter(), ins=pharmacy.ins)

    stream = pharmacy.exchange(Mode.DIRECT).stream(message, pharmacy.who(), pharmacy.ins, td31_stream.rows)
    next(stream)
    stream.close()

    assert [*pharmacy.audit.records()][-1]["result"] == "abandoned"


# ---------------------------------------------------------------- the clock


@pytest.mark.exigence("PRE_TPS")
@pytest.mark.parametrize(("seconds", "told"), [(0, 0), (119, 0), (-119, 0), (130, 1), (-130, 1), (86_400, 1)])
def test_a_clock_beyond_the_tolerance_is_told_once(pharmacy, seconds: int, told: int) -> None:
    pharmacy.line(Mode.DIRECT).date = pharmacy.clock.now() + timedelta(seconds=seconds)

    for _ in range(3):
        pharmacy.ask(existence(pharmacy))

    cautions = [notice.caution for notice in pharmacy.notices if isinstance(notice, CareNeeded)]
    assert [type(each) for each in cautions] == [ClockWrong] * told


def test_a_clock_that_stays_wrong_is_told_again_the_next_day(pharmacy) -> None:
    for _ in range(3):
        pharmacy.line(Mode.DIRECT).date = pharmacy.clock.now() + timedelta(minutes=10)
        pharmacy.ask(existence(pharmacy))
        pharmacy.clock.advance(timedelta(hours=13))

    assert len(pharmacy.notices) == 2


def test_a_vihf_refused_while_the_clock_is_wrong_says_so(pharmacy) -> None:
    ahead = timedelta(minutes=7)
    pharmacy.dmp._now = lambda: pharmacy.clock.now() + ahead
    pharmacy.line(Mode.DIRECT).date = pharmacy.clock.now() + ahead

    with pytest.raises(DmpClockRefused) as caught:
        pharmacy.ask(existence(pharmacy))

    assert caught.value.detail == "the clock is 420 s behind the DMP's"
    assert caught.value.dmp_text


# ---------------------------------------------------------------- recordings


def test_nothing_is_recorded_by_itself(pharmacy) -> None:
    pharmacy.ask(existence(pharmacy))

    assert pharmacy.recorder.kept(pharmacy.who()) == ()


def test_one_hour_of_exchanges_is_recorded_and_no_more(pharmacy) -> None:
    pharmacy.recorder.record_hour(pharmacy.who())
    pharmacy.ask(existence(pharmacy))
    pharmacy.clock.advance(timedelta(hours=1))
    pharmacy.ask(existence(pharmacy))

    (kept,) = pharmacy.recorder.kept(pharmacy.who())
    raw = pharmacy.recorder.read(kept.name, pharmacy.who())

    passed = pharmacy.line(Mode.DIRECT).passed[0]
    assert (kept.transaction, kept.result, kept.empty) == ("TD0.2", "ok", False)
    assert (raw.request, raw.answer, raw.status) == (passed.request.body, passed.answer.body, 200)


def test_one_patient_is_recorded_and_nobody_else(pharmacy) -> None:
    pharmacy.recorder.record_patient(OTHER, pharmacy.who())
    pharmacy.ask(existence(pharmacy))
    none = pharmacy.recorder.kept(pharmacy.who())
    pharmacy.recorder.record_patient(pharmacy.ins, pharmacy.who())
    pharmacy.ask(existence(pharmacy))

    assert none == ()
    assert len(pharmacy.recorder.kept(pharmacy.who())) == 1


def test_an_empty_result_and_an_error_are_marked(pharmacy) -> None:
    pharmacy.recorder.record_hour(pharmacy.who())
    pharmacy.ask(td31_search.find_documents(td31_search.Filter(), ins=pharmacy.ins))
    pharmacy.line(Mode.DIRECT).instead = TimedOut("x", after_send=True)
    with pytest.raises(TimedOut):
        pharmacy.ask(existence(pharmacy))

    kept = {each.transaction: (each.result, each.empty) for each in pharmacy.recorder.kept(pharmacy.who())}

    assert kept == {"TD3.1": ("ok", True), "TD0.2": (TimedOut.code, False)}


def test_a_recording_survives_a_restart_and_ends_by_itself(make_pharmacy) -> None:
    first = make_pharmacy()
    first.recorder.record_hour(first.who())
    first.audit.close()
    second = make_pharmacy()
    second.ask(existence(second))

    assert len(second.recorder.kept(second.who())) == 1
    second.clock.advance(timedelta(days=7, seconds=1))
    assert second.recorder.purge() > 0
    assert second.recorder.kept(second.who()) == ()


def test_what_is_recorded_is_encrypted_and_bears_no_name(pharmacy, tmp_path: Path) -> None:
    pharmacy.recorder.record_hour(pharmacy.who())
    pharmacy.ask(existence(pharmacy))

    files = [*(tmp_path / "recordings").iterdir()]

    assert len(files) == 2
    for file in files:
        assert pharmacy.ins.value.encode() not in file.read_bytes()
        assert pharmacy.ins.value not in file.name
        assert file.stat().st_mode & 0o077 == 0


def test_a_sealed_file_that_was_altered_is_not_read(pharmacy, tmp_path: Path) -> None:
    pharmacy.recorder.record_hour(pharmacy.who())
    pharmacy.ask(existence(pharmacy))
    (kept,) = pharmacy.recorder.kept(pharmacy.who())
    file = tmp_path / "recordings" / f"{kept.name}.sealed"
    file.write_bytes(file.read_bytes()[:-1] + b"\x00")

    with pytest.raises(NotFound):
        pharmacy.recorder.read(kept.name, pharmacy.who())
    with pytest.raises(NotFound):
        pharmacy.recorder.read("../audit", pharmacy.who())


@pytest.mark.parametrize("action", ["record_hour", "stop", "kept", "order", "forget"])
def test_only_who_administers_handles_recordings(pharmacy, action: str) -> None:
    with pytest.raises(RightMissing):
        getattr(pharmacy.recorder, action)(pharmacy.who("21", Right.READ, Right.FEED))


def test_whoever_records_reads_or_forgets_is_in_the_audit(pharmacy) -> None:
    who = pharmacy.who()
    pharmacy.recorder.record_patient(pharmacy.ins, who)
    pharmacy.ask(ADD)
    (kept,) = pharmacy.recorder.kept(who)
    pharmacy.recorder.read(kept.name, who)
    pharmacy.recorder.forget(who)
    pharmacy.recorder.stop(who)

    actions = [each["action"] for each in pharmacy.audit.records() if each["action"].startswith("recorder")]

    assert actions == ["recorder.started", "recorder.read", "recorder.forgotten", "recorder.stopped"]
    assert pharmacy.recorder.kept(who) == ()
    assert pharmacy.recorder.order(who) is None


def test_the_log_holds_nothing_of_it(pharmacy, caplog) -> None:
    with caplog.at_level("INFO", logger="dmp"):
        pharmacy.recorder.record_patient(pharmacy.ins, pharmacy.who())
        pharmacy.ask(existence(pharmacy))
        log.event("state", what="end")

    assert "end" in caplog.text
    assert pharmacy.ins.value not in caplog.text
