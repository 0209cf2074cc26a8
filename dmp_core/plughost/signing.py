"""Who made a plugin: an ed25519 signature over the contents of its wheel and of those that it brings.

`FILE.whl.sig` is JSON: the plugin, its version, the digest of each wheel, the public key (base64), the signature. What
is signed is the rest of it, written in one way. A key stands for a publisher; names can be taken, keys cannot.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from dmp_core.errors import PluginRefused

SUFFIX: Final = ".sig"
_CONTEXT: Final = b"dmp plugin 1\n"
_LARGEST: Final = 100_000
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Signed(BaseModel):
    """What a publisher says of one version: `wheels` are those that it brings, by the names of their files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    plugin: str
    version: str
    digest: Digest
    wheels: Mapping[str, Digest] = Field(default_factory=dict)
    key: str
    signature: str = ""

    @property
    def content(self) -> bytes:
        """The bytes that are signed."""
        told = self.model_dump(exclude={"signature"})
        return _CONTEXT + json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()

    def verify(self) -> None:
        """Raises PluginRefused where the signature is not the key's."""
        try:
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.key, validate=True))
            public.verify(base64.b64decode(self.signature, validate=True), self.content)
        except (InvalidSignature, ValueError):
            raise PluginRefused("the signature is not that of its key") from None


def digest_of(files: Mapping[str, str]) -> str:
    """One digest of many files: SHA-256 over the lines `name, NUL, SHA-256 in hexadecimal`, by name."""
    lines = "".join(f"{name}\0{digest}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def read(file: Path) -> Signed:
    """The signature in `file`, verified against the key that it names. Raises PluginRefused."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(_LARGEST + 1)
        signed = Signed.model_validate_json(raw[:_LARGEST])
    except FileNotFoundError:
        raise PluginRefused(f"unsigned: there is no {file.name}") from None
    except OSError as error:
        raise PluginRefused(f"{file.name} cannot be read: {error.strerror}") from error
    except ValidationError:
        raise PluginRefused(f"{file.name} is no signature of a plugin") from None
    signed.verify()
    return signed


def sign(signed: Signed, key: Path) -> Signed:
    """The same with the signature of the private key in `key`, PEM. Raises PluginRefused."""
    private = _private(key)
    named = signed.model_copy(update={"key": _text(private.public_key())})
    return named.model_copy(update={"signature": base64.b64encode(private.sign(named.content)).decode()})


def new_key() -> tuple[bytes, str]:
    """A new private key, PEM, and its public key as the configuration of a pharmacy names it."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, _text(private.public_key())


def _private(file: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise PluginRefused(f"the key cannot be read: {error.strerror}") from error
    except (ValueError, TypeError):
        raise PluginRefused("the key is no private key in PEM without a password") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise PluginRefused("the key is not ed25519: make one with `dmp plugins keygen`")
    return key


def _text(key: Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes_raw()).decode()
