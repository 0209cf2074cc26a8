"""A real TLS server in a thread, the certificates of both sides, and a proxy: all of it made here."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dmp_core.ports import Clock
from dmp_core.transport.https import HttpsTransport
from dmp_core.transport.tls import ResumingContext, client_context

PEM = serialization.Encoding.PEM
BITS = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass
class Pki:
    """Certificates and keys as PEM files of one folder."""

    folder: Path
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)
    issued: dict[str, x509.Certificate] = field(default_factory=dict)

    def key(self, name: str, size: int = 2048) -> rsa.RSAPrivateKey:
        if name not in self.keys:
            self.keys[name] = rsa.generate_private_key(65537, size)
            clear = serialization.NoEncryption()
            data = self.keys[name].private_bytes(PEM, serialization.PrivateFormat.PKCS8, clear)
            (self.folder / f"{name}.key").write_bytes(data)
        return self.keys[name]

    def issue(
        self,
        name: str,
        by: str | None,
        *,
        subject: x509.Name | None = None,
        key: str | None = None,
        host: str = "localhost",
        first: datetime = datetime(2020, 1, 1, tzinfo=UTC),
        last: datetime = datetime(2045, 1, 1, tzinfo=UTC),
        ca: bool = False,
        usage: tuple[str, ...] = (),
        eku: x509.ObjectIdentifier | None = None,
        permitted: str | None = None,
    ) -> Path:
        """The PEM file of a new certificate; `by` None: self-signed; `key`: of which key, its own by default."""
        subject = subject or x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        public = self.key(key or name).public_key()
        issuer = subject if by is None else self.issued[by].subject
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(first)
            .not_valid_after(last)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        )
        if usage:
            builder = builder.add_extension(x509.KeyUsage(**{bit: bit in usage for bit in BITS}), critical=True)
        if eku:
            builder = builder.add_extension(x509.ExtendedKeyUsage([eku]), critical=False)
        if permitted:
            names = x509.NameConstraints([x509.DNSName(permitted)], None)
            builder = builder.add_extension(names, critical=True)
        certificate = builder.sign(self.key(key or name if by is None else by), hashes.SHA256())
        self.issued[name] = certificate
        file = self.folder / f"{name}.pem"
        file.write_bytes(certificate.public_bytes(PEM))
        return file

    def file(self, name: str) -> Path:
        return self.folder / name


def signed_with_sha1(certificate: x509.Certificate, issuer_key: rsa.RSAPrivateKey) -> bytes:
    """The PEM of the same certificate signed with SHA-1, which cryptography no longer does: its DER, patched."""
    sha256, sha1 = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    signature = issuer_key.sign(
        certificate.tbs_certificate_bytes.replace(sha256, sha1), padding.PKCS1v15(), hashes.SHA1()
    )
    der = certificate.public_bytes(serialization.Encoding.DER).replace(sha256, sha1)
    return ssl.DER_cert_to_PEM_cert(der[: -len(signature)] + signature).encode()


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """A trusted authority and a foreign one; the server's certificates, good and bad; the pharmacy's."""
    pki = Pki(tmp_path_factory.mktemp("pki"))
    for authority in ("ca", "foreign-ca"):
        pki.issue(authority, None, ca=True, usage=("key_cert_sign", "crl_sign"))
    pki.issue("server", "ca", eku=ExtendedKeyUsageOID.SERVER_AUTH)
    pki.issue("wrong-host", "ca", key="server", host="elsewhere.example")
    pki.issue("expired", "ca", key="server", last=datetime(2021, 1, 1, tzinfo=UTC))
    pki.issue("not-yet-valid", "ca", key="server", first=datetime(2044, 1, 1, tzinfo=UTC))
    pki.issue("foreign", "foreign-ca", key="server")
    pki.issue("self-signed", None, key="server")
    pki.issue("no-authority", "ca", ca=False)
    pki.issue("by-no-authority", "no-authority", key="server")
    pki.issue("constrained", "ca", ca=True, host="ca.example.fr", usage=("key_cert_sign",), permitted="example.fr")
    pki.issue("outside-constraint", "constrained", key="server")
    pki.file("sha1.pem").write_bytes(signed_with_sha1(pki.issued["server"], pki.key("ca")))
    for leaf, issuer in (("by-no-authority", "no-authority"), ("outside-constraint", "constrained")):
        both = pki.file(f"{leaf}.pem").read_bytes() + pki.file(f"{issuer}.pem").read_bytes()
        pki.file(f"{leaf}.pem").write_bytes(both)
    pki.key("small", 1024)
    pki.issue("small", "ca")
    pki.issue("client", "ca", usage=("digital_signature",), eku=ExtendedKeyUsageOID.CLIENT_AUTH)
    pki.issue("foreign-client", "foreign-ca", key="client")
    return pki


@dataclass
class Request:
    head: bytes
    body: bytes

    def header(self, name: str) -> str | None:
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.strip().lower() == name.lower().encode():
                return value.strip().decode()
        return None


Script = Callable[[ssl.SSLSocket, Request], bool]
"""What the server does with one request; True: it keeps the connection."""


def answer(
    body: bytes = b"<ok/>", *, status: str = "200 OK", keep: bool = True, **headers: str
) -> Callable[[ssl.SSLSocket, Request], bool]:
    """A script that answers like that."""
    fields = {"Content-Type": "application/soap+xml", "Content-Length": str(len(body))}
    fields |= {key.replace("_", "-"): value for key, value in headers.items()}
    fields |= {} if keep else {"Connection": "close"}
    head = "".join(f"{key}: {value}\r\n" for key, value in fields.items())

    def script(connection: ssl.SSLSocket, request: Request) -> bool:
        connection.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)
        return keep

    return script


def reset(connection: socket.socket) -> None:
    """Close at once with a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Dmp:
    """A server that demands a client certificate and does with each request what `script` says."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.context = context
        self.script: Script = answer()
        self.on_accept: Callable[[socket.socket], bool] = lambda connection: True  # False: no handshake
        self.on_handshake: Callable[[ssl.SSLSocket], None] = lambda connection: None
        self.requests: list[Request] = []
        self.resumed: list[bool] = []
        self.ciphers: list[tuple[str, str, int]] = []
        self.over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"https://localhost:{self.port}/si-dmp-server/v2/services/"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.over.set()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                if self.on_accept(connection):
                    self._converse(connection)
            except OSError:
                return

    def _converse(self, plain: socket.socket) -> None:
        with self.context.wrap_socket(plain, server_side=True) as connection:
            self.resumed.append(bool(connection.session_reused))
            self.ciphers.append(connection.cipher())
            self.on_handshake(connection)
            while request := self._read(connection):
                self.requests.append(request)
                if not self.script(connection, request):
                    return

    @staticmethod
    def _read(connection: ssl.SSLSocket) -> Request | None:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (piece := connection.recv(65536)):
                return None
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        request = Request(head, body)
        length = int(request.header("content-length") or 0)
        while len(request.body) < length and (piece := connection.recv(65536)):
            request.body += piece
        return request


@pytest.fixture
def serve(pki: Pki) -> Iterator[Callable[..., Dmp]]:
    """Starts a server with the certificate of that name."""
    running: list[Dmp] = []

    def start(name: str = "server", key: str = "server", **options: object) -> Dmp:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if ciphers := options.get("ciphers"):
            context.set_ciphers(str(ciphers))
        context.load_cert_chain(pki.file(f"{name}.pem"), pki.file(f"{key}.key"))
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cafile=str(pki.file("ca.pem")))
        context.minimum_version = ssl.TLSVersion(options.get("minimum", ssl.TLSVersion.TLSv1_2))
        running.append(Dmp(context))
        return running[-1]

    yield start
    for server in running:
        server.close()


@pytest.fixture
def dmp(serve: Callable[..., Dmp]) -> Dmp:
    return serve()


@pytest.fixture
def context(pki: Pki) -> ResumingContext:
    return client_context(
        certificate=pki.file("client.pem"), key=pki.file("client.key"), authorities=pki.file("ca.pem")
    )


@pytest.fixture
def connect(context: ResumingContext, clock: Clock) -> Iterator[Callable[..., HttpsTransport]]:
    """A transport to that address, with the pharmacy's certificate unless told."""
    opened: list[HttpsTransport] = []

    def make(url: str, **options: object) -> HttpsTransport:
        options.setdefault("clock", clock)
        opened.append(HttpsTransport(url, options.pop("context", context), **options))
        return opened[-1]

    yield make
    for transport in opened:
        transport.close()


