"""The certificates of a structure over the years: told apart, compared, renewed without a gap, warned of."""

import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dmp_core.errors import (
    CertificateEnded,
    CertificateEnding,
    CertificateOfAnother,
    CertificateWrongEnvironment,
    KeyUnusable,
    NotFound,
    OwnCertificateRefused,
    Unreachable,
)
from dmp_core.model.access import Environment
from dmp_core.services.authentication.certificates import Certificates
from dmp_core.simulator.pki import Pki
from dmp_core.testing.clock import ManualClock
from dmp_core.transport.file_key import Role
from dmp_core.transport.key_folder import KeyFolder, Place

HERE = "1990000001"
PASSWORD = b"mot de passe"
LIFE = 3 * 365  # days of a test certificate


class Audit:
    def __init__(self) -> None:
        self.actions: list[str] = []

    def record(self, action: str, /, **_facts: Any) -> None:
        self.actions.append(action)


class Desk:
    """The certificates of one structure, and what happens around them."""

    def __init__(self, folder: Path, clock: ManualClock, environment: Environment, structure: str) -> None:
        self.clock = clock
        self.folder = KeyFolder(folder)
        self.trouble: Exception | None = None
        self.tried: list[str] = []
        self.notices: list[Any] = []
        self.renewals: list[int] = []
        self.audit = Audit()
        self.certificates = Certificates(
            self.folder,
            structure,
            environment,
            connect=self._connect,
            clock=clock,
            audit=self.audit,  # type: ignore[arg-type]  # records alone
            tell=self.notices.append,
            renewed=lambda: self.renewals.append(1),
        )

    def _connect(self, certificate: Path, key: Path) -> None:
        self.tried.append(certificate.name)
        assert key.is_file()
        if self.trouble:
            raise self.trouble

    def warned(self) -> list[str]:
        told = [one.caution.code for one in self.notices]
        self.notices.clear()
        return told


@pytest.fixture
def make_desk(tmp_path: Path, clock: ManualClock) -> Callable[..., Desk]:
    def make(environment: Environment = Environment.SIMULATION, structure: str = HERE) -> Desk:
        return Desk(tmp_path / "certificates", clock, environment, structure)

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


