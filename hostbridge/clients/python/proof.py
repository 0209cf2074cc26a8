"""How a bridge on 127.0.0.1 and its host prove to each other that they read the same private file.

Both keys are HMAC-SHA256 under the token, in hexadecimal; the challenge is 64 hexadecimal digits, new each time.
"""

import hashlib
import hmac


def of_client(token: str, challenge: str, port: int) -> str:
    """What the client shows to be answered at all."""
    return _mac(token, f"client:{challenge}:{port}")


def of_server(token: str, challenge: str, port: int, pid: int) -> str:
    """What the server answers: bound to the port that it listens on, so that nobody can pass it on."""
    return _mac(token, f"server:{challenge}:{port}:{pid}")


def _mac(token: str, text: str) -> str:
    return hmac.new(token.encode(), text.encode(), hashlib.sha256).hexdigest()
