"""What another call of this program does: it hands its address to the instance that runs.

Each proves to the other that it knows the token, which is not sent: another program may have taken an announced port.
"""

import hmac
import http.client
import json
import secrets
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from way_in import private
from way_in.counter import Refusal

CHALLENGE: Final = "Dmp-Challenge"
PROOF: Final = "Dmp-Proof"
_SECONDS: Final = 60.0


def proof(token: str, who: str, challenge: str, said: str) -> str:
    """HMAC-SHA256 under the token: that `who` (`call`, `instance`) said this, after that challenge."""
    return hmac.new(token.encode(), f"{who} {challenge} {said}".encode(), "sha256").hexdigest()


def hand_over(announce: Path, address: str) -> str | None:
    """The address of the window, from the running instance; None where none runs. Raises Refusal."""
    try:
        told = json.loads(private.read(announce, 4096))
        where, token, challenge = urlsplit(str(told["url"])), str(told["token"]), secrets.token_hex(32)
        headers = {CHALLENGE: challenge, PROOF: proof(token, "call", challenge, address)}
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=_SECONDS)
        connection.request("POST", "/address", address.encode("ascii", "replace"), headers)
        answer = connection.getresponse()
        status, body = answer.status, answer.read(65_536).decode()
        shown = answer.headers.get(PROOF, "")
        found = json.loads(body)
    except (private.NotPrivate, OSError, ValueError, KeyError, http.client.HTTPException):
        return None
    if not hmac.compare_digest(shown.encode(), proof(token, "instance", challenge, body).encode()):
        return None  # what listens there is not the instance
    if status != 200:
        code, sentence, remedy, mender = (str(found[name]) for name in ("code", "sentence", "remedy", "mender"))
        raise Refusal(code, sentence, remedy, status, mender)
    return str(found["address"])
