"""From a found plugin to its hooks: the package is imported and must hold exactly what its manifest declares."""

import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from dmp_core.errors import PluginRefused
from dmp_core.plughost.hooks import HOOKS
from dmp_core.plughost.manifest import Manifest

Hook = Callable[[Any, Any], Any]


def load(manifest: Manifest, folder: Path) -> Mapping[str, Hook]:
    """Import the plugin's package from the very folder whose manifest was admitted; its hooks by name.

    Raises PluginRefused, or whatever the plugin's own code raises.
    """
    return hooks_of(_imported(folder), manifest)


def hooks_of(module: ModuleType, manifest: Manifest) -> Mapping[str, Hook]:
    """The functions of `module` marked with @hookimpl: plain, and those of the manifest. Raises PluginRefused."""
    marked = {name: value for name, value in vars(module).items() if isinstance(getattr(value, "dmp_impl", None), dict)}
    for name, function in marked.items():
        if name not in HOOKS:
            raise PluginRefused(f"unknown hook: {name[:60]}")
        _must_be_plain(name, function)
    if missing := set(manifest.hooks) - marked.keys():
        raise PluginRefused(
            f"declared and not implemented with @hookimpl: {', '.join(sorted(missing))}; "
            f"a hook stands in {module.__name__}/__init__.py or is imported there"
        )
    if undeclared := marked.keys() - set(manifest.hooks):
        raise PluginRefused(f"implemented and not declared in the manifest: {', '.join(sorted(undeclared))}")
    return marked


def _must_be_plain(name: str, function: Any) -> None:
    if not isinstance(function, FunctionType):
        raise PluginRefused(f"{name} is no function")
    if any(function.__dict__["dmp_impl"].values()):
        raise PluginRefused(f"{name}: a hook is no wrapper and has no options")
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise PluginRefused(f"{name} is async")
    if inspect.isgeneratorfunction(function):
        raise PluginRefused(f"{name} is a generator")
    parameters = inspect.signature(function, follow_wrapped=False).parameters.values()
    if [(p.name, p.kind, p.default) for p in parameters] != [
        (argument, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty) for argument in ("event", "ctx")
    ]:
        raise PluginRefused(f"{name} must take (event, ctx), without defaults")


def _imported(folder: Path) -> ModuleType:
    """The package in `folder`, imported once. Raises PluginRefused where another module owns its name."""
    name = folder.name
    _name_must_be_free(name, folder)
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None or not (folder / "__init__.py").is_file():
        raise PluginRefused(f"{name} is no Python package")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        for loaded in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
            del sys.modules[loaded]
        raise
    return module


def _name_must_be_free(name: str, folder: Path) -> None:
    """A plugin may neither hide a module of somebody else nor be hidden by it."""
    try:
        spec = importlib.util.find_spec(name)
    except ValueError:
        raise PluginRefused(f"the name {name} belongs to a module that is not the plugin's") from None
    if spec is not None and (spec.origin is None or Path(spec.origin).resolve().parent != folder.resolve()):
        raise PluginRefused(f"the name {name} belongs to a module that is not the plugin's")
