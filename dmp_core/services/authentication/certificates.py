"""The structure's certificates over the years: imported, tried, taken into use, and warned of before they end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from dmp_core import log
from dmp_core.errors import CardError, CertificateEnded, CertificateEnding, DmpError, TransportError
from dmp_core.model.access import Environment
from dmp_core.ports import Audit, Clock
from dmp_core.services.notices import CareNeeded, Notice
from dmp_core.transport import certificate as reading
from dmp_core.transport.certificate import Described
from dmp_core.transport.file_key import FileSigner, Role
from dmp_core.transport.key_folder import KeyFolder, Place, Stored

WARNED: Final = (7, 30, 60)  # days before the end
_DAY: Final = timedelta(days=1)
_PROBE: Final = b"dmp-core"
_SHOWN: Final = 16  # hexadecimal digits of a fingerprint
Connect = Callable[[Path, Path], object]
"""Opens a connection to the DMP with that certificate and key. Raises TransportError, CardError."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an import. `trouble`: why the certificate is not used yet; None where it is."""

    stored: Stored
    trouble: DmpError | None = None


class Certificates:
    """The certificates of one structure. `connect` tries one; `renewed` hears that another serves from now on."""

    def __init__(
        self,
        folder: KeyFolder,
        structure: str,
        environment: Environment,
        *,
        connect: Connect,
        clock: Clock,
        audit: Audit | None,
        tell: Callable[[Notice], None] = lambda _: None,
        renewed: Callable[[], None] = lambda: None,
        configured: Mapping[Role, Path] | None = None,
    ) -> None:
        """`configured`: certificates named by the configuration, which serve where none was imported.

        `audit` None: a bridge has it open, and records what it takes into use.
        """
        self._folder = folder
        self._structure = structure
        self._environment = environment
        self._connect = connect
        self._clock = clock
        self._audit = audit
        self._tell = tell
        self._renewed = renewed
        self._configured = dict(configured or {})
        self._stamp = folder.stamp
        self._warned: dict[Role, tuple[datetime, int]] = {}

    # ------------------------------------------------------------ by hand

    def take(self, file: Path, password: bytes | None) -> Imported:
        """Import a PKCS#12 file: its use and structure are told, and it is used as soon as it is seen to work.

        Raises KeyUnusable, CertificateOfAnother, CertificateWrongEnvironment: then nothing is kept.
        """
        pair = reading.read_pkcs12(file, password)
        role = reading.check(pair.described, self._structure, self._environment, self._clock.now())
        stored = self._folder.add(pair, role)
        self._noted("certificate.imported", stored)
        return self._tried(stored) if stored.place is Place.COMING else Imported(stored)

    def use(self, fingerprint: str) -> Stored:
        """Take an imported one into use, tried or not: to go back, or where no trial is possible. Raises NotFound."""
        stored = self._folder.find(fingerprint)
        self._folder.use(stored)
        self._noted("certificate.used", stored)
        return self._folder.find(stored.described.fingerprint)

    def remove(self, fingerprint: str) -> None:
        """Forget an imported one and its key. Raises NotFound, KeyUnusable for the one in use."""
        stored = self._folder.find(fingerprint)
        self._folder.remove(stored)
        self._noted("certificate.removed", stored)

    def all(self) -> tuple[Stored, ...]:
        return self._folder.all()

    def in_use(self) -> dict[Role, Described]:
        """The certificate that serves in each role now; one that cannot be read is left out."""
        now, found = self._clock.now(), {}
        for role in Role:
            stored = self._folder.current(role, now)
            if stored is not None:
                found[role] = stored.described
            elif role in self._configured:
                try:
                    found[role] = reading.read_pem(self._configured[role])
                except CardError as error:
                    log.warning("certificate.unreadable", what=role, code=error.code)
        return found

    # ------------------------------------------------------------ by itself

    def step(self) -> None:
        """Use what another process took into use. Quick: for every turn of the delivery."""
        stamp = self._folder.stamp
        if stamp != self._stamp:
            self._stamp = stamp
            log.event("certificate.renewed")
            for role in Role:
                stored = self._folder.current(role, self._clock.now())
                if stored is not None:
                    self._noted("certificate.serves", stored)
            self._renewed()

    def look_after(self) -> None:
        """Try what was renewed, and warn of what ends. For an hourly task; each warning comes once a day at most."""
        for role in Role:
            coming = self._folder.coming(role)
            if coming is not None and coming.described.is_valid(self._clock.now()):
                self._tried(coming)
        self._warn()

    def _tried(self, stored: Stored) -> Imported:
        """Use it if it works: the DMP takes it as TLS client, or it signs."""
        try:
            if not stored.described.is_valid(self._clock.now()):
                return Imported(stored)
            if stored.role is Role.AUTHENTICATE:
                self._connect(stored.certificate, stored.key)
            else:
                FileSigner.from_pem(stored.certificate, stored.key, at=self._clock.now()).sign(_PROBE)
        except (CardError, TransportError) as error:
            log.warning("certificate.not_yet", what=stored.role, code=error.code, origin=error.origin)
            return Imported(stored, error)
        return Imported(self.use(stored.described.fingerprint))

    def _warn(self) -> None:
        now = self._clock.now()
        for role, described in self.in_use().items():
            coming = self._folder.coming(role)
            left = described.days_left(now)
            step = next((days for days in WARNED if left < days), None)
            if step is None or (coming is not None and coming.described.last > described.last and left >= 0):
                self._warned.pop(role, None)
                continue
            told_at, told = self._warned.get(role, (None, None))
            if told == step and told_at is not None and now - told_at < _DAY:
                continue
            self._warned[role] = (now, step)
            log.warning("certificate.ends", what=role, delay=left)
            kind = CertificateEnded if now > described.last else CertificateEnding
            self._tell(CareNeeded(kind(f"{role}: {described.last:%Y-%m-%d}, {left} days left")))

    def _noted(self, action: str, stored: Stored) -> None:
        if self._audit is not None:
            code = stored.described.fingerprint[:_SHOWN]
            self._audit.record(action, structure=self._structure, reason=str(stored.role), code=code)
