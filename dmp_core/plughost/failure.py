"""How a plugin's failure is told: class and place of the error, never its text, which may be a patient's."""

import traceback
from pathlib import Path

from dmp_core.plughost.answers import AnswerRefused


def told(error: BaseException, folder: Path) -> str:
    """`ValueError at doc_example/hooks.py:12`, the place being the last one in the plugin's own `folder`."""
    if isinstance(error, AnswerRefused):
        return str(error)
    what = type(error).__name__[:60]
    if isinstance(error, ModuleNotFoundError) and isinstance(error.name, str):
        what += f" ({error.name[:60]})"
    places = [(Path(frame.f_code.co_filename), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and type(error.filename) is str and type(error.lineno) is int:
        places.append((Path(error.filename), error.lineno))  # where it is written, not where it was imported
    own = [
        f"{file.relative_to(folder.parent).as_posix()}:{line}" for file, line in places if file.is_relative_to(folder)
    ]
    return f"{what} at {own[-1]}" if own else what
