#!/usr/bin/env python3
"""Runs the project on a bare machine: makes a virtual environment, installs what is needed, then does what is asked.

    python3 run.py demo [ARGUMENTS]    the main job: a vaccination reaches the DMP, a record is read
    python3 run.py test [ARGUMENTS]    all tests
    python3 run.py dmp COMMAND ...     any command of the project

Standard library only; Linux, macOS, Windows; Python 3.11 or later.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("DMP_VENV", ROOT / ".venv"))
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST = (3, 11)
DEBIAN_FOR_CARDS = ("swig", "libpcsclite-dev")  # pyscard has no wheel for Linux
DEBIAN_FOR_TESTS = (
    *DEBIAN_FOR_CARDS,
    *("chromium", "strace", "xmlsec1"),
    *("pcscd", "vsmartcard-vpcd", "opensc", "softhsm2"),  # readers, cards and keys that are real to the code
)


def main(arguments: list[str]) -> int:
    if sys.version_info < OLDEST:
        return _stop(f"Python {OLDEST[0]}.{OLDEST[1]} or later is needed; this one is {sys.version.split()[0]}.")
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command == "demo":
        _prepare("simulator")
        return _run(PYTHON, "-m", "dmp_core.cli", "demo", *rest)
    if command == "test":
        _install_debian_packages(*DEBIAN_FOR_TESTS)
        _prepare("bridge", "cards", "dev", "pdf", "simulator", "validate")
        return _test(rest)
    if command == "dmp":
        _prepare("pdf", "simulator", "validate")
        return _run(PYTHON, "-m", "dmp_core.cli", *rest)
    print(__doc__.strip())
    return 0 if command in ("", "-h", "--help") else 2


def _test(arguments: list[str]) -> int:
    """Style, types and layers first (they answer in seconds), then the tests; arguments go to pytest alone."""
    os.chdir(ROOT)
    if not arguments:
        for step in (
            ("ruff", "check", "."),
            ("ruff", "format", "--check", "."),
            ("mypy",),
            ("mypy", "--platform", "win32"),
            ("mypy", "--platform", "darwin"),
            ("lint-imports",),
        ):
            print("==", *step, flush=True)
            if _run(BIN / step[0], *step[1:]):
                return 1
    return _run(PYTHON, "-m", "pytest", *arguments)


def _prepare(*extras: str) -> None:
    """Make the environment and install the project with these extras, unless that was done for the same files."""
    if not PYTHON.exists():
        _make_environment()
    mark = VENV / "installed.json"
    installed = json.loads(mark.read_text(encoding="utf-8")) if mark.exists() else {}
    known = set(installed.get("extras", ())) if installed.get("files") == _fingerprint() else set()
    if known.issuperset(extras):
        return
    print("Installing (first run only)...", file=sys.stderr, flush=True)
    wanted = sorted(known.union(extras))
    editable = [part for folder in _plugins() for part in ("-e", folder)]
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    if _run(*pip, "-e", f"{ROOT}[{','.join(wanted)}]", *editable):
        sys.exit(_stop("The installation failed: see the message of pip above."))
    mark.write_text(json.dumps({"files": _fingerprint(), "extras": wanted}), encoding="utf-8")


def _plugins() -> list[Path]:
    return sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))


def _fingerprint() -> str:
    """Changes whenever what is to be installed changes."""
    digest = hashlib.sha256(sys.version.encode())
    for file in [ROOT / "pyproject.toml", *(folder / "pyproject.toml" for folder in _plugins())]:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _make_environment() -> None:
    if not _has_venv():
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not _install_debian_packages(package):
            sys.exit(_stop(f"This Python has no venv module. On Debian or Ubuntu: sudo apt-get install {package}"))
    if _run(sys.executable, "-m", "venv", str(VENV)):
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(_stop("The virtual environment could not be made: see the message above."))


def _has_venv() -> bool:
    check = "import venv, ensurepip"
    return subprocess.run([sys.executable, "-c", check], capture_output=True, check=False).returncode == 0


def _install_debian_packages(*names: str) -> bool:
    """Install missing Debian packages, as root on Debian only; elsewhere say nothing and go on."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    missing = [name for name in names if not _is_installed(name)]
    if not missing:
        return True
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL, "check": False}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    return subprocess.run(["apt-get", "install", "-y", "-qq", *missing], **quiet).returncode == 0


def _is_installed(package: str) -> bool:
    return subprocess.run(["dpkg", "-s", package], capture_output=True, check=False).returncode == 0


def _run(*command: str | Path) -> int:
    return subprocess.run([str(part) for part in command], check=False).returncode


def _stop(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
