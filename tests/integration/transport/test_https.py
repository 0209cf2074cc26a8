import gzip
import socket
import ssl
from collections.abc import Mapping
from datetime import timedelta

import httpx
import pytest

from dmp_core.errors import (
    CertificateOutOfDate,
    ConfigInvalid,
    ConnectionLost,
    HttpRefused,
    Intercepted,
    KeyUnusable,
    NotTheDmp,
    OwnCertificateRefused,
    ProxyAsks,
    TimedOut,
    TlsRefused,
    TransportError,
    Unreachable,
)
from dmp_core.ports import HttpRequest
from dmp_core.transport import https, tls

REQUEST = HttpRequest("registry", 'application/soap+xml; action="urn:x"', b"<question/>", transaction="TD3.1")
SOON = {"TD3.1": 0.3}


def told(error: TransportError) -> tuple[type[TransportError], str | None, bool]:
    return type(error), error.origin, error.after_send


# ---------------------------------------------------------------- what works


def test_a_request_and_its_answer_travel_whole(dmp, connect, script) -> None:
    dmp.script = script(b"<answer/>", Content_Type="application/soap+xml; charset=UTF-8")

    got = connect(dmp.url).post(REQUEST)

    sent = dmp.requests[0]
    assert (got.status, got.content_type, got.body) == (200, "application/soap+xml; charset=UTF-8", b"<answer/>")
    assert sent.head.startswith(b"POST /si-dmp-server/v2/services/registry HTTP/1.1\r\n")
    assert sent.header("content-type") == 'application/soap+xml; action="urn:x"'
    assert sent.header("content-length") == "11"
    assert sent.header("accept-encoding") == "identity"
    assert sent.body == b"<question/>"


def test_the_handshake_is_tls_1_2_with_a_suite_of_the_dmp(dmp, connect) -> None:
    connect(dmp.url).post(REQUEST)

    suite, _, _ = dmp.ciphers[0]
    assert suite in tls.SUITES.split(":")


def test_one_connection_serves_several_requests(dmp, connect) -> None:
    transport = connect(dmp.url)

    for _ in range(3):
        transport.post(REQUEST)

    assert (len(dmp.requests), len(dmp.resumed)) == (3, 1)


def test_a_new_connection_resumes_the_session_of_the_last_one(dmp, connect, script) -> None:
    dmp.script = script(keep=False)
    transport = connect(dmp.url)

    for _ in range(4):
        transport.post(REQUEST)

    assert dmp.resumed == [False, True, True, True]


def test_row_065_no_session_outlives_the_transport(dmp, connect, script, context) -> None:
    dmp.script = script(keep=False)
    first = connect(dmp.url)
    first.post(REQUEST)

    first.close()
    connect(dmp.url).post(REQUEST)

    assert dmp.resumed == [False, False]


def test_a_session_that_the_server_forgot_costs_a_full_handshake_and_no_error(serve, connect, script, pki) -> None:
    dmp = serve()
    dmp.script = script(keep=False)
    transport = connect(dmp.url)
    transport.post(REQUEST)
    fresh = serve().context

    dmp.context = fresh
    transport.post(REQUEST)

    assert dmp.resumed == [False, False]


def test_any_status_is_an_answer(dmp, connect, script) -> None:
    dmp.script = script(b"<fault/>", status="500 Internal Server Error")

    got = connect(dmp.url).post(REQUEST)

    assert (got.status, got.body) == (500, b"<fault/>")


def test_row_049_html_is_handed_on_with_its_type_for_the_reader_to_refuse(dmp, connect, script) -> None:
    dmp.script = script(b"<html>portail</html>", Content_Type="text/html")

    assert connect(dmp.url).post(REQUEST).content_type == "text/html"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_row_050_a_redirect_is_an_answer_and_never_followed(dmp, connect, script, status: str) -> None:
    dmp.script = script(b"", status=status, Location="http://localhost/elsewhere")

    got = connect(dmp.url).post(REQUEST)

    assert got.status == int(status[:3])
    assert len(dmp.requests) == 1


