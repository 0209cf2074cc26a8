"""Plugins that do what no plugin may: each is stopped and named, the sound one beside them never notices."""
# ruff: noqa: E501 - the code of plugins, a line each

import os
import signal
import socket
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest

from dmp_core.api import ConsultRecord, PatientOpened
from dmp_core.api.context import Context
from dmp_core.plughost.guard import Status
from dmp_core.plughost.host import PluginHost
from dmp_core.plughost.manifest import read
from dmp_core.plughost.worker.lane import WorkerLane
from dmp_core.plughost.worker.places import Place
from dmp_core.plughost.worker.process import WorkerFailed, WorkerLimits, WorkerProcess
from dmp_core.system import SystemClock

pytestmark = pytest.mark.reliability

SOUND = "@hookimpl\ndef on_patient_opened(event, ctx):\n    return [ConsultRecord()]\n"
KILLED = "on_patient_opened took more than 0.5 s: killed"
HOSTILE = {
    "row-099-raises": ("1 / 0", "ZeroDivisionError at hostile/__init__.py:5"),
    "row-098-exits": ("raise SystemExit(0)", "SystemExit at hostile"),
    "row-099-hangs": ("import time; time.sleep(600)", KILLED),
    "row-099-spins": ("while True: pass", KILLED),
    "row-099-spins_in_c": ("import re; re.match('(a+)+$', 'a' * 64 + 'b')", KILLED),
    "row-099-segfaults": ("import ctypes; ctypes.string_at(0)", "its process ended in on_patient_opened (SIGSEGV)"),
    "row-099-leaves": ("import os; os._exit(0)", "its process ended in on_patient_opened (exit status 0)"),
    "row-099-kills_itself": ("import os, signal; signal.raise_signal(signal.SIGTERM)", "its process ended"),
    "row-099-floods": ("while True: print('x' * 10_000)", KILLED),
    "row-099-floods_errors": ("import os\n    while True: os.write(2, b'x' * 10_000)", KILLED),
    "row-099-allocates_4_gb": ("return bytearray(4 * 10**9)", "MemoryError at hostile"),
    "row-099-recurses": ("return on_patient_opened(event, ctx)", "RecursionError"),
    "row-099-forks": ("import os; os.fork()", "PermissionError at hostile"),
    "row-098-runs_a_program": ("import subprocess; subprocess.run(['/bin/true'])", "PermissionError at hostile"),
    "row-099-starts_threads_without_end": ("import threading\n    while True: threading.Thread(target=threading.Event().wait).start()", "RuntimeError at hostile"),
    "row-099-fills_the_disk": ("import os\n    for n in range(10**6): open(f'{os.environ[\"HOME\"]}/{n}', 'wb').write(bytes(10**6))", "OSError at hostile"),
    "row-098-writes_elsewhere": ("open(ELSEWHERE, 'w')", "OSError at hostile"),
    "row-098-reads_a_secret": ("open(SECRET).read()", "PermissionError at hostile"),
    "row-098-reads_the_environment": ("open('/proc/self/environ').read()", "PermissionError at hostile"),
    "row-098-opens_a_socket": ("import socket; socket.create_connection(('127.0.0.1', PORT), 0.2)", "PermissionError at hostile"),
    "row-098-kills_the_host": ("import os; os.kill(HOST, 9)", "PermissionError at hostile"),
    "row-098-limits_the_host": ("import resource; resource.prlimit(HOST, resource.RLIMIT_NOFILE, (3, 3))", "PermissionError at hostile"),
    "row-098-traces_the_host": ("import ctypes\n    if ctypes.CDLL(None).ptrace(16, HOST, 0, 0): raise PermissionError", "PermissionError at hostile"),
    "row-098-patches_the_core": ("import dmp_core.services", "ModuleNotFoundError (dmp_core.services)"),
    "row-098-patches_what_checks_it": ("import dmp_core.plughost.answers as a; a.checked = lambda *_: None\n    import dmp_core.plughost.worker.answering as b; b.checked = lambda hook, given: tuple(given)\n    return [FeedDocument()]", "gave a value of a type that is not allowed"),
    "row-100-gives_html": ("return '<script>alert(1)</script>'", "gave str, not a list or a tuple"),
    "row-100-gives_100_mb": ("return [ShowMessage.model_construct(text='x' * 10**8)]", "ShowMessage of on_patient_opened is wrong in text"),
    "row-100-writes_100_mb": ("import os, struct\n    for fd in range(3, 20):\n        try: os.write(fd, struct.pack('!II', 1, 10**8))\n        except OSError: pass\n    import time; time.sleep(600)", "a frame of 100000000 bytes, at most"),
    "row-100-forges_an_answer": ("import os, json, struct\n    text = json.dumps({'number': 999}).encode()\n    for fd in range(3, 20):\n        try: os.write(fd, struct.pack('!III', 1, len(text), len(text)) + text)\n        except OSError: pass\n    import time; time.sleep(600)", "it answered another question"),
    "row-100-answers_rubbish": ("import os\n    for fd in range(3, 20):\n        try: os.write(fd, b'\\xff' * 4000)\n        except OSError: pass\n    import time; time.sleep(600)", "was answered by a frame of"),
    "row-099-gives_nothing_back_to_read": ("import os\n    for fd in range(3, 20):\n        try: os.close(fd)\n        except OSError: pass", "its process ended"),
    "row-099-stops_itself": ("import signal; signal.raise_signal(signal.SIGSTOP)", KILLED),
    "row-099-hears_no_signal": ("import signal, time\n    for n in (1, 2, 3, 15): signal.signal(n, signal.SIG_IGN)\n    time.sleep(600)", KILLED),
    "row-099-sets_an_alarm": ("import signal, time; signal.setitimer(signal.ITIMER_REAL, 0.01); time.sleep(600)", "its process ended in on_patient_opened (SIGALRM)"),
    "row-099-stays_at_its_exit": ("import atexit, time; atexit.register(time.sleep, 600); raise SystemExit(0)", "SystemExit at hostile"),
    "row-099-drips": ("import sys, time\n    while True: sys.stderr.write('.'); sys.stderr.flush(); time.sleep(0.02)", KILLED),
    "row-099-maps_4_gb": ("import mmap; mmap.mmap(-1, 4 * 10**9)", "OSError at hostile"),
    "row-099-opens_without_end": ("import os\n    while True: os.dup(0)", "OSError at hostile"),
    "row-098-patches_pydantic": ("import pydantic; pydantic.BaseModel.model_dump_json = lambda self, **_: '{\"text\": 1}'\n    return [ShowMessage(text='x')]", "ShowMessage of on_patient_opened is wrong in text"),
    "row-100-nests_without_end": ("x = []\n    for _ in range(10**5): x = [x]\n    return [ShowMessage.model_construct(text=x)]", "on_patient_opened: "),
    "row-100-gives_half_a_character": ("return [ShowMessage.model_construct(text=chr(0xd800))]", "ShowMessage of on_patient_opened is wrong in text"),
    "row-100-steers_a_terminal": ("return [ShowMessage(text='\x1b[2Jbonjour')]", "the text of ShowMessage holds a character that cannot be shown"),
    "row-100-turns_the_text_around": ("return [ShowStatus(text='DMP \u202ereferme')]", "the text of ShowStatus holds a character that cannot be shown"),
    "row-100-speaks_of_another_document": ("return [Badge(unique_id='2.25.1', text='x')]", "gave Badge, allowed: ConsultRecord"),
    "row-099-cannot_be_imported": (None, "cannot be imported: ValueError"),
}  # fmt: skip


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "data" / "keys" / "outbox.key"
    file.parent.mkdir(parents=True)
    file.write_text("the outbox's key")
    return file


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_plugin_is_stopped_and_named_and_the_others_answer(
    shelf: Any, host: Callable[..., PluginHost], state: Any, secret: Path, how: str
) -> None:
    body, reason = HOSTILE[how]
    elsewhere = secret.with_name("written-elsewhere")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        known = f"SECRET = {str(secret)!r}\nELSEWHERE = {str(elsewhere)!r}\nHOST = {os.getpid()}\n"
        known += f"PORT = {listening.getsockname()[1]}\n"
        shelf.install(
            "hostile",
            f"@hookimpl\ndef on_patient_opened(event, ctx):\n    {body}\n{known}" if body else "raise ValueError\n",
        )
        shelf.install("sound", SOUND)
        plugins = host("hostile", "sound")
        plugins.try_out("hostile")
        plugins.try_out("sound")

        actions = plugins.announce(PatientOpened())

        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()
    assert actions == (("sound", ConsultRecord()),)
    assert reason in state(plugins, "hostile").reason
    assert state(plugins, "hostile").failures + (state(plugins, "hostile").status is Status.REFUSED) == 1
    assert state(plugins, "sound").reason == ""
    assert not elsewhere.exists()


