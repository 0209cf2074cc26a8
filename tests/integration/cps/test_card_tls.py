"""Mutual TLS with a key that stays in a token, in the standard ssl module: what works, what is refused, and why."""

import datetime as dt
import gc
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from dmp_core.errors import CardRemoved, CertificateRefused, KeyUnusable
from dmp_core.ports import HttpRequest
from dmp_core.simulator.pki import Authority, KeyPair
from dmp_core.transport.card_tls import card_context
from dmp_core.transport.guarded import GuardedTransport
from dmp_core.transport.https import HttpsTransport
from dmp_core.transport.remote_key import RemoteKey
from dmp_core.transport.tls import client_context

QUESTION = HttpRequest("registry", "application/soap+xml", b"<question/>", transaction="TD3.1")


class Server:
    """A server that demands a certificate of the test authority, and answers each connection once."""

    def __init__(self, pki, *, revoked: tuple[bytes, ...] = ()) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pki.server.certificate, pki.server.key)
        self._context.load_verify_locations(pki.authority.certificate)
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._context.maximum_version = ssl.TLSVersion.TLSv1_2
        if revoked:
            file = pki.folder / "revoked.pem"
            file.write_bytes(crl(pki.authority, revoked))
            self._context.load_verify_locations(file)
            self._context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self._listener.getsockname()[1]}/services/"
        self.seen: list[bytes] = []
        self.resumed: list[bool] = []
        self.algorithms: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(plain,), daemon=True).start()

    def _answer(self, plain) -> None:
        try:
            with self._context.wrap_socket(plain, server_side=True) as line:
                self.seen.append(line.getpeercert(binary_form=True))
                self.resumed.append(bool(line.session_reused))
                line.recv(65536)
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<ok/>")
        except OSError:
            return


def crl(pair: KeyPair, revoked: tuple[bytes, ...]) -> bytes:
    authority = Authority.load(pair)
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateRevocationListBuilder(
        authority.certificate.subject, now - dt.timedelta(days=1), now + dt.timedelta(days=1)
    )
    for der in revoked:
        one = x509.RevokedCertificateBuilder().serial_number(x509.load_der_x509_certificate(der).serial_number)
        builder = builder.add_revoked_certificate(one.revocation_date(now - dt.timedelta(hours=1)).build())
    return builder.sign(authority.key, SHA256()).public_bytes(Encoding.PEM)


@pytest.fixture
def serve(card_pki):
    servers = []

    def start(**options) -> Server:
        servers.append(Server(card_pki, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def soft_card(soft_tokens, soft_token, soft, holder, readers, pin, now):
    """A token of the counter's pharmacist, open."""
    soft_tokens.make(holder, soft_token())
    cps = readers(library=soft)
    card = cps.open(cps.look(None, now), pin("1234"), now)
    yield card
    card.close()


@pytest.fixture
def connect(card_pki, clock):
    opened = []

    def make(url: str, certificate: bytes, sign) -> GuardedTransport:
        context = card_context(certificate, sign, authorities=card_pki.authority.certificate)
        inner = HttpsTransport(url, context, clock=clock)
        opened.append(GuardedTransport(inner, failure=context.key.take_failure))
        return opened[-1]

    yield make
    for transport in opened:
        transport.close()


def test_the_server_sees_the_certificate_of_the_card(serve, connect, soft_card) -> None:
    server = serve()

    answer = connect(server.url, soft_card.auth.certificate, soft_card.auth.sign_digest_info).post(QUESTION)

    assert (answer.status, answer.body) == (200, b"<ok/>")
    assert server.seen == [soft_card.auth.certificate]
    assert soft_card.operations == 1


def test_connections_that_are_made_at_once_cost_one_operation_of_the_card(serve, connect, soft_card) -> None:
    server = serve()
    transport = connect(server.url, soft_card.auth.certificate, soft_card.auth.sign_digest_info)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: transport.post(QUESTION).status, range(64)))

    assert answers == [200] * 64
    assert (server.resumed.count(False), soft_card.operations) == (1, 1)


def test_why_a_card_did_not_sign_is_what_the_caller_hears(serve, connect, soft_card) -> None:
    def removed(_digest_info: bytes) -> bytes:
        raise CardRemoved("pulled out")

    transport = connect(serve().url, soft_card.auth.certificate, removed)

    with pytest.raises(CardRemoved, match="pulled out"):
        transport.post(QUESTION)


@pytest.mark.parametrize("wrong", [b"", b"x", bytes(256), bytes(512)])
def test_a_signature_that_is_none_opens_nothing(serve, connect, soft_card, wrong) -> None:
    server = serve()

    with pytest.raises(Exception, match="DMP-"):
        connect(server.url, soft_card.auth.certificate, lambda _: wrong).post(QUESTION)

    assert server.seen == []


def test_a_revoked_card_is_refused_with_its_reason(serve, connect, soft_card) -> None:
    server = serve(revoked=(soft_card.auth.certificate,))

    with pytest.raises(CertificateRefused) as refused:
        connect(server.url, soft_card.auth.certificate, soft_card.auth.sign_digest_info).post(QUESTION)

    assert refused.value.origin == "certificate_revoked"


def test_a_revoked_certificate_in_a_file_is_refused_with_the_same_words(serve, card_pki, holder, clock) -> None:
    server = serve(revoked=(holder.authentication.certificate,))
    files = card_pki.professional_auth(holder.practitioner.national_id)
    context = client_context(certificate=files.certificate, key=files.key, authorities=card_pki.authority.certificate)

    with pytest.raises(CertificateRefused) as refused:
        GuardedTransport(HttpsTransport(server.url, context, clock=clock)).post(QUESTION)

    assert refused.value.origin == "certificate_revoked"


def test_an_expired_card_that_the_server_sees_is_refused_with_its_reason(serve, connect, make_holder, now) -> None:
    expired = make_holder("899700000078", (now - dt.timedelta(days=9), now - dt.timedelta(days=1)))

    with pytest.raises(CertificateRefused) as refused:
        connect(serve().url, expired.authentication.certificate, signer_of(expired)).post(QUESTION)

    assert refused.value.origin == "certificate_expired"


def test_a_certificate_that_is_none_is_refused(card_pki) -> None:
    with pytest.raises(KeyUnusable):
        card_context(b"none", lambda _: b"", authorities=card_pki.authority.certificate)


def test_a_key_may_go_before_the_connections_that_used_it(serve, card_pki, holder, clock) -> None:
    """OpenSSL keeps its own references; what it calls once the key is gone fails, and nothing crashes."""
    server = serve()
    context = card_context(
        holder.authentication.certificate, signer_of(holder), authorities=card_pki.authority.certificate
    )
    transport = HttpsTransport(server.url, context, clock=clock)
    transport.post(QUESTION)

    del context.key
    gc.collect()
    context.forget()

    with pytest.raises(Exception, match="DMP-NET"):
        transport.post(QUESTION)
    transport.close()


def test_many_keys_come_and_go(holder) -> None:
    for _ in range(300):
        RemoteKey(holder.authentication.certificate, signer_of(holder)).use_in(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    gc.collect()


def signer_of(holder):
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

    key = holder.authentication.key
    return lambda digest_info: key.sign(digest_info[-32:], padding.PKCS1v15(), Prehashed(SHA256()))