def test_no_cookie_is_kept(dmp, connect, script) -> None:
    dmp.script = script(Set_Cookie="JSESSIONID=1; Path=/; Secure")
    transport = connect(dmp.url)

    transport.post(REQUEST)
    transport.post(REQUEST)

    assert dmp.requests[1].header("cookie") is None


# ---------------------------------------------------------------- TLS refuses


@pytest.mark.parametrize(
    ("certificate", "origin", "error"),
    [
        pytest.param("wrong-host", "wrong-host", TlsRefused, id="row-061 wrong host"),
        pytest.param("expired", "certificate-expired", CertificateOutOfDate, id="row-061 expired"),
        pytest.param("not-yet-valid", "certificate-not-yet-valid", CertificateOutOfDate, id="row-061 not yet valid"),
        pytest.param("self-signed", "self-signed", Intercepted, id="row-061 self-signed"),
        pytest.param("by-no-authority", "no-authority", TlsRefused, id="row-061 CA:FALSE issuer"),
        pytest.param("outside-constraint", "name-constraint", TlsRefused, id="row-061 name constraint"),
        pytest.param("sha1", "too-weak", TlsRefused, id="row-061 SHA-1"),
        pytest.param("foreign", "unknown-ca", Intercepted, id="row-063 an authority that is not ours"),
    ],
)
def test_a_bad_server_certificate_is_refused_before_anything_is_sent(
    serve, connect, certificate, origin, error
) -> None:
    dmp = serve(certificate, ciphers="ALL:@SECLEVEL=0")

    with pytest.raises(TlsRefused) as refusal:
        connect(dmp.url).post(REQUEST)

    assert told(refusal.value) == (error, origin, False)
    assert dmp.requests == []


def test_row_061_a_key_of_1024_bits_is_refused(serve, connect) -> None:
    dmp = serve("small", "small", ciphers="ALL:@SECLEVEL=0")

    with pytest.raises(TlsRefused) as refusal:
        connect(dmp.url).post(REQUEST)

    assert refusal.value.after_send is False


@pytest.mark.parametrize(
    "options",
    [
        {"minimum": ssl.TLSVersion.TLSv1_3},
        {"ciphers": "AES128-SHA:@SECLEVEL=0"},
        {"ciphers": "ECDHE-RSA-AES128-SHA:@SECLEVEL=0"},
    ],
    ids=["row-062 only TLS 1.3", "row-062 no forward secrecy", "row-062 CBC with SHA-1"],
)
def test_versions_and_suites_outside_the_list_of_the_dmp_are_refused(serve, connect, options) -> None:
    dmp = serve(**options)

    with pytest.raises(TlsRefused) as refusal:
        connect(dmp.url).post(REQUEST)

    assert refusal.value.after_send is False
    assert dmp.requests == []


def test_a_server_that_refuses_our_certificate_says_so(dmp, connect, pki) -> None:
    foreign = tls.client_context(
        certificate=pki.file("foreign-client.pem"), key=pki.file("client.key"), authorities=pki.file("ca.pem")
    )

    with pytest.raises(TlsRefused) as refusal:
        connect(dmp.url, context=foreign).post(REQUEST)

    assert told(refusal.value) == (OwnCertificateRefused, "tlsv1_alert_unknown_ca", False)


def test_a_server_refuses_who_shows_no_certificate(dmp, connect, pki) -> None:
    bare = tls.ResumingContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.maximum_version = ssl.TLSVersion.TLSv1_2
    bare.load_verify_locations(cafile=str(pki.file("ca.pem")))

    with pytest.raises(TlsRefused) as refusal:
        connect(dmp.url, context=bare).post(REQUEST)

    assert refusal.value.after_send is False
    assert dmp.requests == []


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_handshake_that_is_cut_sent_nothing(dmp, connect, cut, how: str) -> None:
    def on_accept(connection: socket.socket) -> bool:
        connection.recv(1)
        if how == "reset":
            cut(connection)
        return False

    dmp.on_accept = on_accept

    with pytest.raises(TlsRefused) as refusal:
        connect(dmp.url).post(REQUEST)

    assert told(refusal.value) == (TlsRefused, "cut", False)


