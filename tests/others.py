"""What others wrote, as fixtures for the tests of the core and of the plugins alike; each is opened once a run."""

import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

ORACLE = Path(__file__).resolve().parents[2] / "shared" / "oracle"


@pytest.fixture(scope="session")
def oracle() -> Path:
    """The folder of what others wrote. Absent: skipped with one loud line, under CI=true a failure."""
    if not ORACLE.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the oracle is missing: {ORACLE.name} is expected beside the project")
        pytest.skip("NO ORACLE: what others wrote was not compared")
    return ORACLE


@pytest.fixture(scope="session")
def ans(oracle: Path) -> Callable[[bytes], list[Any]]:
    """The findings of ANS's rules on a document, by the oracle's own program."""
    return _rules(oracle).check  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def schema(oracle: Path) -> etree.XMLSchema:
    """The schema of CDA R2 with the extensions that ANS allows."""
    return etree.XMLSchema(etree.parse(str(oracle / "ans/infrastructure/cda/CDA_extended.xsd")))


@cache
def _rules(oracle: Path) -> Any:
    """Compiled once: that takes 20 s."""
    sys.path.insert(0, str(oracle))
    from check_cda import Oracle  # type: ignore[import-not-found]

    return Oracle()
