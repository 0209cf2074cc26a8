"""The version of the contract with plugins; it moves apart from the package's."""

from typing import Final

API_VERSION: Final = "1.0"
