"""`dmp plugins keygen` and `sign`: for those who publish plugins."""

import os
from pathlib import Path

import click

from dmp_core.cli.setting import json_option, show_json, shows_errors
from dmp_core.errors import ConfigInvalid
from dmp_core.plughost import signing
from dmp_core.plughost.signing import Signed
from dmp_core.plughost.store import unsigned


@click.command("keygen")
@click.argument("file", metavar="KEY.pem", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@shows_errors
def keygen_command(file: Path, as_json: bool) -> None:
    """Write a new private key into KEY.pem and print the public one, which pharmacies name in their configuration."""
    private, public = signing.new_key()
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise ConfigInvalid(f"the key cannot be written: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(private)
    if as_json:
        show_json({"key": public})
    else:
        click.echo(public)


@click.command("sign")
@click.argument("wheel", metavar="FILE.whl", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False), help="KEY.pem")
@click.option(
    "--wheel",
    "brought",
    metavar="DEP.whl",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A package that the plugin brings: the signature covers it as well; repeatable.",
)
@json_option
@shows_errors
def sign_command(wheel: Path, key: Path, brought: tuple[Path, ...], as_json: bool) -> None:
    """Write FILE.whl.sig beside a wheel that could be installed as it is."""
    signed: Signed = signing.sign(unsigned(wheel, brought), key)
    file = wheel.with_name(wheel.name + signing.SUFFIX)
    file.write_text(signed.model_dump_json(indent=1), encoding="utf-8")
    if as_json:
        show_json({"signature": str(file), "digest": signed.digest, "key": signed.key})
    else:
        click.echo(f"{file}\n{signed.digest}")