def test_what_it_is_for_is_read_in_the_certificate(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    auth = desk.certificates.take(p12(pkis[0].organisation_auth(HERE)), PASSWORD)
    sign = desk.certificates.take(p12(pkis[0].organisation_sign(HERE)), PASSWORD)

    assert (auth.stored.role, auth.stored.place) == (Role.AUTHENTICATE, Place.USED)
    assert (sign.stored.role, sign.stored.place) == (Role.SIGN, Place.USED)
    assert desk.audit.actions == ["certificate.imported"] * 2


def test_files_are_for_their_owner_alone(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    stored = desk.certificates.take(p12(pkis[0].organisation_auth(HERE)), PASSWORD).stored

    modes = {stat.S_IMODE(file.stat().st_mode) for file in stored.key.parent.iterdir()}
    assert os.name == "nt" or modes == {0o600}
    assert os.name == "nt" or stat.S_IMODE(stored.key.parent.stat().st_mode) == 0o700
    assert b"ENCRYPTED" not in stored.key.read_bytes()
    assert not [file for file in stored.key.parent.iterdir() if file.name.endswith(".new")]


@pytest.mark.parametrize("password", [b"faux", None, b""])
def test_a_wrong_password_keeps_nothing(desk: Desk, pkis: tuple[Pki, Pki], p12: Any, password: bytes | None) -> None:
    with pytest.raises(KeyUnusable):
        desk.certificates.take(p12(pkis[0].organisation_auth(HERE)), password)

    assert desk.certificates.all() == ()


def test_a_file_without_password_is_taken(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    assert desk.certificates.take(p12(pkis[0].organisation_sign(HERE), password=None), None).stored


@pytest.mark.parametrize("content", [b"", b"nonsense", b"0" * 2_000_000, b"-----BEGIN CERTIFICATE-----\n"])
def test_what_is_no_pkcs12_is_refused(desk: Desk, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.p12"
    file.write_bytes(content)

    with pytest.raises(KeyUnusable):
        desk.certificates.take(file, b"")


def test_a_file_that_is_not_there_is_refused(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable):
        desk.certificates.take(tmp_path / "none.p12", b"")


def test_a_key_without_its_certificate_is_refused(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    pair = pkis[0].organisation_auth(HERE)

    with pytest.raises(KeyUnusable):
        desk.certificates.take(p12(pair, key_of=pair), PASSWORD)


def test_another_structure_s_certificate_is_refused(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    with pytest.raises(CertificateOfAnother):
        desk.certificates.take(p12(pkis[0].organisation_auth("1990000002")), PASSWORD)

    assert desk.certificates.all() == ()


def test_a_test_certificate_is_refused_in_production(
    make_desk: Callable[..., Desk], pkis: tuple[Pki, Pki], p12: Any
) -> None:
    with pytest.raises(CertificateWrongEnvironment):
        make_desk(Environment.PRODUCTION).certificates.take(p12(pkis[0].organisation_auth(HERE)), PASSWORD)


def test_an_ended_certificate_is_refused(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    desk.clock.advance(timedelta(days=LIFE + 1))

    with pytest.raises(KeyUnusable):
        desk.certificates.take(p12(pkis[0].organisation_auth(HERE)), PASSWORD)


def renewed(desk: Desk, pkis: tuple[Pki, Pki], p12: Any, role: str = "organisation_auth", days: int = 101) -> Any:
    """The first certificate in use, then the second one imported."""
    desk.certificates.take(p12(getattr(pkis[0], role)(HERE)), PASSWORD)
    desk.clock.advance(timedelta(days=days))
    return desk.certificates.take(p12(getattr(pkis[1], role)(HERE), name="second"), PASSWORD)


def places(desk: Desk) -> list[Place]:
    return [one.place for one in desk.certificates.all()]


def test_a_renewed_certificate_that_works_takes_the_place_of_the_old_which_is_kept(
    desk: Desk, pkis: tuple[Pki, Pki], p12: Any
) -> None:
    imported = renewed(desk, pkis, p12)

    assert (imported.stored.place, imported.trouble) == (Place.USED, None)
    assert places(desk) == [Place.USED, Place.KEPT]
    assert len(desk.tried) == 1


@pytest.mark.parametrize("trouble", [Unreachable("x"), OwnCertificateRefused("x"), KeyUnusable("x")])
def test_one_that_does_not_work_yet_leaves_the_old_in_use(
    desk: Desk, pkis: tuple[Pki, Pki], p12: Any, trouble: Exception
) -> None:
    desk.trouble = trouble

    imported = renewed(desk, pkis, p12)

    assert (imported.stored.place, imported.trouble) == (Place.COMING, trouble)
    assert desk.folder.current(Role.AUTHENTICATE, desk.clock.now()).described.issuer
    assert places(desk) == [Place.USED, Place.COMING]


def test_it_is_tried_again_and_taken_into_use_once_it_works(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    desk.trouble = Unreachable("x")
    imported = renewed(desk, pkis, p12)

    desk.certificates.look_after()
    desk.trouble = None
    desk.certificates.look_after()

    assert len(desk.tried) == 3
    current = desk.folder.current(Role.AUTHENTICATE, desk.clock.now())
    assert current.described.fingerprint == imported.stored.described.fingerprint


def test_one_that_was_renewed_ahead_waits_for_its_first_day(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    imported = renewed(desk, pkis, p12, days=10)
    desk.certificates.look_after()

    assert (imported.stored.place, imported.trouble, desk.tried) == (Place.COMING, None, [])
    desk.clock.advance(timedelta(days=91))
    desk.certificates.look_after()
    assert places(desk) == [Place.USED, Place.KEPT]


def test_once_the_old_has_ended_the_new_serves_tried_or_not(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    desk.trouble = Unreachable("x")
    imported = renewed(desk, pkis, p12)

    desk.clock.advance(timedelta(days=LIFE - 101 + 1))

    current = desk.folder.current(Role.AUTHENTICATE, desk.clock.now())
    assert current.described.fingerprint == imported.stored.described.fingerprint


def test_a_seal_is_tried_by_signing(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    imported = renewed(desk, pkis, p12, "organisation_sign")

    assert (imported.stored.place, desk.tried) == (Place.USED, [])


def test_one_can_go_back_to_a_kept_one(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    renewed(desk, pkis, p12)
    kept = next(one for one in desk.certificates.all() if one.place is Place.KEPT)

    used = desk.certificates.use(kept.described.fingerprint[:8])

    assert used.described.fingerprint == kept.described.fingerprint
    assert places(desk) == [Place.USED, Place.KEPT]


def test_a_kept_one_can_be_forgotten_and_the_one_in_use_cannot(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    renewed(desk, pkis, p12)
    used, kept = desk.certificates.all()

    desk.certificates.remove(kept.described.fingerprint)
    with pytest.raises(KeyUnusable):
        desk.certificates.remove(used.described.fingerprint)

    assert not kept.key.exists()
    assert not kept.certificate.exists()
    assert places(desk) == [Place.USED]


@pytest.mark.parametrize("fingerprint", ["", "zz", "0" * 64])
def test_a_fingerprint_that_names_none_is_refused(
    desk: Desk, pkis: tuple[Pki, Pki], p12: Any, fingerprint: str
) -> None:
    renewed(desk, pkis, p12)

    with pytest.raises(NotFound):
        desk.certificates.use(fingerprint)


def test_the_same_file_again_changes_nothing(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    file = p12(pkis[0].organisation_auth(HERE))
    desk.certificates.take(file, PASSWORD)

    desk.certificates.take(file, PASSWORD)

    assert places(desk) == [Place.USED]


def test_the_bridge_hears_that_another_process_imported_one(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    other = Desk(desk.folder._folder, desk.clock, Environment.SIMULATION, HERE)
    desk.certificates.step()
    assert desk.renewals == []

    other.certificates.take(p12(pkis[0].organisation_auth(HERE)), PASSWORD)
    desk.certificates.step()
    desk.certificates.step()

    assert desk.renewals == [1]


def test_warnings_come_60_30_and_7_days_ahead_once_a_day_at_most(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    desk.certificates.take(p12(pkis[0].organisation_auth(HERE)), PASSWORD)
    told = {}
    desk.clock.advance(timedelta(days=LIFE - 64))

    for day in range(64, -3, -1):
        for _ in range(3):
            desk.certificates.look_after()
            desk.clock.advance(timedelta(hours=8))
        codes = desk.warned()
        if codes:
            told[day] = codes

    assert min(told) < 0
    assert max(told) == 60
    assert all(len(codes) <= 2 for codes in told.values())
    assert told[59] == [CertificateEnding.code]
    assert told[-2] == [CertificateEnded.code]


def test_a_renewed_one_that_waits_silences_the_warning(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    desk.trouble = Unreachable("x")
    renewed(desk, pkis, p12)
    desk.clock.advance(timedelta(days=LIFE - 101 - 20))

    desk.certificates.look_after()

    assert desk.warned() == []


def test_where_the_state_was_lost_the_newest_that_is_valid_serves(desk: Desk, pkis: tuple[Pki, Pki], p12: Any) -> None:
    stored = desk.certificates.take(p12(pkis[0].organisation_auth(HERE)), PASSWORD).stored
    (stored.key.parent / "in-use.json").write_text("{", encoding="utf-8")

    assert places(desk) == [Place.KEPT]
    current = desk.folder.current(Role.AUTHENTICATE, desk.clock.now())
    assert current.described.fingerprint == stored.described.fingerprint