def test_a_worker_sees_no_more_than_it_must(shelf: Any, host: Callable[..., PluginHost], monkeypatch: Any) -> None:
    monkeypatch.setenv("DMP_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", str(shelf.folder))
    shelf.install(
        "curious",
        "import os, sys\n@hookimpl\ndef on_patient_opened(event, ctx):\n"
        "    fds = [fd for fd in range(64) if _open(fd)]\n"
        "    return [ShowMessage(text=repr([sorted(os.environ), fds, os.listdir('.'), sys.flags.isolated, sys.flags.no_site,"
        " [m for m in sys.modules if m.startswith('dmp_core.') and m.split('.')[1] not in ('api', 'model', 'errors', 'xml', 'plughost')]]))]\n"
        "def _open(fd):\n    try:\n        os.fstat(fd)\n        return True\n    except OSError:\n        return False\n",
    )
    read, write = os.pipe()
    os.set_inheritable(write, True)

    ((_, message),) = host("curious").announce(PatientOpened())

    environment, descriptors, here, isolated, no_site, core = eval(message.text)  # type: ignore[attr-defined]
    assert environment == ["HOME", "LC_CTYPE", "TMPDIR"] or environment == ["HOME", "TMPDIR"]
    assert descriptors == [0, 1, 2, 3, 4]
    assert here == []
    assert (isolated, no_site) == (1, 1)
    assert core == []
    os.close(read)
    os.close(write)