# ---------------------------------------------------------------- the network fails


def test_a_closed_port_is_unreachable_and_nothing_was_sent(connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(Unreachable) as failure:
        connect(f"https://localhost:{port}/services/").post(REQUEST)

    assert told(failure.value) == (Unreachable, "ECONNREFUSED", False)


def test_an_unknown_name_is_unreachable(connect) -> None:
    with pytest.raises(Unreachable) as failure:
        connect("https://dmp.invalid/services/").post(REQUEST)

    assert told(failure.value) == (Unreachable, "dns", False)


def test_a_handshake_that_never_ends_times_out_and_sent_nothing(dmp, connect) -> None:
    dmp.on_accept = lambda connection: dmp.over.wait(5) and False

    with pytest.raises(TimedOut) as failure:
        connect(dmp.url, timeouts=SOON).post(REQUEST)

    assert failure.value.after_send is False


def test_an_answer_that_never_comes_times_out_and_may_have_been_done(dmp, connect) -> None:
    dmp.script = lambda connection, request: not dmp.over.wait(5)

    with pytest.raises(TimedOut) as failure:
        connect(dmp.url, timeouts=SOON).post(REQUEST)

    assert failure.value.after_send is True
    assert len(dmp.requests) == 1


def test_an_answer_that_drips_is_cut_at_the_limit_of_the_transaction(dmp, connect, clock) -> None:
    def drip(connection: ssl.SSLSocket, request: object) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        clock.advance(timedelta(seconds=601))
        connection.sendall(b"<")
        return not dmp.over.wait(5)

    dmp.script = drip

    with pytest.raises(TimedOut) as failure:
        connect(dmp.url).post(REQUEST)

    assert failure.value.after_send is True


def test_a_reset_right_after_the_handshake_counts_as_sent(dmp, connect, cut) -> None:
    dmp.on_handshake = cut

    with pytest.raises(ConnectionLost) as failure:
        connect(dmp.url).post(REQUEST)

    assert failure.value.after_send is True


def test_a_reset_in_the_middle_of_a_large_request_counts_as_sent(dmp, connect, cut) -> None:
    def on_handshake(connection: ssl.SSLSocket) -> None:
        connection.recv(1000)
        cut(connection)

    dmp.on_handshake = on_handshake
    large = HttpRequest("repository", "text/xml", b"x" * 8_000_000, transaction="TD2.1")

    with pytest.raises(ConnectionLost) as failure:
        connect(dmp.url).post(large)

    assert failure.value.after_send is True


def test_a_reset_after_the_request_counts_as_sent(dmp, connect, cut) -> None:
    dmp.script = lambda connection, request: bool(cut(connection))

    with pytest.raises(ConnectionLost) as failure:
        connect(dmp.url).post(REQUEST)

    assert failure.value.after_send is True


def test_a_truncated_answer_is_no_answer(dmp, connect, script) -> None:
    dmp.script = script(b"<half", Content_Length="100", keep=False)

    with pytest.raises(ConnectionLost) as failure:
        connect(dmp.url).post(REQUEST)

    assert failure.value.after_send is True


def test_a_truncated_chunk_is_no_answer(dmp, connect) -> None:
    def script(connection: ssl.SSLSocket, request: object) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<half\r\n")
        return False

    dmp.script = script

    with pytest.raises(ConnectionLost):
        connect(dmp.url).post(REQUEST)


def test_what_is_no_http_is_no_answer(dmp, connect) -> None:
    dmp.script = lambda connection, request: bool(connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n"))

    with pytest.raises(ConnectionLost) as failure:
        connect(dmp.url).post(REQUEST)

    assert failure.value.after_send is True


def test_a_kept_connection_that_the_server_closed_is_replaced_or_counts_as_sent(dmp, connect, script) -> None:
    """Whether the close is seen before the next request is a race: an error must never claim that nothing was sent."""
    plain, transport = script(), connect(dmp.url)

    def answer_then_close(connection: ssl.SSLSocket, request: object) -> bool:
        plain(connection, request)
        return False  # though the answer promised to keep the connection

    dmp.script = answer_then_close
    outcomes = []
    for _ in range(20):
        try:
            outcomes.append(transport.post(REQUEST).status)
        except ConnectionLost as failure:
            outcomes.append(failure.after_send)

    assert set(outcomes) <= {200, True}
    assert 200 in outcomes


def test_a_closed_transport_sends_nothing(dmp, connect) -> None:
    transport = connect(dmp.url)
    transport.close()

    with pytest.raises(Unreachable):
        transport.post(REQUEST)


# ---------------------------------------------------------------- sizes


def test_row_049_an_answer_above_64_megabytes_is_cut_while_it_streams(dmp, connect) -> None:
    piece = b"x" * 1_000_000
    sent = 0

    def stream(connection: ssl.SSLSocket, request: object) -> bool:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(200):
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
            sent += 1
        return False

    dmp.script = stream

    with pytest.raises(HttpRefused) as refusal:
        connect(dmp.url).post(REQUEST)

    assert told(refusal.value) == (HttpRefused, "too-large", True)
    assert sent < 100


def test_an_answer_that_declares_more_than_64_megabytes_is_not_read(dmp, connect, script) -> None:
    dmp.script = script(b"", Content_Length="64000001")

    with pytest.raises(HttpRefused):
        connect(dmp.url).post(REQUEST)


def test_an_answer_of_exactly_the_limit_is_read(dmp, connect, script) -> None:
    dmp.script = script(b"x" * 1000)

    assert len(connect(dmp.url, answer_limit=1000).post(REQUEST).body) == 1000
    with pytest.raises(HttpRefused):
        connect(dmp.url, answer_limit=999).post(REQUEST)


def test_row_049_a_compressed_answer_is_refused_unopened(dmp, connect, script) -> None:
    dmp.script = script(gzip.compress(b"\0" * 10_000_000), Content_Encoding="gzip")

    with pytest.raises(NotTheDmp) as refusal:
        connect(dmp.url).post(REQUEST)

    assert refusal.value.after_send is True


# ---------------------------------------------------------------- environment and proxy


def test_row_064_the_environment_changes_nothing(dmp, connect, pki, monkeypatch, tmp_path, clock) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(pki.file("foreign-ca.pem")))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    context = tls.client_context(
        certificate=pki.file("client.pem"), key=pki.file("client.key"), authorities=pki.file("ca.pem")
    )

    got = connect(dmp.url, context=context).post(REQUEST)

    assert got.status == 200
    assert not (tmp_path / "keys.log").exists()


def test_row_064_an_authority_named_in_the_environment_is_not_trusted(serve, connect, pki, monkeypatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pki.file("foreign-ca.pem")))
    context = tls.client_context(
        certificate=pki.file("client.pem"), key=pki.file("client.key"), authorities=pki.file("ca.pem")
    )

    with pytest.raises(TlsRefused):
        connect(serve("foreign").url, context=context).post(REQUEST)


