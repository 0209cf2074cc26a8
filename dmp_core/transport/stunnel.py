"""stunnel as the way to the DMP where this Python cannot use a card's key: it holds the card, we speak to it in clear.

The clear side is a UNIX socket in a folder that its owner alone may enter; so there is none on Windows, where any
program of the machine could use a port. Its configuration, with the code of the card, goes through a pipe and never to
a disk; stunnel keeps the code in memory for as long as it runs. It needs the PKCS#11 engine of OpenSSL (Debian:
libengine-pkcs11-openssl). What fails behind it comes back as a cut connection, after which documents are looked up.
"""

import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from dmp_core import log
from dmp_core.errors import CardTlsUnavailable, ConfigInvalid
from dmp_core.transport.tls import SUITES

_TURN: Final = 0.02  # seconds between looks for its socket
_TURNS: Final = 225  # 4.5 s
_END: Final = 2.0
_SURROUNDINGS: Final = ("OPENSSL_CONF", "OPENSSL_ENGINES", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


@dataclass(frozen=True, slots=True)
class Target:
    """Whom stunnel speaks to, and through which PKCS#11 library. `proxy`: `http://host:port`."""

    url: str
    authorities: Path
    library: Path
    proxy: str | None = None


class Stunnel:
    """One stunnel, for one card at a time."""

    def __init__(self, program: Path, target: Target, system: str = sys.platform) -> None:
        """Raises ConfigInvalid where it cannot be used at all."""
        if system == "win32":
            raise ConfigInvalid("cps.stunnel: Windows has no socket that is private to one program")
        if shutil.which(str(program)) is None:
            raise ConfigInvalid("cps.stunnel: this program is not there")
        self._program = program
        self._target = target
        self._changing = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None

    @property
    def socket(self) -> Path:
        """Where it listens. Raises CardTlsUnavailable where it does not run."""
        with self._changing:
            if self._folder is None or self._process is None or self._process.poll() is not None:
                raise CardTlsUnavailable("stunnel does not run")
            return self._folder / "dmp"

    def start(self, certificate: bytes, key_id: bytes, pin: bytearray) -> None:
        """Let it open connections with the key of `key_id`. Raises CardTlsUnavailable where it does not start."""
        self.stop()
        with self._changing:
            self._folder = Path(tempfile.mkdtemp(prefix="dmp-"))
            (self._folder / "card.pem").write_text(ssl.DER_cert_to_PEM_cert(certificate), encoding="ascii")
            self._process = process = subprocess.Popen(
                [self._program, "-fd", "0"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(os.environ),
            )
            self._configure(process, self._folder, key_id, pin)
            ready = _is_ready(process, self._folder / "dmp")
        if not ready:
            self.stop()
            raise CardTlsUnavailable("stunnel did not start: its PKCS#11 engine, the card, or its version")
        log.event("stunnel.started", pid=process.pid)

    def stop(self) -> None:
        """End it, by its own number, and remove its folder. Never raises."""
        with self._changing:
            process, self._process = self._process, None
            folder, self._folder = self._folder, None
        if process is not None:
            process.terminate()
            try:
                process.wait(_END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _configure(self, process: subprocess.Popen[bytes], folder: Path, key_id: bytes, pin: bytearray) -> None:
        assert process.stdin is not None, "a pipe was asked for"
        before, after = configuration(self._target, folder, key_id).encode().split(b"{pin}")
        whole = bytearray(before)
        whole += pin
        whole += after
        try:
            process.stdin.write(whole)
            process.stdin.close()
        except OSError:
            pass  # it ended: `_is_ready` finds that
        finally:
            whole[:] = bytes(len(whole))


def configuration(target: Target, folder: Path, key_id: bytes) -> str:
    """What stunnel reads, with `{pin}` in the place of the code."""
    host, port = _host_and_port(target.url)
    way = [f"connect = {host}:{port}"]
    if target.proxy is not None:
        proxy, proxy_port = _host_and_port(target.proxy)
        way = [f"connect = {proxy}:{proxy_port}", "protocol = connect", f"protocolHost = {host}:{port}"]
    identifier = "".join(f"%{byte:02X}" for byte in key_id)
    lines = (
        "foreground = yes",
        "pid =",
        "syslog = no",
        "debug = err",
        "engine = pkcs11",
        f"engineCtrl = MODULE_PATH:{target.library}",
        "engineCtrl = PIN:{pin}",
        "[dmp]",
        "client = yes",
        f"accept = {folder / 'dmp'}",
        *way,
        "engineNum = 1",
        f"key = pkcs11:id={identifier};type=private",
        f"cert = {folder / 'card.pem'}",
        f"CAfile = {target.authorities}",
        "verifyChain = yes",
        _host_check(host),
        f"sni = {host}",
        "sslVersionMin = TLSv1.2",
        "sslVersionMax = TLSv1.2",
        f"ciphers = {SUITES}",
        "config = ClientSignatureAlgorithms:RSA+SHA256",  # a CPS3 has no RSA-PSS
        "sessionCacheSize = 1",
    )
    return "\n".join(lines) + "\n"


def _host_check(host: str) -> str:
    return f"checkIP = {host}" if host.replace(".", "").isdigit() or ":" in host else f"checkHost = {host}"


def _host_and_port(url: str) -> tuple[str, int]:
    parsed = urlsplit(url)
    if not parsed.hostname:
        raise ConfigInvalid("an address without a host")
    return quote(parsed.hostname, safe=".:-"), parsed.port or (443 if parsed.scheme == "https" else 3128)


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Without what would change the trust or the configuration of its OpenSSL."""
    return {name: value for name, value in variables.items() if name not in _SURROUNDINGS}


def _is_ready(process: subprocess.Popen[bytes], socket: Path) -> bool:
    for _ in range(_TURNS):
        if socket.exists():
            return True
        try:
            process.wait(_TURN)
        except subprocess.TimeoutExpired:
            continue
        return False
    return False
