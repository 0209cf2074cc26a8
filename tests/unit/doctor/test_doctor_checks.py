"""Each check of the doctor: what it says where all is well, and what it says, with which remedy, where it is not."""

import contextlib
import struct
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from dmp_core.errors import (
    CardLibraryMissing,
    CardMissing,
    ExtraMissing,
    Intercepted,
    OwnCertificateRefused,
    ProxyAsks,
    ReaderBusy,
    ReadersUnavailable,
    TimedOut,
    Unreachable,
)
from dmp_core.model.access import Environment
from dmp_core.plughost.guard import Status
from dmp_core.plughost.report import PluginState
from dmp_core.ports import HttpAnswer, ReaderState
from dmp_core.services.doctor import certificates, cps, network, plugins, program, readers
from dmp_core.services.doctor.examination import Check, examine
from dmp_core.services.doctor.finding import Finding, Severity, ok
from dmp_core.services.doctor.setup import Libraries, PairFiles, Service, Setup
from dmp_core.testing.clock import ManualClock
from dmp_core.transport.file_key import Role

HERE = "1990000001"
CPS3 = bytes.fromhex("3BAC00402A001225006480000310009000")
VITALE = bytes.fromhex("3B751300004409EA9000")


@pytest.fixture
def make_setup(tmp_path: Path) -> Callable[..., Setup]:
    def make(**changes: Any) -> Setup:
        known: dict[str, Any] = {
            "environment": Environment.SIMULATION,
            "structure": HERE,
            "data": tmp_path,
            "uses_card": True,
            "libraries": Libraries(),
            "stunnel": None,
            "pairs": (),
            "services": (),
            "clock_tolerance": timedelta(minutes=2),
        }
        return Setup(**(known | changes))

    return make


def told(findings: Sequence[Finding]) -> dict[str, Severity]:
    return {one.check: one.severity for one in findings}


def test_every_finding_that_is_not_well_has_its_remedy(make_setup: Callable[..., Setup]) -> None:
    findings = [
        *readers.check(make_setup(), lambda: Seats([])),
        *cps.check(make_setup(libraries=Libraries(Path("none"))), None, ManualClock().now()),  # type: ignore[arg-type]
        *program.check(make_setup(data=Path("none"), secrets=(Path("none"),))),
    ]

    assert [one for one in findings if one.severity in (Severity.WARNING, Severity.ERROR) and not one.remedy] == []
    assert all(one.text.endswith(".") or one.text.endswith(")") for one in findings)


# ---------------------------------------------------------------- the examination


def start(work: Callable[[], None]) -> None:
    Thread(target=work, daemon=True).start()


def seconds() -> Callable[[], float]:
    import time

    return time.monotonic


def test_a_check_that_hangs_keeps_no_other_back_and_what_it_found_so_far_stays() -> None:
    never = Event()

    def hangs() -> Iterator[Finding]:
        yield ok("slow", "Première chose vue.")
        never.wait()

    checks = [Check("slow", "Lent", hangs, 0.2), Check("quick", "Rapide", lambda: [ok("quick", "Bien.")], 5)]
    slow, quick = examine(checks, start, seconds())
    never.set()

    assert [one.text for one in slow.findings] == ["Première chose vue.", "Pas de réponse en 0.2 secondes."]
    assert (slow.worst, quick.worst) == (Severity.ERROR, Severity.OK)


@pytest.mark.parametrize(
    ("error", "code"), [(ExtraMissing("cards"), "DMP-CONF-002"), (ValueError("DUPONT"), None), (MemoryError(), None)]
)
def test_a_check_that_fails_is_a_finding_without_the_words_of_the_failure(error: Exception, code: str | None) -> None:
    def fails() -> Iterator[Finding]:
        raise error
        yield

    (group,) = examine([Check("fails", "Échoue", fails)], start, seconds())

    (finding,) = group.findings
    assert (finding.severity, finding.code) == (Severity.ERROR, code)
    assert "DUPONT" not in finding.text + finding.remedy


# ---------------------------------------------------------------- readers


