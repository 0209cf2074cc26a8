"""Libraries found, cards that never answer, interpreters that cannot use a card's key."""

import re
import subprocess
import sys
import threading
import tomllib
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from dmp_core.card_thread import CardThread
from dmp_core.cards import libraries
from dmp_core.config import CpsSettings, Keys
from dmp_core.errors import CardLibraryMissing, CardSilent, CardTlsUnavailable, ConfigInvalid
from dmp_core.transport import card_tls, openssl
from dmp_core.transport.stunnel import Stunnel, Target, configuration

# ---------------------------------------------------------------- libraries


@pytest.mark.parametrize(
    ("system", "bits", "machine", "first", "second"),
    [
        (
            "win32",
            64,
            "AMD64",
            PureWindowsPath(r"C:\Windows\System32\cps3_pkcs11_w64.dll"),
            PureWindowsPath(r"C:\Program Files\OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll"),
        ),
        (
            "win32",
            32,
            "AMD64",
            PureWindowsPath(r"C:\Windows\System32\cps3_pkcs11_w32.dll"),
            PureWindowsPath(r"C:\Program Files (x86)\OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll"),
        ),
        (
            "darwin",
            64,
            "arm64",
            PurePosixPath("/usr/local/lib/libcps3_pkcs11_osx.dylib"),
            PurePosixPath("/Library/OpenSC/lib/opensc-pkcs11.so"),
        ),
        (
            "linux",
            64,
            "x86_64",
            PurePosixPath("/opt/santesocial/CPS/lib/libcps3_pkcs11_lux.so"),
            PurePosixPath("/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"),
        ),
        (
            "linux",
            32,
            "x86_64",
            PurePosixPath("/opt/santesocial/CPS/lib/libcps3_pkcs11_lux.so"),
            PurePosixPath("/usr/lib/i386-linux-gnu/opensc-pkcs11.so"),
        ),
    ],
)
def test_the_library_of_ans_comes_first_then_opensc_of_the_same_bitness(system, bits, machine, first, second) -> None:
    assert list(libraries.candidates(system, bits, machine))[:2] == [first, second]


def test_the_first_library_that_is_installed_is_taken() -> None:
    everything = libraries.find(exists=lambda path: True)
    only_opensc = libraries.find(exists=lambda path: "opensc" in path.name)

    assert "cps3" in everything.name
    assert "opensc" in only_opensc.name
    with pytest.raises(CardLibraryMissing):
        libraries.find(exists=lambda path: False)


def test_a_library_that_is_configured_is_the_only_one() -> None:
    assert libraries.find(Path("/x.so"), exists=lambda path: True) == Path("/x.so")
    with pytest.raises(CardLibraryMissing):
        libraries.find(Path("/x.so"), exists=lambda path: path != Path("/x.so"))


# ---------------------------------------------------------------- a card that never answers


def test_a_card_that_never_answers_holds_nobody_and_what_it_gives_late_is_undone() -> None:
    thread, answered, undone = CardThread(), threading.Event(), threading.Event()

    with pytest.raises(CardSilent):
        thread(lambda: answered.wait(20), 0.05, lambda _: undone.set())
    with pytest.raises(CardSilent):
        thread(lambda: "behind it", 0.05, None)
    answered.set()

    assert undone.wait(30), "it answers only now, and nobody waited for it"
    assert thread(lambda: "again", 30, None) == "again"
    thread.close()


def test_a_call_that_was_given_up_before_it_began_never_happens() -> None:
    thread, answered, done = CardThread(), threading.Event(), []
    with pytest.raises(CardSilent):
        thread(lambda: answered.wait(20), 0.05, None)
    with pytest.raises(CardSilent):
        thread(lambda: done.append("pin"), 0.05, None)

    answered.set()
    thread(lambda: None, 5, None)

    assert done == []
    thread.close()