def test_the_proxy_of_the_configuration_is_used_and_sees_only_the_address(dmp, connect, proxy) -> None:
    via = proxy()

    got = connect(dmp.url, proxy=via.url).post(REQUEST)

    assert got.status == 200
    assert via.asked == [f"CONNECT localhost:{dmp.port} HTTP/1.1".encode()]


def test_a_proxy_that_refuses_makes_the_dmp_unreachable(dmp, connect, proxy) -> None:
    via = proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(Unreachable) as failure:
        connect(dmp.url, proxy=via.url).post(REQUEST)

    assert told(failure.value) == (ProxyAsks, "proxy-407", False)


def test_a_proxy_that_hangs_up_sent_nothing(dmp, connect, proxy) -> None:
    via = proxy(b"HTTP/1.1 2")

    with pytest.raises(TransportError) as failure:
        connect(dmp.url, proxy=via.url).post(REQUEST)

    assert failure.value.after_send is False


def test_a_bad_certificate_behind_the_proxy_is_refused_too(serve, connect, proxy) -> None:
    with pytest.raises(TlsRefused) as refusal:
        connect(serve("expired").url, proxy=proxy().url).post(REQUEST)

    assert told(refusal.value) == (CertificateOutOfDate, "certificate-expired", False)


# ---------------------------------------------------------------- settings, keys, and the errors of the library


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://localhost/services/", None),
        ("https:///services/", None),
        ("https://" + "a" * 70 + ".fr/", None),
        ("https://localhost/", "https://proxy:3128"),
        ("https://localhost/", "proxy:3128"),
    ],
)
def test_an_address_that_cannot_work_is_refused_at_once(connect, url: str, proxy: str | None) -> None:
    with pytest.raises(ConfigInvalid):
        connect(url, proxy=proxy)