@pytest.fixture
def script() -> Callable[..., Script]:
    """`answer`, for tests that say what the server answers."""
    return answer


@pytest.fixture
def cut() -> Callable[[socket.socket], None]:
    """`reset`, for tests in which the connection breaks."""
    return reset


class Proxy:
    """An HTTP proxy that knows CONNECT alone, and notes what it was asked."""

    def __init__(self, refusal: bytes | None) -> None:
        self.refusal = refusal
        self.asked: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._tunnel, args=(connection,), daemon=True).start()

    def _tunnel(self, connection: socket.socket) -> None:
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(4096)
            self.asked.append(head.split(b"\r\n")[0])
            if self.refusal:
                connection.sendall(self.refusal)
                return
            host, _, port = head.split()[1].decode().rpartition(":")
            with socket.create_connection((host, int(port))) as far:
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=self._pipe, args=(far, connection), daemon=True)
                back.start()
                self._pipe(connection, far)
                back.join(5)

    @staticmethod
    def _pipe(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return


@pytest.fixture
def proxy() -> Iterator[Callable[..., Proxy]]:
    """Starts a proxy; `refusal`: the bytes that it answers instead of a tunnel."""
    running: list[Proxy] = []

    def start(refusal: bytes | None = None) -> Proxy:
        running.append(Proxy(refusal))
        return running[-1]

    yield start
    for each in running:
        each.close()
