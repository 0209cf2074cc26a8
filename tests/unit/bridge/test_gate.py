"""Who is let in: Host, Origin, token, method and type of content, each by equality and before anything is read."""

import pytest

from dmp_core.model.limits import BRIDGE_FRAME
from hostbridge.clients.python import proof
from hostbridge.transports.gate import Gate, Head
from hostbridge.transports.secret import Secret, Verdict

PORT = 50123
HOST = f"127.0.0.1:{PORT}"
JSON = {"content-type": "application/json", "content-length": "2"}


class Desk:
    """A gate, its secret, and a clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.drawn = 0
        self.secret = Secret(self._draw, lambda: self.now)
        self.gate = Gate("127.0.0.1", PORT, self.secret)

    def _draw(self, size: int) -> bytes:
        self.drawn += 1
        return bytes([self.drawn]) * size

    @property
    def bearer(self) -> str:
        return f"Bearer {self.secret.token}"

    def refusal(
        self, method: str = "POST", path: str = "/rpc", *, query: str = "", websocket=False, known=False, **more
    ):
        headers = {"host": HOST, "authorization": self.bearer, **(JSON if method == "POST" else {})}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        kept = {name: value for name, value in headers.items() if value is not None}
        return self.gate.refusal(Head(method, path, query, kept, websocket, known))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_host_with_its_token_is_let_in(desk):
    assert desk.refusal() is None
    assert desk.refusal(host=f"localhost:{PORT}") is None
    assert desk.refusal(origin=f"http://{HOST}") is None
    assert desk.refusal(content_type='application/json; charset="UTF-8"') is None
    assert desk.refusal("GET", "/notices") is None
    assert desk.refusal("GET", websocket=True) is None


@pytest.mark.parametrize("host", [pytest.param("evil.example", id="row-001 at the gate")])
def test_a_name_that_leads_here_is_no_name_of_ours(host, desk):
    assert desk.refusal(host=host) == desk.refusal(host=f"{host}:{PORT}") == 421
    assert desk.refusal("GET", "/w/0123456789abcdef/", host=f"{host}:{PORT}") == 421


OTHER_HOSTS = (
    f"localhost.evil.example:{PORT}", f"127.0.0.1.nip.io:{PORT}", f"127.0.0.1:{PORT}@evil.example",
    f"127.0.0.1.:{PORT}",
    f"localhost.:{PORT}", f"LOCALHOST:{PORT}", f"[::1]:{PORT}", f"[::ffff:127.0.0.1]:{PORT}", f"2130706433:{PORT}",
    f"127.1:{PORT}", f"0x7f.0.0.1:{PORT}", f"0177.0.0.1:{PORT}", f"127.0.0.2:{PORT}", f"0.0.0.0:{PORT}", "127.0.0.1",
    f"127.0.0.1:{PORT + 1}", f"127.0.0.1:0{PORT}", f"127.0.0.1:{PORT} ", f" 127.0.0.1:{PORT}", f"http://127.0.0.1:{PORT}",
    f"127.0.0.1:{PORT}/", f"127.0.0.1:{PORT},127.0.0.1:{PORT}", f"user@127.0.0.1:{PORT}", "", f"127.0.0.1:{PORT}\t",
)  # fmt: skip


@pytest.mark.parametrize("hosts", [pytest.param(OTHER_HOSTS, id="row-002")])
def test_a_host_that_is_almost_ours_is_not_ours(hosts, desk):
    assert {host: desk.refusal(host=host) for host in hosts} == dict.fromkeys(hosts, 421)


ORIGINS = (
    "null", "https://evil.example", f"http://localhost:{PORT + 1}", f"https://127.0.0.1:{PORT}", f"http://localhost:{PORT}",
    f"http://127.0.0.1:{PORT}.evil.example", f"http://127.0.0.1:{PORT}/", "file://", "", "*", f"HTTP://127.0.0.1:{PORT}",
    "chrome-extension://abc", f"http://user@127.0.0.1:{PORT}", "http://127.0.0.1",
)  # fmt: skip


@pytest.mark.parametrize("origins", [pytest.param(ORIGINS, id="row-004")])
def test_a_page_of_another_origin_is_refused_even_with_the_token(origins, desk):
    for path in ("/rpc", "/w/0123456789abcdef/", "/anything"):
        assert {each: desk.refusal(path=path, origin=each) for each in origins} == dict.fromkeys(origins, 403)


def test_a_wrong_token_and_none_are_refused_alike(desk):
    assert desk.refusal(authorization=None) == desk.refusal(authorization="Bearer " + "0" * 64) == 401


WRONG = ("{token}0", "0{token}", "", " {token}", "{token} ", "{upper}", "é", "x" * 100_000, "{other}")


@pytest.mark.parametrize("shapes", [pytest.param(WRONG, id="row-006 almost right")])
def test_a_token_that_is_almost_right_is_wrong(shapes, desk):
    token = desk.secret.token
    other = token[:-1] + ("0" if token[-1] != "0" else "1")

    for shape in shapes:
        wrong = shape.format(token=token, upper=token.upper(), other=other)
        desk.now += 10
        if wrong != token:
            assert desk.refusal(authorization=f"Bearer {wrong}") == 401


@pytest.mark.parametrize("guesses", [pytest.param(10_000, id="row-006 guesses")])
def test_after_ten_guesses_a_second_passes_before_the_next(guesses, desk):
    answers = [desk.secret.check(f"{number:064x}") for number in range(guesses)]

    assert answers[:10] == [Verdict.WRONG] * 10
    assert set(answers[10:]) == {Verdict.PAUSED}
    assert desk.refusal() == 429
    assert desk.refusal(known=True) is None, "the host that is here already goes on"
    desk.now += 1.01
    assert desk.refusal() is None


def test_a_page_without_a_token_brings_about_no_pause(desk):
    assert {desk.refusal(authorization=None) for _ in range(100)} == {401}
    assert desk.refusal() is None


def test_the_token_has_256_bits_of_the_systems_randomness(desk):
    assert len(bytes.fromhex(desk.secret.token)) == 32
    assert desk.secret.token == (b"\x01" * 32).hex()


def test_a_token_that_was_changed_is_worth_nothing(desk):
    before = desk.bearer

    desk.secret.rotate()

    assert desk.refusal(authorization=before, known=True) == 401
    assert desk.refusal() is None


QUERIES = ("token={token}", "access_token={token}", "x", "a=b&token={token}")


@pytest.mark.parametrize("queries", [pytest.param(QUERIES, id="row-007 refused")])
def test_no_address_carries_anything(queries, desk):
    for path in ("/rpc", "/notices", "/panel/abc"):
        for query in queries:
            method = "POST" if path == "/rpc" else "GET"
            filled = query.format(token=desk.secret.token)
            assert desk.refusal(method, path, query=filled) == 400
            assert desk.refusal(method, path, query=filled, authorization=None) == 400


TYPES = (
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", None,
    "application/json-p",
    "text/plain; application/json", "application/json; charset=utf-7", "application/json, text/plain", "APPLICATION",
)  # fmt: skip


@pytest.mark.parametrize("types", [pytest.param(TYPES, id="row-008")])
def test_what_a_form_can_send_is_no_call(types, desk):
    assert {each: desk.refusal(content_type=each) for each in types} == dict.fromkeys(types, 415)
    assert desk.refusal(content_type="text/plain", authorization=None) == 415


def test_a_preflight_is_refused(desk):
    for origin in (None, f"http://{HOST}", "https://evil.example"):
        assert desk.refusal("OPTIONS", origin=origin, access_control_request_method="POST") == 403


@pytest.mark.parametrize("shown", [pytest.param(None, id="row-011 no token")])
def test_a_websocket_without_a_token_is_refused(shown, desk):
    assert desk.refusal("GET", websocket=True, authorization=shown) == 401
    assert desk.refusal("GET", query=f"token={desk.secret.token}", websocket=True, authorization=shown) == 400
    assert desk.refusal("GET", websocket=True, origin="https://evil.example") == 403


def test_a_websocket_may_show_the_token_among_its_subprotocols(desk):
    protocols = f"dmp-bridge.1, dmp-token.{desk.secret.token}"

    assert desk.refusal("GET", websocket=True, authorization=None, sec_websocket_protocol=protocols) is None
    assert desk.refusal(authorization=None, sec_websocket_protocol=protocols) == 401, "on a WebSocket only"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/rpc", 405),
        ("PUT", "/rpc", 405),
        ("POST", "/notices", 405),
        ("GET", "/rotate", 405),
        ("GET", "/x", 404),
    ],
)
def test_each_path_has_its_method(method, path, status, desk):
    assert desk.refusal(method, path) == status


def test_a_path_that_is_not_there_says_nothing_to_strangers(desk):
    assert desk.refusal("GET", "/nowhere", authorization=None) == 401


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/rpc", BRIDGE_FRAME, None),
        ("/rpc", BRIDGE_FRAME + 1, 413),
        ("/rpc", 200_000_000, 413),
        ("/w/0123456789abcdef/do/send", 65_537, 413),
        ("/rotate", 1, 413),
    ],
)
def test_a_body_has_its_limit_before_it_is_read(path, length, status, desk):
    form = {"content_type": "application/x-www-form-urlencoded", "origin": f"http://{HOST}"} if "/w/" in path else {}

    assert desk.refusal(path=path, content_length=str(length), **form) == status


def test_a_button_is_pressed_by_a_page_of_ours_only(desk):
    form = {"content_type": "application/x-www-form-urlencoded", "path": "/w/0123456789abcdef/do/send"}

    assert desk.refusal(**form) == 403
    assert desk.refusal(origin=f"http://{HOST}", **form) is None
    assert desk.refusal(origin=f"http://{HOST}", **form | {"content_type": "text/plain"}) == 415


def test_windows_without_a_bridge_let_no_host_in():
    gate = Gate("127.0.0.1", PORT, None)

    assert gate.refusal(Head("POST", "/rpc", "", {"host": HOST, "authorization": "Bearer ", **JSON})) == 401
    assert gate.refusal(Head("GET", "/panel/x", "", {"host": HOST})) is None


CHALLENGE = "ab" * 32


def test_a_proof_is_given_to_whoever_has_the_token(desk):
    shown = proof.of_client(desk.secret.token, CHALLENGE, PORT)

    assert desk.refusal("GET", "/prove", dmp_challenge=CHALLENGE, authorization=f"Proof {shown}") is None
    assert desk.secret.prove(CHALLENGE, PORT, 7) == proof.of_server(desk.secret.token, CHALLENGE, PORT, 7)


@pytest.mark.parametrize("port", [pytest.param(PORT + 1, id="row-021 at the gate")])
def test_a_challenge_that_was_made_for_another_port_is_not_answered(port, desk):
    relayed = proof.of_client(desk.secret.token, CHALLENGE, port)

    assert desk.refusal("GET", "/prove", dmp_challenge=CHALLENGE, authorization=f"Proof {relayed}") == 401


@pytest.mark.parametrize("challenge", ["", "ab", "AB" * 32, "zz" * 32, "ab" * 33])
def test_a_challenge_is_64_hexadecimal_digits(challenge, desk):
    shown = proof.of_client(desk.secret.token, challenge, PORT)

    assert desk.refusal("GET", "/prove", dmp_challenge=challenge, authorization=f"Proof {shown}") == 401


def test_the_proof_of_the_server_is_no_proof_of_the_client(desk):
    answered = desk.secret.prove(CHALLENGE, PORT, 7)

    assert desk.refusal("GET", "/prove", dmp_challenge=CHALLENGE, authorization=f"Proof {answered}") == 401
