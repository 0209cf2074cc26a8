"""`--plugins-dir DIR`: one-file plugins, while they are written, beside the configured ones; never in production."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import click

from dmp_core.config import Config
from dmp_core.errors import ConfigInvalid
from dmp_core.model.access import Environment
from dmp_core.plughost.discovery import Found
from dmp_core.plughost.loose import LooseFolder

_WRITTEN: Final = ("plugins", "loose")
plugins_dir_option = click.option(
    "--plugins-dir",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of one-file plugins (NAME.py), taken up again when a file changes; never in production.",
)


def loose_plugins(config: Config, folder: Path | None) -> Callable[[], Sequence[Found]] | None:
    """What finds the plugins of `folder`. Raises ConfigInvalid in production."""
    if folder is None:
        return None
    if config.environment is Environment.PRODUCTION:
        raise ConfigInvalid("--plugins-dir: plugins that are being written do not run in production: install them")
    return LooseFolder(folder, config.data.joinpath(*_WRITTEN)).find