class Seats:
    """Readers as a test puts them."""

    def __init__(self, states: Sequence[ReaderState], trouble: Exception | None = None) -> None:
        self._states = states
        self._trouble = trouble

    def wait(self, _seconds: float) -> Sequence[ReaderState]:
        if isinstance(self._trouble, ReadersUnavailable):
            raise self._trouble
        return self._states

    @contextlib.contextmanager
    def open(self, _reader: str) -> Iterator[Any]:
        if self._trouble:
            raise self._trouble
        yield None

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


def look(setup: Setup, *states: ReaderState, trouble: Exception | None = None, files: Sequence[str] = ()) -> Any:
    known = {Path(file) for file in files}
    return list(readers.check(setup, lambda: Seats(states, trouble), lambda path: path in known))


def test_each_reader_and_its_card_are_named(make_setup: Callable[..., Setup]) -> None:
    findings = look(
        make_setup(), ReaderState("Lecteur A", atr=CPS3), ReaderState("Lecteur B", atr=VITALE), ReaderState("C")
    )

    texts = [one.text for one in findings]
    assert texts == [
        "Lecteur « Lecteur A » : carte CPS.",
        "Lecteur « Lecteur B » : carte Vitale.",
        "Lecteur « C » : vide.",
    ]
    assert {one.severity for one in findings} == {Severity.OK}


def test_a_reader_that_is_left_alone_is_not_looked_at(make_setup: Callable[..., Setup]) -> None:
    findings = look(make_setup(ignored_readers=("Hello",)), ReaderState("Windows Hello 1", atr=CPS3))

    assert [one.check for one in findings] == ["cards.readers"]


@pytest.mark.parametrize(("uses_card", "severity"), [(True, Severity.ERROR), (False, Severity.INFO)])
def test_no_reader_is_an_error_only_where_a_card_is_used(
    make_setup: Callable[..., Setup], uses_card: bool, severity: Severity
) -> None:
    assert told(look(make_setup(uses_card=uses_card))) == {"cards.readers": severity}


def test_a_reader_that_the_galss_alone_sees_is_recognised(make_setup: Callable[..., Setup]) -> None:
    findings = look(make_setup(), files=[readers.GALSS[0]])

    assert told(findings) == {"cards.galss": Severity.ERROR, "cards.readers": Severity.ERROR}
    assert "GALSS seul" in findings[0].text
    assert "PC/SC" in findings[0].remedy


@pytest.mark.parametrize(
    "surroundings",
    [{"SESSIONNAME": "RDP-Tcp#12"}, {"SESSIONNAME": "ICA-tcp#1"}, {"XRDP_SESSION": "1"}, {"SSH_CONNECTION": "x"}],
)
def test_a_remote_session_without_readers_says_what_to_redirect(
    make_setup: Callable[..., Setup], surroundings: dict[str, str]
) -> None:
    setup = make_setup(surroundings=surroundings)

    assert "cards.remote" in told(look(setup))
    assert told(look(setup, ReaderState("A")))["cards.remote"] is Severity.INFO


def test_the_console_is_no_remote_session(make_setup: Callable[..., Setup]) -> None:
    assert "cards.remote" not in told(look(make_setup(surroundings={"SESSIONNAME": "Console"})))


@pytest.mark.parametrize(
    ("state", "trouble"),
    [(ReaderState("A", atr=CPS3, busy=True), None), (ReaderState("A", atr=CPS3), ReaderBusy("x"))],
    ids=["exclusive", "refused"],
)
def test_a_card_that_the_billing_software_holds_is_told(
    make_setup: Callable[..., Setup], state: ReaderState, trouble: Exception | None
) -> None:
    held = next(one for one in look(make_setup(), state, trouble=trouble) if one.check == "cards.held")

    assert (held.severity, held.code) == (Severity.ERROR, "DMP-CARD-042")
    assert "facturation" in held.text


def test_a_card_the_wrong_way_round_is_told(make_setup: Callable[..., Setup]) -> None:
    assert told(look(make_setup(), ReaderState("A", mute=True))) == {"cards.card": Severity.WARNING}


