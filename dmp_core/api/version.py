"""The version of the contract with plugins; it moves apart from the package's."""

from typing import Final

API_VERSION: Final = "1.0"


def works(asked: str) -> bool:
    """Whether a plugin written for version `asked` works here: the same major version, and no later minor one."""
    major, _, minor = asked.partition(".")
    ours, _, least = API_VERSION.partition(".")
    return asked.replace(".", "", 1).isdecimal() and major == ours and int(minor or 0) <= int(least)
