"""Pro Santé Connect beside the simulated DMP, and the two configurations that use it: feed indirect, read in AIR."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dmp_core.simulator.counter import Counter
from dmp_core.simulator.pki import Pki
from dmp_core.simulator.psc_people import people_of
from dmp_core.simulator.psc_server import CLIENT, REDIRECT, Running, running, write_secret
from dmp_core.simulator.simulator import now

DIRECT: Final = "psc.toml"
PROXY: Final = "psc-proxy.toml"


@contextmanager
def at_work(data: Path, counter_file: str) -> Iterator[Running]:
    """Pro Santé Connect for the counter of `data`, and the layers `psc.toml` and `psc-proxy.toml` beside `dmp.toml`."""
    counter = Counter.model_validate_json((data / counter_file).read_bytes())
    practitioner = counter.operator.practitioner
    assert practitioner is not None, "the counter's operator is a professional"
    pki = Pki.load(data.resolve() / "pki")
    with running(pki, people_of(practitioner, counter.structure), now=now) as psc:
        write_layers(data, psc, counter.structure.national_id)
        yield psc


def write_layers(data: Path, psc: Running, structure: str) -> None:
    """Both ways to Pro Santé Connect, each a layer over `dmp.toml`."""
    ca = str(data.resolve() / "pki" / "ca.pem")
    secret = str(write_secret(data.resolve()))
    port_free = REDIRECT.replace("127.0.0.1/", "127.0.0.1:0/")
    ways = {
        DIRECT: {"issuer": psc.issuer, "client_id": CLIENT, "secret_file": secret, "redirect": port_free, "ca": ca},
        PROXY: {"proxy": psc.proxy, "ca": ca},
    }
    modes = {"feed_mode": "indirect", "read_mode": "air"}
    for name, way in ways.items():
        text = "\n".join(
            [
                "# Written by `dmp simulate`, over dmp.toml: software certificates; Pro Santé Connect says who reads.",
                _table("psc", way),
                _table(f"structure.{structure}", modes),
            ]
        )
        (data / name).write_text(text + "\n", encoding="utf-8")


def told(data: Path, psc: Running) -> dict[str, str]:
    """For `--json`."""
    return {"psc": str(data / DIRECT), "psc_proxy": str(data / PROXY), "phone": psc.phone}


def shown(data: Path, psc: Running) -> str:
    """For the console."""
    return (
        f"Pro Santé Connect simulé : {psc.issuer}\n"
        f"  par-dessus {data / 'dmp.toml'} : {data / DIRECT} (direct) ou {data / PROXY} (mandataire)\n"
        f"  téléphone et lecteur : {psc.phone}\n"
    )


def _table(section: str, values: Mapping[str, str]) -> str:
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join([f"\n[{section}]", *lines])