def test_the_password_of_a_proxy_is_not_in_the_error(connect) -> None:
    with pytest.raises(ConfigInvalid) as refusal:
        connect("https://localhost/", proxy="ftp://user:hunter2@proxy")

    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("certificate", "key"),
    [("absent.pem", "client.key"), ("client.pem", "absent.key"), ("client.pem", "server.key"), ("ca.key", "ca.key")],
)
def test_a_client_certificate_that_cannot_be_used_is_refused(pki, certificate: str, key: str) -> None:
    with pytest.raises(KeyUnusable):
        tls.client_context(certificate=pki.file(certificate), key=pki.file(key), authorities=pki.file("ca.pem"))


def test_an_encrypted_key_without_its_password_is_refused_and_nobody_is_asked(pki, tmp_path) -> None:
    from cryptography.hazmat.primitives import serialization as form

    secret = form.BestAvailableEncryption(b"secret")
    data = pki.key("client").private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, secret)
    (tmp_path / "locked.key").write_bytes(data)
    files = {
        "certificate": pki.file("client.pem"),
        "key": tmp_path / "locked.key",
        "authorities": pki.file("ca.pem"),
    }

    with pytest.raises(KeyUnusable):
        tls.client_context(**files)

    assert tls.client_context(**files, password=b"secret")


@pytest.mark.parametrize("authorities", ["absent.pem", "ca.key"])
def test_a_trust_store_that_holds_no_certificate_is_refused(pki, authorities: str) -> None:
    with pytest.raises(ConfigInvalid):
        tls.client_context(
            certificate=pki.file("client.pem"), key=pki.file("client.key"), authorities=pki.file(authorities)
        )


LIBRARY_ERRORS = sorted(
    (
        error
        for name in httpx.__all__
        if isinstance(error := getattr(httpx, name), type) and issubclass(error, Exception)
    ),
    key=lambda error: error.__name__,
)


def made(error: type[Exception]) -> Exception:
    """One of httpx's errors; its constructors differ."""
    if error is httpx.HTTPStatusError:
        request = httpx.Request("POST", "https://localhost/")
        return error("message", request=request, response=httpx.Response(500))
    takes_nothing = (httpx.StreamConsumed, httpx.StreamClosed, httpx.ResponseNotRead, httpx.RequestNotRead)
    return error() if issubclass(error, takes_nothing) else error("message")


@pytest.mark.parametrize("error", LIBRARY_ERRORS, ids=lambda error: error.__name__)
@pytest.mark.parametrize("sending", [False, True])
def test_no_error_of_the_library_escapes_and_each_tells_what_was_sent(error: type[Exception], sending: bool) -> None:
    progress = https.Progress()
    progress.sending = sending

    ours = https.translated(made(error), progress)

    assert issubclass(error, https.HTTPX_ERRORS)
    assert isinstance(ours, TransportError)
    assert ours.after_send is sending
    assert isinstance(ours, TimedOut) is issubclass(error, httpx.TimeoutException)


def test_the_transactions_wait_as_long_as_the_notes_say() -> None:
    expected: Mapping[str, float] = {"TD0.2": 6, "TD0.3": 10, "TD0.4": 30, "TD2.1": 200, "TD3.1": 600, "TD3.2": 90}

    assert expected == https.TIMEOUTS
