"""Every Python example of the documentation is run, page by page, beside a simulated DMP in the folder `sim`."""

from collections.abc import Iterator

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from dmp_core.cli.simulate import prepare, write_config
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator


@pytest.fixture(scope="session")
def beside_a_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("docs")
    prepare(folder / "sim")
    simulator = Simulator.open(folder / "sim")
    with running(simulator) as server, pytest.MonkeyPatch.context() as patch:
        write_config(folder / "sim", server.url)
        patch.chdir(folder)
        yield
    simulator.close()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser()],
    patterns=["*.md"],
    excludes=["first-*.md"],  # whole projects: run by tests/docs/test_tutorials.py
    fixtures=["beside_a_simulator"],
).pytest()
