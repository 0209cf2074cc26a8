#!/usr/bin/env python3
"""A long fuzzing of every parser, guided by coverage (atheris), in a process each.

python tools/fuzz.py [--minutes N] [--target NAME]     status 1 where something undeclared came out; its input is kept
"""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
FOUND: Final = ROOT / ".fuzz"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10, help="of the whole campaign")
    parser.add_argument("--target", help="one parser alone, by its name")
    parser.add_argument("--seconds", type=int, help=argparse.SUPPRESS)  # of one target, in its own process
    asked = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests"))
    if asked.seconds is not None:
        return _one(asked.target, asked.seconds)
    from fuzz_targets import TARGETS

    names = [target.name for target in TARGETS]
    if asked.target and asked.target not in names:
        print(f"no such target; there are: {', '.join(names)}")
        return 2
    chosen = [asked.target] if asked.target else names
    seconds = max(1, round(asked.minutes * 60 / len(chosen)))
    failed = [name for name in chosen if _in_a_process(name, seconds)]
    print(
        f"{len(chosen)} parsers, {seconds} s each: " + (f"FAILED: {', '.join(failed)}" if failed else "nothing found")
    )
    return 1 if failed else 0


def _in_a_process(name: str, seconds: int) -> int:
    """libFuzzer ends its process: each parser gets one of its own."""
    print(f"== {name}", flush=True)
    command = [sys.executable, __file__, "--target", name, "--seconds", str(seconds)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        print(done.stdout[-4000:], done.stderr[-4000:], sep="\n")
    else:
        last = [line for line in done.stderr.splitlines() if line.startswith(("Done", "#"))][-1:]
        print("  ", *last)
    return done.returncode


def _one(name: str, seconds: int) -> int:
    """Fuzz in this process: what is imported from here on counts its coverage."""
    import atheris

    with atheris.instrument_imports(include=["dmp_core", "hostbridge", "doc_officine"]):
        from fuzz_targets import TARGETS, try_one
    chosen = next(each for each in TARGETS if each.name == name)
    corpus = FOUND / "corpus" / chosen.name.replace(" ", "_").replace(":", "")
    corpus.mkdir(parents=True, exist_ok=True)
    for rank, seed in enumerate(chosen.seeds):
        (corpus / f"seed-{rank}").write_bytes(seed)
    limits = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=10", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={FOUND}/", str(corpus)], lambda data: try_one(chosen, data))
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
