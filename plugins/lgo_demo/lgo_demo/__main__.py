"""`python -m lgo_demo --scenario feed|consult --bridge COMMAND...`: on a terminal; `--web`: in a browser."""

import argparse
import json
import sys
from pathlib import Path

from hostbridge.clients.python import BridgeClient
from lgo_demo.case import read_case
from lgo_demo.consult import consult
from lgo_demo.feed import feed
from lgo_demo.steps import Step


def main(arguments: list[str] | None = None) -> int:
    """Run one scenario, or serve pages. Gives 0 where every step went well, else 1."""
    parser = argparse.ArgumentParser(prog="python -m lgo_demo", description="A small LGO that drives the bridge.")
    parser.add_argument("--scenario", choices=("feed", "consult"), default="feed")
    parser.add_argument("--json", action="store_true", help="one JSON object a step")
    parser.add_argument("--case", type=Path, help="JSON file: another pharmacy, operator, patients")
    parser.add_argument("--save", default="demonstration-1", help="feed: name of this save; the same is fed once")
    parser.add_argument("--web", action="store_true", help="a pharmacy software in a browser; prints its address")
    parser.add_argument("--port", type=int, default=0, help="web: any free one without it")
    parser.add_argument("--tray", type=Path, help="web: tray.json of `dmp simulate --cards`, to move its cards")
    parser.add_argument("--bridge", nargs=argparse.REMAINDER, required=True, help="command that starts it; the rest")
    chosen = parser.parse_args(arguments)
    if chosen.web:
        from lgo_demo.web.serve import serve

        return serve(BridgeClient(chosen.bridge), read_case(chosen.case), port=chosen.port, tray=chosen.tray)
    tell = _tell_json if chosen.json else _tell_text
    with BridgeClient(chosen.bridge) as client:
        case = read_case(chosen.case)
        if chosen.scenario == "feed":
            steps = feed(client, case, save=chosen.save, tell=tell)
        else:
            steps = consult(client, case, tell=tell)
    return 0 if all(step.ok for step in steps) else 1


def _tell_json(step: Step) -> None:
    sys.stdout.write(json.dumps(step.as_data(), ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _tell_text(step: Step) -> None:
    mark = "ok    " if step.ok else "FAILED"
    sys.stdout.write(f"{mark} {step.ms:6} ms  {step.step:16} {step.transaction:6} {step.state:22} {step.detail}\n")
    for one in step.documents:
        sys.stdout.write(f"           {one.date[:8]}  {one.type}, {one.author}: {one.title} ({one.size} bytes)\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
