"""`tests/corpus/way_in.toml`: how a way in is run, and what it must say; `way_in/` beside it holds the files it finds.

One that is run in several ways has a `way_in_NAME.toml` for each of the others; all find the same files.

`$birth_name` and the others of `testing.events` stand in all of them in the place of a patient's values.
"""

import tomllib
from pathlib import Path
from string import Template
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dmp_core.testing.events import values as canary_values
from dmp_core.testing.projects import Project

FILE: Final = "way_in.toml"
FILES: Final = "way_in"


class Call(BaseModel):
    """One HTTP request of another program. `path` follows the address that is announced; `body`: a file of way_in/.

    The token that is announced goes with it as `Authorization: Bearer`; `public`: it is answered without one as well.
    `answers`: texts that must stand in the answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["GET", "POST"] = "POST"
    path: str = Field(default="", pattern=r"^[^\s]*$")
    body: str | None = None
    type: str = "application/json"
    public: bool = False
    status: int = 200
    answers: tuple[str, ...] = ()


class Scenario(BaseModel):
    """One run. `saves`: documents that must stand in the outbox; None: any number.

    `listens`: the file in which it announces `url`, and `token` where it wants one; then `calls` are made. `drive`: a
    Python file of way_in/ that runs while the way in does (it drops files, it speaks a WebSocket), given the announced
    file. `peer`: a Python file of way_in/ for what the way in itself reaches; it stands first, prints a line once it
    can be reached, and is given the name of the run (`usual`, `dying`, `refusing`); its status says whether it was
    content. A way in with one of these is told to stop afterwards; any other ends by itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    arguments: tuple[str, ...] = ()
    says: tuple[str, ...] = Field(min_length=1)
    saves: int | None = None
    listens: str | None = None
    calls: tuple[Call, ...] = Field(default=(), max_length=20)
    drive: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]+\.py$")
    peer: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]+\.py$")
    status: int = 0

    @model_validator(mode="after")
    def _calls_need_an_address(self) -> Self:
        if (self.listens is not None) is not bool(self.calls):
            raise ValueError("`listens` and [[calls]] go together")
        if self.peer is not None and (self.listens is not None or self.drive is not None):
            raise ValueError("`peer` goes without `listens` and `drive`")
        return self


def read_scenarios(project: Project) -> dict[str, Scenario | str]:
    """File -> the scenario in it, or what is wrong with it; the one that every way in has stands first."""
    if project.corpus is None or not (project.corpus / FILE).is_file():
        return {FILE: "there is no such file"}
    others = sorted(project.corpus.glob(f"{FILES}_*.toml"))
    return {file.name: _read(file) for file in (project.corpus / FILE, *others)}


def _read(file: Path) -> Scenario | str:
    try:
        scenario = Scenario.model_validate(tomllib.loads(_filled(file)))
    except ValidationError as error:
        return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in error.errors())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return str(error)
    wanted = [name for name in (scenario.drive, scenario.peer, *(call.body for call in scenario.calls)) if name]
    missing = [name for name in wanted if not (file.with_name(FILES) / name).is_file()]
    return f"{FILES}/ has no {', '.join(missing)}" if missing else scenario


def lay_out(project: Project, target: Path) -> None:
    """The files of the scenario, its user's alone, the canary in the place of the names that begin with a dollar."""
    source = project.corpus / FILES if project.corpus else target / FILES
    for file in sorted(source.rglob("*")) if source.is_dir() else ():
        place = target / file.relative_to(source)
        if file.is_dir():
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            continue
        try:
            place.write_text(_filled(file), encoding="utf-8")
        except UnicodeDecodeError:
            place.write_bytes(file.read_bytes())
        place.chmod(0o600)


def _filled(file: Path) -> str:
    return Template(file.read_text(encoding="utf-8")).safe_substitute(canary_values())