def test_a_card_that_never_answers_does_not_hold_the_program_back() -> None:
    script = (
        "import threading\n"
        "from dmp_core.card_thread import CardThread\n"
        "from dmp_core.errors import CardSilent\n"
        "try: CardThread()(threading.Event().wait, 0.05, None)\n"
        "except CardSilent: print('left')\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20)

    assert (done.stdout, done.returncode) == ("left\n", 0)


def test_what_a_call_raises_comes_back_and_the_next_call_works() -> None:
    thread = CardThread()

    with pytest.raises(ZeroDivisionError):
        thread(lambda: 1 / 0, 5, None)

    assert thread(lambda: 1, 5, None) == 1
    thread.close()


# ---------------------------------------------------------------- interpreters


def test_the_self_test_passes_here() -> None:
    card_tls.self_test.cache_clear()

    card_tls.self_test()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("sys.implementation.name", "pypy"), "not CPython"),
        (("sys.version_info", (3, 99, 0)), "never tried"),
        (("ssl.OPENSSL_VERSION", "LibreSSL 3.3.6"), "not run on OpenSSL"),
        (("ssl.OPENSSL_VERSION_NUMBER", 0x40000000), "never tried"),
        (("ssl.OPENSSL_VERSION_NUMBER", 0x30000001), "another OpenSSL"),
        (("_ssl.__file__", None), "hidden"),
    ],
)
def test_an_interpreter_where_it_cannot_work_is_refused_with_the_reason(change, reason, monkeypatch) -> None:
    monkeypatch.setattr(f"dmp_core.transport.openssl.{change[0]}", change[1])

    with pytest.raises(CardTlsUnavailable, match=reason):
        openssl.OpenSsl()


def test_an_openssl_without_its_symbols_is_refused() -> None:
    with pytest.raises(CardTlsUnavailable, match="statically"):
        openssl._bound(__import__("ctypes").CDLL(None), {"RSA_meth_of_nowhere": (None, ())})


# ---------------------------------------------------------------- stunnel


def test_the_configuration_of_stunnel_holds_no_code_and_the_limits_of_a_cps3(tmp_path) -> None:
    target = Target("https://dmp.example.fr:8443/services/", tmp_path / "ca.pem", Path("/lib/cps.so"))

    text = configuration(target, tmp_path, bytes.fromhex("e8ff02"))

    assert "engineCtrl = PIN:{pin}\n" in text
    for line in (
        "connect = dmp.example.fr:8443",
        "checkHost = dmp.example.fr",
        "verifyChain = yes",
        "sslVersionMax = TLSv1.2",
        "config = ClientSignatureAlgorithms:RSA+SHA256",
        "key = pkcs11:id=%E8%FF%02;type=private",
        f"accept = {tmp_path / 'dmp'}",
    ):
        assert f"{line}\n" in text


def test_stunnel_goes_through_the_proxy_of_the_pharmacy(tmp_path) -> None:
    target = Target("https://dmp.example.fr/services/", tmp_path, tmp_path, proxy="http://proxy:3128")

    text = configuration(target, tmp_path, b"\x01")

    assert "connect = proxy:3128\nprotocol = connect\nprotocolHost = dmp.example.fr:443\n" in text


def test_stunnel_is_refused_on_windows(tmp_path) -> None:
    with pytest.raises(ConfigInvalid, match="Windows"):
        Stunnel(Path(sys.executable), Target("https://x/", tmp_path, tmp_path), system="win32")


def test_a_stunnel_that_is_not_there_is_refused(tmp_path) -> None:
    with pytest.raises(ConfigInvalid):
        Stunnel(tmp_path / "stunnel", Target("https://x/", tmp_path, tmp_path))


# ---------------------------------------------------------------- the page of the documentation


def test_the_configuration_of_the_page_is_one_that_is_read() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/how-to/use-a-card.md").read_text(encoding="utf-8")
    blocks = [tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", page, re.DOTALL)]

    assert [Keys(**block["structure"]["1990000001"]["keys"]).source for block in blocks if "structure" in block] == [
        "card"
    ]
    assert all(CpsSettings(**block["cps"]) for block in blocks)
    assert len(blocks) == 2
