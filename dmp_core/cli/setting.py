"""What the commands share: the configuration they read, who uses them, how they end."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec

import click

from dmp_core.config import Config, load
from dmp_core.errors import ConfigInvalid, DmpError, DmpRefusal
from dmp_core.model.practitioner import Who

P = ParamSpec("P")

config_option = click.option(
    "--config",
    "files",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    envvar="DMP_CONFIG",
    help="TOML file; several, from the most general to the most particular. Default: dmp.toml here.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


def read_config(files: tuple[Path, ...]) -> Config:
    """The configuration named, or `dmp.toml` of this folder. Raises ConfigInvalid."""
    chosen = files or (Path("dmp.toml"),)
    missing = [str(file) for file in chosen if not file.is_file()]
    if missing:
        raise ConfigInvalid(f"no file {', '.join(missing)}: name one with --config; `dmp simulate` writes one")
    return load(*chosen)


def who_of(config: Config, structure_id: str | None = None) -> Who:
    """Who uses the command line: `[operator]` of the configuration. Raises ConfigInvalid."""
    operator = config.operator
    if operator is None or operator.practitioner is None:
        raise ConfigInvalid("operator: the command line needs [operator] with its practitioner")
    structure = config.the_structure(structure_id).structure
    return Who(structure=structure, operator=operator, author=operator.practitioner)


def shows_errors(command: Callable[P, None]) -> Callable[P, None]:
    """An error of the core ends the command with status 1, its sentence and its remedy; nothing else is printed."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except DmpError as error:
            fail(error, as_json=bool(kwargs.get("as_json")))

    return run


def fail(error: DmpError, *, as_json: bool) -> NoReturn:
    if as_json:
        show_json({"error": error.as_data()})
    else:
        tell(error)
    sys.exit(1)


def tell(error: DmpError) -> None:
    """Say on standard error what is wrong and what to do."""
    click.echo(f"{error.sentence} [{error.code}]", err=True)
    for line in (error.detail, error.dmp_text if isinstance(error, DmpRefusal) else "", error.remedy):
        if line:
            click.echo(f"  {line}", err=True)


def show_json(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
