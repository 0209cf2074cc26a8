"""The address `dmp-lgo://open?context=NAME`: an opaque name of a private file that the host left, read once.

The host writes the file `NAME.json` (mode 0600) in the folder of the contexts, NAME drawn at random, then opens the
address. Nothing of a patient is in the address, in a command line or in the history of a browser.
"""

import re
import stat
from pathlib import Path
from typing import Final

from way_in import private
from way_in.counter import Refusal, for_vendor

from host_context.context import LIMIT, Wish, read_left

_ADDRESS: Final = re.compile(r"dmp-lgo://open/?\?context=([A-Za-z0-9_-]{22,86})")
_NO_CALL: Final = "Cette adresse n’est pas un appel du DMP."
_AGAIN: Final = "Rouvrez le DMP depuis le LGO ; si cela recommence, prévenez son éditeur."
KEPT_SECONDS: Final = 120.0  # a file that nobody asked for is worth nothing after that


def name_in(address: str) -> str:
    """The name of the context. Raises Refusal."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise Refusal("ADRESSE", _NO_CALL, _AGAIN, 400)
    return found[1]


def take(folder: Path, name: str, now: float) -> Wish:
    """What the host left under that name; the file is gone afterwards. `now`: seconds since 1970. Raises Refusal."""
    file = folder / f"{name}.json"
    try:
        written = file.lstat()
        data = private.read(file, LIMIT)
    except private.NotPrivate:
        sentence = "Le fichier de cet appel est trop long, ou d’autres que son utilisateur le lisent (droits 0600)."
        raise for_vendor("ADRESSE", sentence, 400) from None
    except OSError:
        raise _spent() from None
    finally:
        file.unlink(missing_ok=True)
    if now - written.st_mtime > KEPT_SECONDS:
        raise _spent()
    return read_left(data)


def sweep(folder: Path, now: float) -> None:
    """Remove what nobody asked for."""
    for file in folder.glob("*.json"):
        found = file.lstat()
        if not stat.S_ISDIR(found.st_mode) and now - found.st_mtime > KEPT_SECONDS:
            file.unlink(missing_ok=True)


def _spent() -> Refusal:
    return Refusal("ADRESSE", "Cet appel a déjà servi, ou il est trop ancien.", _AGAIN, 410)
