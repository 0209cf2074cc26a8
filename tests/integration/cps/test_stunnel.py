"""stunnel as the fallback: it holds the emulated CPS3, the app speaks to it over a private UNIX socket."""

import os
import shutil
import stat
from pathlib import Path

import pytest
from cards import OPENSC

from dmp_core.errors import CardTlsUnavailable
from dmp_core.model.document import RecordStatus
from dmp_core.services.authentication.card_view import CardState
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.transport.stunnel import Stunnel, Target

STUNNEL = shutil.which("stunnel", path=os.pathsep.join((os.environ["PATH"], "/usr/bin", "/usr/sbin")))
ENGINE = Path("/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so")


@pytest.fixture(autouse=True)
def stunnel_with_its_engine() -> None:
    if STUNNEL is None or not ENGINE.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("stunnel4 and libengine-pkcs11-openssl are not installed")
        pytest.skip("NO STUNNEL: the fallback was not tried")


@pytest.fixture
def fallback(make_pharmacy):
    pharmacy = make_pharmacy(cps=f'library = "{OPENSC}"\nstunnel = "{STUNNEL}"')
    pharmacy.work(pharmacy.who)
    return pharmacy


def test_the_record_is_read_through_stunnel(fallback, put_in) -> None:
    card = Cps3(fallback.holder())
    put_in(card)

    opened = fallback.open()
    statuses = {fallback.app.consult.existence(fallback.patient.ins, fallback.who).status for _ in range(5)}
    socket = fallback.app.authentication.stunnel.stunnel.socket
    folder = socket.parent
    mode = stat.S_IMODE(folder.stat().st_mode)
    written = b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
    fallback.session.close()

    assert opened.state is CardState.OPEN
    assert statuses == {RecordStatus.AUTHORISED}
    assert card.done["authenticate"] <= 2
    assert (mode, b"1234" in written, folder.exists()) == (0o700, False, False)


def test_stunnel_ends_with_the_session_of_the_card(fallback, put_in, pull_out) -> None:
    put_in(Cps3(fallback.holder()))
    fallback.open()
    helper = fallback.app.authentication.stunnel.stunnel
    process = helper._process

    pull_out()
    fallback.session.step()

    assert process.poll() is not None
    with pytest.raises(CardTlsUnavailable):
        helper.socket  # noqa: B018 - asks whether it runs


def test_a_program_that_is_no_stunnel_is_a_clear_error(tmp_path, holder) -> None:
    program = Stunnel(Path("/bin/false"), Target("https://localhost:1/services/", tmp_path, tmp_path))

    with pytest.raises(CardTlsUnavailable):
        program.start(holder.authentication.certificate, b"\x01", bytearray(b"1234"))
