"""What a bridge on stdio holds in memory while nobody asks it anything.

Counted is what is its own; the pages of library files, which processes share, are printed beside it.
"""

import re
import sys
from pathlib import Path

import pytest

from dmp_core.cli.simulate import CONFIG, prepare, write_config
from hostbridge.clients.python import BridgeClient

MOST = 65  # megabytes


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="/proc tells how much memory a process holds")
def test_a_bridge_at_rest_holds_at_most_65_megabytes_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(tmp_path / "sim", filled=False)
    write_config(tmp_path / "sim", "https://127.0.0.1:1/services/")
    command = [sys.executable, "-m", "dmp_core.cli", "serve", "--stdio", "--config", str(tmp_path / "sim" / CONFIG)]
    with BridgeClient(command) as client:
        client.start({"host": {"name": "essai", "version": "1"}, "adapter": "lgo_id"})
        client.call("document/types")

        told = Path(f"/proc/{client.pid}/status").read_text()

    held = {name: int(size) / 1024 for name, size in re.findall(r"(VmRSS|RssAnon):\s+(\d+) kB", told)}
    with capsys.disabled():
        print(f"\n{held['VmRSS']:.1f} MB resident, {held['RssAnon']:.1f} MB of its own")
    assert held["RssAnon"] <= MOST
