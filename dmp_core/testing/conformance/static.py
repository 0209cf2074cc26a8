"""What can be read without running anything: the project, its manifest, its sources."""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import requires
from itertools import chain
from typing import Any, Final

from dmp_core.plughost.hooks import HOOKS, Read, hidden_fields
from dmp_core.plughost.manifest import FILE, Manifest
from dmp_core.plughost.worker.imports import LIBRARIES
from dmp_core.testing.conformance.report import Result, Rule
from dmp_core.testing.projects import Project

MANIFEST: Final = Rule("static.manifest", f"{FILE} is right", "mend the fields that are named; the docs list them all")
PROJECT: Final = Rule(
    "static.project", "pyproject.toml announces one plugin, whole", "see docs/how-to/publish-a-plugin.md"
)
LICENCE: Final = Rule("static.licence", "a licence is chosen", "add `license = ...` (SPDX) to pyproject.toml")
TESTS: Final = Rule("static.tests", "it has tests", "add tests/test_*.py; `dmp_rig` gives them a pharmacy")
IMPORTS: Final = Rule(
    "static.imports", "only the api, Python and what it brings is imported",
    "import from dmp_core.api; name other packages in `dependencies`",
)  # fmt: skip
PURE: Final = Rule(
    "static.pure", "no network, no process, no thread, no file, no clock of its own",
    "return an action and let the core do it; the time is ctx.now, settings are ctx.settings",
)  # fmt: skip
SILENT: Final = Rule(
    "static.silent", "nothing is printed", "return ShowMessage; raise ContentInvalid for wrong content"
)
RIGHTS: Final = Rule("static.rights", "it asks to read no more than its hooks can use", "take it out of `reads`")
POLICIES: Final = Rule("static.settings", "every setting says what it is", "add `description` to the setting")

_EFFECTS: Final = frozenset(
    {
        "asyncio", "concurrent", "ctypes", "http", "ftplib", "imaplib", "multiprocessing", "poplib", "pty", "select",
        "selectors", "shutil", "signal", "smtplib", "socket", "socketserver", "sqlite3", "ssl", "subprocess",
        "telnetlib", "tempfile", "threading", "urllib.request", "webbrowser", "xmlrpc",
    }
)  # fmt: skip
_CALLS: Final = {
    "open": "opens a file",
    "exec": "runs text as code",
    "eval": "runs text as code",
    "input": "waits for a keyboard",
    "datetime.now": "reads the clock",
    "datetime.utcnow": "reads the clock",
    "datetime.today": "reads the clock",
    "date.today": "reads the clock",
    "dt.date.today": "reads the clock",
    "dt.datetime.now": "reads the clock",
    "time.time": "reads the clock",
    "time.sleep": "waits",
    "uuid.uuid4": "draws at random",
    "uuid4": "draws at random",
    "random.random": "draws at random",
    "os.system": "starts a process",
    "os.getenv": "reads the environment",
}
_PRINTS: Final = frozenset({"print", "sys.stdout.write", "sys.stderr.write", "pprint"})
_LOGS: Final = frozenset({"logging", "warnings"})


def project(subject: Project) -> Iterator[Result]:
    """The rules on a project's folder; what is no folder (a wheel, one file) has nothing to check."""
    if subject.root is None:
        yield PROJECT.skipped("it is no project's folder")
        return
    told = subject.pyproject.get("project", {})
    yield from PROJECT.judged(_project_faults(subject, told))
    has_licence = bool(told.get("license")) or any(subject.root.glob("LICEN[CS]E*"))
    yield from LICENCE.judged([] if has_licence else ["nobody knows under which terms it may be used"], warn=True)
    yield from TESTS.judged([] if any(subject.root.rglob("test_*.py")) else ["there is no test_*.py"], warn=True)


def _project_faults(subject: Project, told: dict[str, Any]) -> Iterator[str]:
    for name in ("name", "version", "description", "readme", "requires-python"):
        if not told.get(name) and name not in told.get("dynamic", ()):
            yield f"pyproject.toml says no {name}"
    needs = [_bare(need) for need in told.get("dependencies", ())]
    if "dmp-core" not in needs:
        yield "dependencies do not name dmp-core"
    manifest = subject.plugin.manifest if subject.plugin else None
    if manifest and told.get("version") not in (None, manifest.version):
        yield f"version {told['version']} in pyproject.toml, {manifest.version} in {FILE}"
    if not (subject.package / "__init__.py").is_file():
        yield f"{subject.package.name} is no package: it has no __init__.py"