@pytest.mark.usefixtures("whole")
def test_what_holds_a_worker_is_in_the_report(shelf: Any, host: Callable[..., PluginHost], state: Any) -> None:
    shelf.install("sound", SOUND)
    plugins = host("sound")

    plugins.announce(PatientOpened())

    assert state(plugins, "sound").lane == "worker"
    assert state(plugins, "sound").isolation == dict.fromkeys(
        ("limits", "namespaces", "scratch", "files", "calls"), "held"
    )


def test_where_a_measure_does_not_hold_the_report_says_so_and_production_may_refuse(
    shelf: Any, host: Callable[..., PluginHost], state: Any, trust: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("dmp_core.plughost.worker.places._CORE_ROOT", _without_landlock(shelf.folder.parent))
    shelf.install("sound", SOUND)
    lenient = host("sound")
    strict = host("sound", rules=trust(confined_only=True))

    assert lenient.announce(PatientOpened()) == (("sound", ConsultRecord()),)
    assert strict.announce(PatientOpened()) == ()

    assert state(lenient, "sound").isolation["files"] == "refused: ENOSYS"
    assert state(strict, "sound").status is Status.REFUSED
    assert "cannot be confined here: files refused: ENOSYS" in state(strict, "sound").reason


def _without_landlock(folder: Path) -> Path:
    """The core as it would run on a kernel that has no Landlock."""
    import shutil

    import dmp_core

    root = folder / "core"
    shutil.copytree(Path(dmp_core.__file__).parent, root / "dmp_core", ignore=shutil.ignore_patterns("__pycache__"))
    file = root / "dmp_core/plughost/worker/landlock.py"
    file.write_text(
        file.read_text().replace("_CREATE, _ADD, _RESTRICT = 444, 445, 446", "_CREATE, _ADD, _RESTRICT = 999, 999, 999")
    )
    return root


def test_three_strikes_are_quarantine_and_the_next_run_remembers(
    shelf: Any, host: Callable[..., PluginHost], state: Any
) -> None:
    shelf.install("hostile", "@hookimpl\ndef on_patient_opened(event, ctx):\n    import os; os._exit(3)\n")
    plugins = host("hostile")

    for _ in range(5):
        plugins.announce(PatientOpened())

    assert state(plugins, "hostile").status is Status.QUARANTINED
    assert (state(plugins, "hostile").calls, state(plugins, "hostile").starts) == (3, 3)
    assert state(host("hostile"), "hostile").status is Status.QUARANTINED
    assert "3 failures in a row" in state(host("hostile"), "hostile").reason


def test_a_new_version_leaves_the_quarantine(shelf: Any, host: Callable[..., PluginHost], state: Any) -> None:
    shelf.install("moody", "@hookimpl\ndef on_patient_opened(event, ctx):\n    1 / 0\n")
    plugins = host("moody")
    for _ in range(3):
        plugins.announce(PatientOpened())
    from dmp_core.plughost.discovery import discover

    shelf.install("moody", SOUND, version="1.0.1")
    (shelf.folder / "dmp-moody-1.0.0.dist-info/entry_points.txt").unlink()
    discover.cache_clear()
    again = host("moody")

    assert again.announce(PatientOpened()) == (("moody", ConsultRecord()),)
    assert state(again, "moody").status is Status.ENABLED


def test_a_worker_that_dies_between_two_calls_is_started_again_without_a_strike(
    shelf: Any, host: Callable[..., PluginHost], state: Any
) -> None:
    shelf.install("sound", SOUND)
    plugins = host("sound")
    plugins.announce(PatientOpened())
    os.kill(plugins._roster.guards["sound"].lane.worker._process.pid, signal.SIGKILL)  # type: ignore[union-attr]
    plugins._roster.guards["sound"].lane.worker._process.wait()  # type: ignore[union-attr]

    actions = plugins.announce(PatientOpened())

    assert actions == (("sound", ConsultRecord()),)
    assert (state(plugins, "sound").failures, state(plugins, "sound").starts) == (0, 2)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_runs_only_while_it_is_asked(shelf: Any, host: Callable[..., PluginHost]) -> None:
    shelf.install(
        "busy",
        "import threading\ndef spin():\n    while True: pass\n"
        "@hookimpl\ndef on_patient_opened(event, ctx):\n    threading.Thread(target=spin, daemon=True).start()\n",
    )
    plugins = host("busy")

    plugins.announce(PatientOpened())

    worker = plugins._roster.guards["busy"].lane.worker  # type: ignore[union-attr]
    assert _state_of(worker._process.pid) == "T"  # type: ignore[union-attr]


def _state_of(process: int) -> str:
    """As /proc says, once the signal that was sent has been taken."""
    for _ in range(10_000):
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "T":
            break
    return state


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_worker_stays_behind(shelf: Any, host: Callable[..., PluginHost]) -> None:
    shelf.install("sound", SOUND)
    plugins = host("sound")
    plugins.announce(PatientOpened())
    worker = plugins._roster.guards["sound"].lane.worker  # type: ignore[union-attr]
    process, scratch = worker._process.pid, worker._scratch.name  # type: ignore[union-attr]

    plugins.close()

    assert not Path(f"/proc/{process}").exists()
    assert not Path(scratch).exists()


def test_what_it_prints_is_kept_bounded_and_cannot_steer_a_terminal(
    shelf: Any, host: Callable[..., PluginHost], trust: Any
) -> None:
    from dmp_core.plughost.prints import MOST, Prints

    shelf.install(
        "chatty",
        "print('bonjour \\x1b[2J')\n@hookimpl\ndef on_patient_opened(event, ctx):\n    print('x' * 300_000)\n    print('fin')\n",
    )
    host("chatty").announce(PatientOpened())
    host("chatty", rules=trust(keep_prints=False)).announce(PatientOpened())

    kept = Prints(trust().state / "prints", text=True).read("chatty")

    assert "\x1b" not in kept
    assert "bytes printed]" in kept
    assert len(kept) < 2 * MOST + 1000
    assert all(file.stat().st_mode & 0o077 == 0 for file in (trust().state / "prints").iterdir())


def test_a_plugin_is_imported_at_its_first_call_and_not_before(
    shelf: Any, host: Callable[..., PluginHost], state: Any
) -> None:
    shelf.install("sound", SOUND)

    plugins = host("sound")
    plugins.types()

    assert state(plugins, "sound").starts == 0
    plugins.announce(PatientOpened())
    assert state(plugins, "sound").starts == 1


class _HeldUp(WorkerProcess):
    """A worker after whose start, and before whose import, another thread asks it."""

    meanwhile: Callable[[], None] | None = None

    @property
    def isolation(self) -> Any:
        begun, self.meanwhile = self.meanwhile, None
        if begun is not None:
            begun()
        return self._isolation

    @isolation.setter
    def isolation(self, value: Any) -> None:
        self._isolation = value


def test_two_that_ask_a_plugin_at_once_both_get_its_answer(shelf: Any) -> None:
    shelf.install("sound", SOUND)
    manifest = read(shelf.folder / "sound" / "dmp-plugin.toml")
    limits, clock = WorkerLimits(start=30, load=30, hooks={"on_patient_opened": 30}), SystemClock()
    place = Place(shelf.folder / "sound", (), ())
    worker = _HeldUp(place, manifest.model_dump(mode="json"), limits, clock.monotonic, lambda _: None)
    hook = WorkerLane(manifest, worker).hooks()["on_patient_opened"]
    context = Context(now=clock.now())
    with ThreadPoolExecutor(1) as other:
        second: list[Future[Any]] = []

        def ask_meanwhile() -> None:
            second.append(other.submit(hook, PatientOpened(), context))
            wait(second, timeout=0.5)  # it must not be answered yet: the plugin was not imported

        worker.meanwhile = ask_meanwhile
        first = hook(PatientOpened(), context)

        assert list(first) == list(second[0].result(30)) == [ConsultRecord()]
    worker.close()
    with pytest.raises(WorkerFailed, match="its service has ended"):
        hook(PatientOpened(), context)
    assert worker.starts == 1


def test_a_plugin_that_was_refused_is_not_started_again(
    shelf: Any, host: Callable[..., PluginHost], state: Any
) -> None:
    shelf.install("hostile", "raise ValueError\n")
    plugins = host("hostile")
    plugins.try_out("hostile")

    plugins.announce(PatientOpened())

    assert (state(plugins, "hostile").starts, state(plugins, "hostile").failures) == (1, 0)
    assert state(plugins, "hostile").status is Status.REFUSED
