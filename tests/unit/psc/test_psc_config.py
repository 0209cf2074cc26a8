"""`[psc]`: one way and not two, no secret but in a file, and nobody reads in AIR without it."""

from pathlib import Path
from typing import Any

import pytest

from dmp_core.config import Config, load
from dmp_core.errors import ConfigInvalid

BASE = """
environment = "{environment}"
data = "data"
[software]
name = "LGO"
version = "1"
homologation = "X"
oid = "2.25.1"
[dmp]
url = "https://dmp.example/si-dmp-server/v2/services/"
ca = "ca.pem"
[structure.1990000001]
name = "PHARMACIE"
feed_mode = "indirect"
read_mode = "air"
"""


def read(tmp_path: Path, psc: str, environment: str = "production") -> Config:
    file = tmp_path / "dmp.toml"
    file.write_text(BASE.format(environment=environment) + psc, encoding="utf-8")
    return load(file)


def test_a_proxy_alone_is_enough(tmp_path: Path) -> None:
    config = read(tmp_path, '[psc]\nproxy = "https://psc.vendor.example/v1"')

    assert config.psc and config.psc.proxy == "https://psc.vendor.example/v1"


def test_the_direct_way_names_its_secret_by_a_file_beside_the_configuration(tmp_path: Path) -> None:
    config = read(
        tmp_path, '[psc]\nissuer = "https://auth.example/realm"\nclient_id = "lgo"\nsecret_file = "psc-secret"'
    )

    assert config.psc and config.psc.secret_file == tmp_path / "psc-secret"


def test_a_certificate_takes_the_place_of_the_secret(tmp_path: Path) -> None:
    way = 'issuer = "https://auth.example/realm"\nclient_id = "lgo"\nclient_auth = "tls_client_auth"'

    assert read(tmp_path, f"[psc]\n{way}").psc


@pytest.mark.parametrize("environment", ["homologation", "production"])
def test_air_without_it_is_refused_but_in_simulation(tmp_path: Path, environment: str) -> None:
    with pytest.raises(ConfigInvalid, match=r"\[psc\]"):
        read(tmp_path, "", environment)

    assert read(tmp_path, "", "simulation").psc is None


def test_insi_in_air_needs_it_as_well(tmp_path: Path) -> None:
    insi = (
        '[insi]\nurl = "https://insi.example/"\nca = "ca.pem"\nmode = "air"\n'
        '[insi.settings]\nidam = "X"\nbilling_id = "1"\n'
    )
    file = tmp_path / "dmp.toml"
    indirect = BASE.format(environment="production").replace('read_mode = "air"', 'read_mode = "direct"')
    file.write_text(indirect + insi, encoding="utf-8")

    with pytest.raises(ConfigInvalid, match=r"insi\.mode air"):
        load(file)


@pytest.mark.parametrize(
    "psc",
    [
        "",
        'proxy = "https://a.example"\nissuer = "https://b.example"\nclient_id = "lgo"\nsecret_file = "s"',
        'proxy = "http://a.example"',
        'issuer = "http://b.example"\nclient_id = "lgo"\nsecret_file = "s"',
        'issuer = "https://b.example"\nsecret_file = "s"',
        'issuer = "https://b.example"\nclient_id = "lgo"',
        'issuer = "https://b.example"\nclient_id = "lgo"\nsecret = "in-the-open"',
        'proxy = "https://a.example"\nscope = "profile"',
    ],
)
def test_a_way_that_is_none_is_refused_without_its_values(tmp_path: Path, psc: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        read(tmp_path, f"[psc]\n{psc}")

    assert "in-the-open" not in str(caught.value)


def test_nothing_of_it_is_shown(tmp_path: Path) -> None:
    config: Any = read(tmp_path, '[psc]\nproxy = "https://psc.vendor.example/v1"')

    assert "vendor" not in repr(config.psc)
