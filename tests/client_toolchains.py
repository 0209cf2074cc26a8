"""The clients as a vendor builds them: copied into a folder of their own, with the toolchains of Debian."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CLIENTS = ROOT / "hostbridge" / "clients"
HOSTS = ROOT / "tests" / "integration" / "bridge" / "client_hosts"
GSON = "/usr/share/java/gson.jar"
C_LIBRARY = ("dmp_bridge.c", "json_scan.c", "child_posix.c")


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """One step of a build; its words are shown where it fails."""
    program = str(command[0])
    if shutil.which(program) is None:
        if os.environ.get("CI") == "true":
            raise AssertionError(f"{program} is missing")
        pytest.skip(f"LOUD: {program} is not installed: this client is not tried")
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def c(folder: Path, program: str) -> list[str]:
    sources = [folder / name for name in (f"{program}.c", *C_LIBRARY)]
    run("gcc", "-std=gnu11", "-pthread", "-g", "-fsanitize=address,undefined", "-o", folder / program, *sources)
    return [str(folder / program)]


def pascal(folder: Path, program: str) -> list[str]:
    shared_library(folder)
    run("fpc", f"-FE{folder}", f"-FU{folder}", f"-Fl{folder}", f"-Fu{folder}", "-Sew", folder / f"{program}.pas")
    return [str(folder / program)]


def csharp(folder: Path, program: str) -> list[str]:
    shared_library(folder)
    made = folder / f"{program.title()}.exe"
    sources = [folder / name for name in ("DmpBridge.cs", "Types.cs", f"{program.title()}.cs")]
    references = ("-r:System.Runtime.Serialization", "-r:System.Core")
    run("mcs", "-warnaserror", "-langversion:7", *references, f"-out:{made}", *sources)
    return ["mono", str(made)]


def java(folder: Path, program: str) -> list[str]:
    files = (*sorted((folder / "fr/dmp/bridge").glob("*.java")), folder / f"{program.title()}.java")
    run("javac", "-Xlint:all", "-Werror", "-cp", GSON, "-d", folder, *files)
    return ["java", "-cp", f"{folder}:{GSON}", program.title()]


def typescript(folder: Path, program: str) -> list[str]:
    settings = folder / "tsconfig.json"
    settings.write_text(settings.read_text(encoding="utf-8").replace("example.ts", f"{program}.ts"), encoding="utf-8")
    run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", cwd=folder)
    run("node", "node_modules/typescript/bin/tsc", cwd=folder)
    return ["node", str(folder / f"{program}.js")]


def python(folder: Path, program: str) -> list[str]:
    package = folder / "dmp_bridge_client"
    package.mkdir()
    for file in folder.glob("*.py"):
        if file.name != f"{program}_in_python.py":
            file.rename(package / file.name)
    return [sys.executable, str(folder / f"{program}_in_python.py")]


def shared_library(folder: Path) -> None:
    for file in (CLIENTS / "c").iterdir():
        shutil.copy(file, folder)
    sources = [folder / name for name in C_LIBRARY]
    run("gcc", "-std=c11", "-fPIC", "-shared", "-fvisibility=hidden", "-o", folder / "libdmp_bridge.so", *sources)


BUILDS: dict[str, Callable[[Path, str], list[str]]] = {
    "c": c,
    "csharp": csharp,
    "java": java,
    "pascal": pascal,
    "python": python,
    "typescript": typescript,
}


def build(language: str, folder: Path, program: str = "example") -> list[str]:
    """The command of the client's example, or of the tests' `host`, made in this empty folder; with `LD_LIBRARY_PATH`
    naming it, C# and Pascal find the library."""
    shutil.copytree(
        CLIENTS / language, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "__pycache__")
    )
    for file in HOSTS.glob("[Hh]ost*"):
        shutil.copy(file, folder)
    return BUILDS[language](folder, program)
