#!/usr/bin/env python3
"""Runs the project on a bare machine: makes a virtual environment, installs what is needed, then does what is asked.

    python3 run.py demo [ARGUMENTS]    a pharmacy in the browser, beside a simulated DMP; Ctrl+C ends it
    python3 run.py test [ARGUMENTS]    all tests
    python3 run.py reliability latency 10 000 host calls on each way, and every window, while the DMP is held back
    python3 run.py reliability cards   3 450 times a card leaves, is another's, expires, is slow (F33 to F36)
    python3 run.py fuzz [--minutes N]  a long fuzzing of every parser
    python3 run.py dmp COMMAND ...     any command of the project

Standard library only; Linux, macOS, Windows; Python 3.11 or later.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("DMP_VENV", ROOT / ".venv"))
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST = (3, 11)
BEFORE_TESTS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("lint-imports",),
    *(
        ("mypy", "--platform", system, "--cache-dir", f".mypy_cache/{system}")
        for system in ("linux", "win32", "darwin")
    ),
)
FIRST_HALF = (
    *("tests/unit", "tests/contract", "tests/docs", "docs", "plugins"),
    *(f"tests/integration/{name}" for name in ("bridge", "hostile", "kit", "ways_in")),
)
SECOND_HALF = ("tests/integration", "tests/e2e", "tests/reliability")
HALVES = (FIRST_HALF, (*SECOND_HALF, *(f"--ignore={path}" for path in FIRST_HALF)))
NEVER_WAIT = ("test_host_never_waits.py", "test_windows_never_wait.py")
DEBIAN_FOR_CARDS = ("swig", "libpcsclite-dev")  # pyscard has no wheel for Linux
DEBIAN_FOR_CLIENTS = (  # the toolchains of the bridge's clients
    *("gcc", "gcc-mingw-w64-i686-win32", "gcc-mingw-w64-x86-64-win32"),
    *("mono-mcs", "mono-runtime", "libmono-system-runtime-serialization4.0-cil", "libmono-system-core4.0-cil"),
    *("fp-compiler", "fp-units-base", "fp-units-fcl"),
    *("default-jdk-headless", "libgoogle-gson-java"),
)
DEBIAN_FOR_TESTS = (
    *DEBIAN_FOR_CLIENTS,
    *DEBIAN_FOR_CARDS,
    *("chromium", "strace", "xmlsec1"),
    *("stunnel4", "libengine-pkcs11-openssl"),  # the fallback for a card's key
    *("pcscd", "vsmartcard-vpcd", "opensc", "softhsm2"),  # readers, cards and keys that are real to the code
)


def main(arguments: list[str]) -> int:
    if sys.version_info < OLDEST:
        return _stop(f"Python {OLDEST[0]}.{OLDEST[1]} or later is needed; this one is {sys.version.split()[0]}.")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each of many processes would compile all modules again
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command == "demo":
        _prepare("bridge", "pdf", "simulator")
        return _run(PYTHON, "-m", "dmp_core.cli", "demo", *rest)
    if command == "test":
        _install_debian_packages(*DEBIAN_FOR_TESTS)
        if not shutil.which("npm"):  # brings a client of FHIRcast that is not ours; some builds of Node hold it
            _install_debian_packages("nodejs", "npm")
        _prepare("bridge", "cards", "dev", "pdf", "simulator", "validate")
        return _test(rest)
    if command == "reliability" and rest == ["latency"]:
        _prepare("bridge", "dev", "pdf", "simulator")
        os.environ.setdefault("DMP_HOST_CALLS", "10000")
        _install_debian_packages("chromium")
        return _test([*(str(ROOT / "tests" / "reliability" / file) for file in NEVER_WAIT), "-q"])
    if command == "reliability" and rest == ["cards"]:
        _prepare("bridge", "cards", "dev", "pdf", "simulator")
        os.environ.setdefault("DMP_CARD_CAMPAIGN", "100")  # percent
        return _test([str(ROOT / "tests" / "reliability" / "cards"), "-q", "--durations=0", "--timeout=21600"])
    if command == "fuzz":
        _prepare("bridge", "dev", "fuzz", "pdf", "simulator")
        return _run(PYTHON, ROOT / "tools" / "fuzz.py", *rest)
    if command == "dmp":
        _prepare("bridge", "pdf", "simulator", "validate")
        return _run(PYTHON, "-m", "dmp_core.cli", *rest)
    print(__doc__.strip())
    return 0 if command in ("", "-h", "--help") else 2


def _test(arguments: list[str]) -> int:
    """Style, types and layers first, then the tests; arguments go to pytest alone."""
    os.chdir(ROOT)
    if arguments:
        return _run(PYTHON, "-m", "pytest", *arguments)
    return _looked_over() or _both_halves()


def _looked_over() -> int:
    """Style, types and layers, side by side; what each says, one after the other."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    begun = [(step, subprocess.Popen([str(BIN / step[0]), *step[1:]], **pipes)) for step in BEFORE_TESTS]
    failed = 0
    for step, process in begun:
        said, _ = process.communicate()
        print("==", *step, flush=True)
        sys.stdout.buffer.write(said)
        failed = failed or process.returncode
    sys.stdout.flush()
    return failed


def _both_halves() -> int:
    """All tests, in two processes. What fails while the halves share the machine is tried once more, alone."""
    with tempfile.TemporaryFile() as kept:
        second = subprocess.Popen(_half(1), stdout=kept, stderr=subprocess.STDOUT)
        failed = [0] if _run(*_half(0)) else []
        failed += [1] if second.wait() else []
        kept.seek(0)
        shutil.copyfileobj(kept, sys.stdout.buffer)
        sys.stdout.flush()
    if failed:
        print("== once more, alone: what failed", flush=True)
    again = [_run(*_half(number), "--last-failed", "--last-failed-no-failures=none") for number in failed]
    return max(again, default=0)


def _half(number: int) -> list[str]:
    return [str(PYTHON), "-m", "pytest", "-o", f"cache_dir=.pytest_cache/{number}", *HALVES[number]]


def _prepare(*extras: str) -> None:
    """Make the environment and install the project with these extras, unless that was done for the same files."""
    VENV.parent.mkdir(parents=True, exist_ok=True)
    with (VENV.parent / f"{VENV.name}.lock").open("a") as file:
        _wait_for_the_lock(file.fileno())
        _prepare_alone(extras)


def _wait_for_the_lock(descriptor: int) -> None:
    """Held until it is closed. Two commands that begin at once make one environment, one after the other."""
    if os.name == "nt":
        import msvcrt

        held = False
        while not held:
            with suppress(OSError):  # after ten seconds: the installation of the other takes longer
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
                held = True
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _prepare_alone(extras: tuple[str, ...]) -> None:
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
    """The exit status. Ctrl+C reaches the command as well: it ends in its own time, and is waited for."""
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    return subprocess.run([str(part) for part in command], check=False).returncode


def _stop(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