def manifest(subject: Project) -> Iterator[Result]:
    """The rule on the manifest alone: without it nothing else can be asked."""
    assert subject.plugin is not None, "a way in has none"
    yield from MANIFEST.judged([subject.plugin.reason] if subject.plugin.reason else [])


def rights(told: Manifest) -> Iterator[Result]:
    """No right that no event of its hooks carries; settings that explain themselves."""
    useless = [read for read in told.reads if not any(_uses(hook, read, told.reads) for hook in told.hooks)]
    yield from RIGHTS.judged(f"reads {read!s}: none of its hooks gets such a field" for read in sorted(useless))
    silent = [name for name, setting in (told.settings or {}).items() if not setting.description]
    yield from POLICIES.judged((f"setting {name} has no description" for name in silent), warn=True)


def _uses(hook: str, read: Read, reads: frozenset[Read]) -> bool:
    hidden = set(hidden_fields(hook, reads - {read})) - set(hidden_fields(hook, reads))
    return bool(hidden) and hook in HOOKS


def sources(subject: Project, *, way_in: bool = False) -> Iterator[Result]:
    """The rules on the Python files of the package. A way in is a program: it may open files and print."""
    found: dict[str, list[str]] = {rule.id: [] for rule in (IMPORTS, PURE, SILENT)}
    own = {subject.package.name}
    declared = set(_declared(subject.pyproject.get("project", {})))
    for file in sorted(subject.package.rglob("*.py")):
        where = file.relative_to(subject.package.parent).as_posix()
        try:
            tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError, RecursionError) as error:
            line = f":{error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
            found[IMPORTS.id].append(f"{where}{line} is no Python: {type(error).__name__}")
            continue
        for node in ast.walk(tree):
            for rule, what in _seen(node, own | declared, way_in=way_in):
                found[rule.id].append(f"{where}:{getattr(node, 'lineno', 1)}: {what}")
    yield from IMPORTS.judged(found[IMPORTS.id])
    if not way_in:
        yield from PURE.judged(found[PURE.id])
        yield from SILENT.judged(found[SILENT.id])


def _seen(node: ast.AST, known: set[str], *, way_in: bool) -> Iterator[tuple[Rule, str]]:
    match node:
        case ast.Import(names=names):
            for alias in names:
                yield from _imported(alias.name, known, way_in=way_in)
        case ast.ImportFrom(module=str() as module, level=0, names=names):
            yield from _imported(module, known, way_in=way_in, names=tuple(alias.name for alias in names))
        case ast.Call(func=function):
            name = _dotted(function)
            if name in _PRINTS:
                yield SILENT, f"{name}()"
            elif name in _CALLS:
                yield PURE, f"{name}() {_CALLS[name]}"


def _imported(module: str, known: set[str], *, way_in: bool, names: tuple[str, ...] = ()) -> Iterator[tuple[Rule, str]]:
    top = module.partition(".")[0]
    if top in ("dmp_core", "hostbridge"):
        allowed = ["dmp_core.api", *(["dmp_core.errors", "hostbridge.clients.python"] if way_in else [])]
        whole = [module, *(f"{module}.{name}" for name in names)]
        if not any(path == one or path.startswith(f"{one}.") for one in allowed for path in whole):
            yield IMPORTS, f"{module} is private to the core"
    elif top in sys.stdlib_module_names:
        if top in _LOGS and not way_in:
            yield SILENT, f"{module}: what is logged may be a patient's"
        elif any(module == one or module.startswith(f"{one}.") for one in _EFFECTS):
            yield PURE, f"{module} has effects"
    elif top not in known and top not in LIBRARIES:
        yield IMPORTS, f"{top} is not named in the dependencies of the project"


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))


def _declared(told: Mapping[str, Any]) -> Iterator[str]:
    """Modules of the distributions that the project names, and of what its extras of dmp-core bring."""
    needs = [*told.get("dependencies", ()), *chain.from_iterable(told.get("optional-dependencies", {}).values())]
    for need in needs:
        yield from _modules(_bare(need))
        extras = re.match(r"dmp-core\[([^\]]*)\]", need)
        for extra in extras[1].split(",") if extras else ():
            brought = (
                each for each in requires("dmp-core") or () if f'extra == "{extra.strip()}"' in each.replace("'", '"')
            )
            for each in brought:
                yield from _modules(_bare(each))


def _modules(distribution: str) -> Iterator[str]:
    yield from (distribution.replace("-", "_"), distribution.removeprefix("dmp-").replace("-", "_"))


def _bare(need: str) -> str:
    return re.split(r"[\s\[<>=!~;]", need, maxsplit=1)[0].lower().replace("_", "-")