def test_a_service_that_is_stopped_is_told(make_setup: Callable[..., Setup]) -> None:
    findings = look(make_setup(), trouble=ReadersUnavailable(origin="8010001D"))

    assert findings[0].code == "DMP-CARD-040"


def test_without_pyscard_the_missing_part_is_named(make_setup: Callable[..., Setup]) -> None:
    def absent() -> Any:
        raise ExtraMissing("cards: pyscard")

    (finding,) = readers.check(make_setup(), absent)

    assert (finding.severity, finding.code) == (Severity.ERROR, "DMP-CONF-002")


# ---------------------------------------------------------------- the library of the card


def elf(bits: int) -> bytes:
    return b"\x7fELF" + bytes([bits // 32]) + bytes(60)


def pe(machine: int) -> bytes:
    return b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<H", machine)


@pytest.mark.parametrize(
    ("head", "bits"),
    [
        (elf(32), 32), (elf(64), 64), (pe(0x14C), 32), (pe(0x8664), 64), (pe(0xAA64), 64),
        (b"\xcf\xfa\xed\xfe" + bytes(9), 64), (b"\xce\xfa\xed\xfe" + bytes(9), 32), (b"\xca\xfe\xba\xbe", None),
        (b"", None), (b"MZ", None), (b"\x7fELF", None), (b"text", None),
    ],
)  # fmt: skip
def test_the_bitness_of_a_library_is_read_in_its_head(tmp_path: Path, head: bytes, bits: int | None) -> None:
    file = tmp_path / "library"
    file.write_bytes(head)

    assert cps.bits_of(file) == bits


def test_a_library_of_the_other_bitness_is_told_before_it_is_loaded(
    make_setup: Callable[..., Setup], tmp_path: Path
) -> None:
    other = tmp_path / "cps3_pkcs11_w32.dll"
    other.write_bytes(elf(96 - program.BITS))

    findings = list(cps.check(make_setup(libraries=Libraries(other, other)), None, ManualClock().now()))  # type: ignore[arg-type]

    assert told(findings) == {"cps.bits": Severity.ERROR}
    assert f"{program.BITS} bits" in findings[0].remedy


def test_a_library_that_is_missing_is_told(make_setup: Callable[..., Setup], tmp_path: Path) -> None:
    setup = make_setup(libraries=Libraries(tmp_path / "none", tmp_path / "none"))

    (finding,) = cps.check(setup, None, ManualClock().now())  # type: ignore[arg-type]

    assert finding.code == CardLibraryMissing.code


def test_without_card_in_the_configuration_none_is_looked_for(make_setup: Callable[..., Setup]) -> None:
    assert told(list(cps.check(make_setup(uses_card=False), None, ManualClock().now()))) == {"cps.use": Severity.INFO}  # type: ignore[arg-type]


def test_no_card_is_told(make_setup: Callable[..., Setup], tmp_path: Path) -> None:
    class Nothing:
        def look(self, _wanted: object, _at: object) -> Any:
            raise CardMissing

    library = tmp_path / "library.so"
    library.write_bytes(elf(program.BITS))
    findings = list(cps.check(make_setup(libraries=Libraries(library, library)), Nothing(), ManualClock().now()))  # type: ignore[arg-type]

    assert told(findings) == {"cps.library": Severity.OK, "cps.card": Severity.ERROR}


# ---------------------------------------------------------------- network and clock


def reach(setup: Setup, service: Service, answer: HttpAnswer | Exception, clock: ManualClock) -> list[Finding]:
    def ask(_service: Service) -> HttpAnswer:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return list(network.check(setup, service, ask, clock.now))


DMP = Service("dmp", "DMP", "https://dmp.example/", None)
INSI = Service("insi", "Téléservice INSi", "https://insi.example/", None)


@pytest.mark.parametrize("status", [200, 404, 405, 500])
def test_whatever_a_service_answers_it_was_reached(
    make_setup: Callable[..., Setup], clock: ManualClock, status: int
) -> None:
    findings = reach(make_setup(), DMP, HttpAnswer(status, "text/html", b"", clock.now()), clock)

    assert told(findings) == {"network.dmp": Severity.OK, "clock": Severity.OK}


@pytest.mark.parametrize(
    "error", [Unreachable(origin="dns"), TimedOut("x"), Intercepted("x"), OwnCertificateRefused("x"), ProxyAsks("x")]
)
@pytest.mark.parametrize("service", [DMP, INSI])
def test_a_service_that_is_not_reached_is_named_with_the_reason(
    make_setup: Callable[..., Setup], clock: ManualClock, service: Service, error: Exception
) -> None:
    (finding,) = reach(make_setup(), service, error, clock)

    assert finding.severity is Severity.ERROR
    assert finding.text.startswith(f"{service.label} : ")
    assert ("DMP" in finding.text.partition(" : ")[2]) is (service is DMP) or "DMP-NET" in finding.text
    assert finding.remedy


def test_a_service_that_wants_the_card_was_reached(make_setup: Callable[..., Setup], clock: ManualClock) -> None:
    by_card = Service("dmp", "DMP", "https://dmp.example/", None, by_card=True)

    assert told(reach(make_setup(), by_card, OwnCertificateRefused("x"), clock)) == {"network.dmp": Severity.OK}
    assert told(reach(make_setup(), by_card, Intercepted("x"), clock)) == {"network.dmp": Severity.ERROR}


@pytest.mark.parametrize(("minutes", "way"), [(-10, "en avance"), (10, "en retard")])
def test_a_clock_that_is_wrong_is_told_with_its_error(
    make_setup: Callable[..., Setup], clock: ManualClock, minutes: int, way: str
) -> None:
    date = clock.now() + timedelta(minutes=minutes)

    findings = reach(make_setup(), DMP, HttpAnswer(200, "", b"", date), clock)

    off = next(one for one in findings if one.check == "clock")
    assert (off.severity, "600 secondes" in off.text, way in off.text) == (Severity.ERROR, True, True)


# ---------------------------------------------------------------- plugins, program


def test_a_plugin_that_was_refused_is_named_with_its_reason() -> None:
    states = [
        PluginState("doc_officine", Status.ENABLED, version="0.1.0"),
        PluginState("doc_trod", Status.FOUND),
        PluginState("doc_x", Status.REFUSED, reason="unsigned"),
        PluginState("doc_y", Status.QUARANTINED, reason="three failures"),
    ]

    assert [one.severity for one in plugins.check(states)] == [
        Severity.OK,
        Severity.INFO,
        Severity.ERROR,
        Severity.ERROR,
    ]


def test_a_secret_that_others_can_read_is_told(make_setup: Callable[..., Setup], tmp_path: Path) -> None:
    import os

    secret = tmp_path / "psc-secret"
    secret.write_text("x", encoding="utf-8")
    secret.chmod(0o644)
    open_to_all = told(list(program.check(make_setup(secrets=(secret,)))))
    secret.chmod(0o600)

    assert os.name == "nt" or open_to_all["program.secrets"] is Severity.WARNING
    assert "program.secrets" not in told(list(program.check(make_setup(secrets=(secret,)))))
    assert told(list(program.check(make_setup(secrets=(tmp_path / "none",)))))["program.secrets"] is Severity.ERROR


def test_variables_that_are_ignored_are_named(make_setup: Callable[..., Setup]) -> None:
    findings = list(program.check(make_setup(surroundings={"HTTPS_PROXY": "http://user:password@proxy"})))

    (finding,) = [one for one in findings if one.check == "program.environment"]
    assert "HTTPS_PROXY" in finding.text
    assert "password" not in finding.text


def test_this_interpreter_is_fit_for_tls_with_a_card(make_setup: Callable[..., Setup]) -> None:
    findings = told(list(program.check(make_setup())))

    assert findings["program.card_tls"] in (Severity.OK, Severity.ERROR)


def test_a_stunnel_that_is_missing_is_told(make_setup: Callable[..., Setup], tmp_path: Path) -> None:
    findings = told(list(program.check(make_setup(stunnel=tmp_path / "stunnel"))))

    assert findings["program.card_tls"] is Severity.ERROR


# ---------------------------------------------------------------- certificates


def pair_of(pki: Any, label: str = "AUTH", role: Role = Role.AUTHENTICATE, structure: str | None = HERE) -> PairFiles:
    kind = pki.organisation_auth if label == "AUTH" else pki.organisation_sign
    files = kind(HERE)
    return PairFiles(label, role, files.certificate, files.key, pki.authority.certificate, structure)


def no_list(_url: str) -> bytes:
    raise Unreachable("x")


def examined(setup: Setup, clock: ManualClock) -> dict[str, Severity]:
    return told(list(certificates.check(setup, clock.now(), no_list)))


def test_a_certificate_as_it_must_be_has_nothing_said_against_it(
    make_setup: Callable[..., Setup], pkis: Any, clock: ManualClock
) -> None:
    found = examined(make_setup(pairs=(pair_of(pkis[0]), pair_of(pkis[0], "SIGN", Role.SIGN))), clock)

    assert found == {
        "certificates.dates": Severity.OK,
        "certificates.use": Severity.OK,
        "certificates.structure": Severity.OK,
        "certificates.chain": Severity.OK,
        "certificates.revocation": Severity.INFO,
    }


@pytest.mark.parametrize(
    ("days", "severity"),
    [(0, Severity.OK), (3 * 365 - 59, Severity.WARNING), (3 * 365 + 1, Severity.ERROR), (-2, Severity.ERROR)],
)
def test_dates_are_told_in_time(
    make_setup: Callable[..., Setup], pkis: Any, clock: ManualClock, days: int, severity: Severity
) -> None:
    clock.advance(timedelta(days=days))

    assert examined(make_setup(pairs=(pair_of(pkis[0]),)), clock)["certificates.dates"] is severity


def test_two_certificates_that_were_exchanged_are_told(
    make_setup: Callable[..., Setup], pkis: Any, clock: ManualClock
) -> None:
    found = examined(make_setup(pairs=(pair_of(pkis[0], "AUTH", Role.SIGN),)), clock)

    assert found["certificates.use"] is Severity.ERROR


def test_another_structure_s_certificate_is_told(
    make_setup: Callable[..., Setup], pkis: Any, clock: ManualClock
) -> None:
    found = examined(make_setup(pairs=(pair_of(pkis[0], structure="1990000009"),)), clock)

    assert found["certificates.structure"] is Severity.ERROR


def test_a_test_certificate_in_production_is_told(
    make_setup: Callable[..., Setup], pkis: Any, clock: ManualClock
) -> None:
    found = examined(make_setup(environment=Environment.PRODUCTION, pairs=(pair_of(pkis[0]),)), clock)

    assert found["certificates.environment"] is Severity.ERROR


def test_a_key_of_another_pair_is_told(make_setup: Callable[..., Setup], pkis: Any, clock: ManualClock) -> None:
    right, other = pair_of(pkis[0]), pair_of(pkis[0], "SIGN")
    mixed = PairFiles("AUTH", Role.AUTHENTICATE, right.certificate, other.key, right.chain, HERE)

    assert examined(make_setup(pairs=(mixed,)), clock)["certificates.use"] is Severity.ERROR


def test_an_issuer_that_is_not_known_is_told(make_setup: Callable[..., Setup], pkis: Any, clock: ManualClock) -> None:
    right = pair_of(pkis[0])
    alone = PairFiles("AUTH", Role.AUTHENTICATE, right.certificate, right.key, pkis[1].authority.certificate, HERE)

    assert examined(make_setup(pairs=(alone,)), clock)["certificates.chain"] is Severity.WARNING


def test_a_certificate_that_is_missing_is_told(
    make_setup: Callable[..., Setup], tmp_path: Path, clock: ManualClock
) -> None:
    gone = PairFiles("AUTH", Role.AUTHENTICATE, tmp_path / "none.pem", tmp_path / "none.key", None, HERE)

    assert examined(make_setup(pairs=(gone,)), clock) == {"certificates.file": Severity.ERROR}
