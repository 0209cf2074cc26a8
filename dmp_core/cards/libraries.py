"""Where the PKCS#11 libraries for the CPS lie: the one of ANS (Cryptolib CPS) on each system, else OpenSC's."""

import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Final

from dmp_core.errors import CardLibraryMissing

_SYSTEM32: Final = PureWindowsPath(r"C:\Windows\System32")  # a 32-bit program is shown its own library there
_OPENSC_WINDOWS: Final = {
    64: PureWindowsPath(r"C:\Program Files\OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll"),
    32: PureWindowsPath(r"C:\Program Files (x86)\OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll"),
}
_MACOS: Final = (
    "/usr/local/lib/libcps3_pkcs11_osx.dylib",
    "/Library/OpenSC/lib/opensc-pkcs11.so",
    "/usr/local/lib/opensc-pkcs11.so",
    "/opt/homebrew/lib/opensc-pkcs11.so",
)
_LINUX: Final = (
    "/opt/santesocial/CPS/lib/libcps3_pkcs11_lux.so",
    "/usr/lib/{machine}-linux-gnu/opensc-pkcs11.so",  # Debian, Ubuntu
    "/usr/lib64/opensc-pkcs11.so",  # Fedora, RHEL
    "/usr/lib64/pkcs11/opensc-pkcs11.so",
    "/usr/lib/opensc-pkcs11.so",  # Arch
)


def candidates(system: str, bits: int, machine: str) -> Sequence[PurePath]:
    """Paths to try, ANS's first. `system` as sys.platform, `bits` of this process, `machine` as platform.machine().

    A library must be of the process's own bitness: a 32-bit LGO on a 64-bit Windows loads the 32-bit one.
    """
    if system == "win32":
        return (_SYSTEM32 / f"cps3_pkcs11_w{bits}.dll", _OPENSC_WINDOWS[bits])
    if system == "darwin":
        return tuple(PurePosixPath(path) for path in _MACOS)
    short = "i386" if bits == 32 and machine in ("x86_64", "i386", "i686") else machine
    return tuple(PurePosixPath(path.format(machine=short)) for path in _LINUX)


def find(configured: Path | None = None, *, exists: Callable[[Path], bool] = Path.is_file) -> Path:
    """The library to load: the one configured, else the first that is installed. Raises CardLibraryMissing."""
    if configured is not None:
        if not exists(configured):
            raise CardLibraryMissing("the library named in [cps] is not there")
        return configured
    bits = 64 if sys.maxsize > 2**32 else 32
    for candidate in candidates(sys.platform, bits, platform.machine()):
        if exists(Path(candidate)):
            return Path(candidate)
    raise CardLibraryMissing(f"neither ANS's nor OpenSC's PKCS#11 library of {bits} bits was found")
