"""The process that runs the rules: `python -m dmp_core.rules.worker FOLDER LIMITS`. It imports nothing of the core.

It reads requests on standard input, a line of JSON and the document's bytes, and answers each with a line of JSON.
Saxon's settings hold for a whole process: here it opens no file and no address, calls no function of the host and
refuses a DOCTYPE. A request that takes too long ends the process, by a watchdog that waits for nothing.
"""

import faulthandler
import json
import os
import re
import sys
from pathlib import Path
from typing import IO, Any, Final

SETTINGS: Final = {
    "http://saxon.sf.net/feature/allowedProtocols": "none",
    "http://saxon.sf.net/feature/allow-external-functions": "false",
    "http://saxon.sf.net/feature/parserFeature?uri=http%3A//apache.org/xml/features/disallow-doctype-decl": "true",
    "http://saxon.sf.net/feature/optimizationLevel": "0",  # compiles in half the time, runs as fast
}
MOST: Final = 500  # lines told of one document
_PLACE: Final = re.compile(r"on line [0-9]+ column [0-9]+ of file:\S*")


class Rules:
    """The stylesheets of one folder, each compiled at its first use."""

    def __init__(self, folder: Path) -> None:
        from saxonche import PySaxonProcessor

        self._folder = folder
        self._saxon = PySaxonProcessor(license=False)
        for name, value in SETTINGS.items():
            self._saxon.set_configuration_property(name, value)
        self._compiled: dict[str, Any] = {}

    def compile(self, name: str) -> None:
        if name not in self._compiled:
            text = (self._folder / f"{name}.xsl").read_text(encoding="utf-8")
            self._compiled[name] = self._saxon.new_xslt30_processor().compile_stylesheet(stylesheet_text=text)

    def run(self, names: list[str], document: bytes) -> dict[str, list[Any]]:
        """`found`: [name, number of the rule, place of the element], in the order of the rules. `failed`: names.

        Saxon's words on why a stylesheet failed may quote the document: they stay here.
        """
        node = self._saxon.parse_xml(xml_text=document.decode())
        found: list[tuple[str, int, str]] = []
        failed = []
        for name in names:
            try:
                told = self._compiled[name].transform_to_string(xdm_node=node) or ""
            except Exception:  # noqa: BLE001 - of no documented class
                failed.append(name)
                continue
            for line in told.splitlines()[: MOST - len(found)]:
                number, *place = line.split()  # the document itself has no place
                found.append((name, int(number), "".join(place)))
        return {"found": found, "failed": failed}


def main(folder: str, limits: str) -> None:
    """`limits`, JSON: memory in bytes, seconds to compile, seconds to check."""
    requests, answers = sys.stdin.buffer, _take_stdout()
    chosen = json.loads(limits)
    _limit(chosen["memory"])
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        rules = None
        while line := requests.readline():
            request = json.loads(line)
            document = requests.read(request["bytes"])
            faulthandler.dump_traceback_later(chosen["compile"], exit=True, file=nowhere)
            try:
                rules = rules or Rules(Path(folder))
                for name in request["rules"]:
                    rules.compile(name)
                faulthandler.dump_traceback_later(chosen["check"], exit=True, file=nowhere)
                answer: dict[str, Any] = rules.run(request["rules"], document) if document else {}
            except Exception as error:  # noqa: BLE001 - of no documented class
                answer = {"error": type(error).__name__ if document else _of_compiler(error)}
            faulthandler.cancel_dump_traceback_later()
            answers.write(json.dumps(answer).encode() + b"\n")
            answers.flush()


def _take_stdout() -> IO[bytes]:
    """The pipe to whoever asked; what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _limit(memory: int) -> None:
    """No more memory than this, no core file, no file longer than nothing. Windows has no such limits."""
    if sys.platform == "win32":
        return
    import resource

    # Saxon reserves 32 GB of addresses that it never uses: only what is written to is counted.
    for kind, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (most, most))


def _of_compiler(error: Exception) -> str:
    """What is wrong with a stylesheet, on one line, without the machine's folders."""
    return " ".join(_PLACE.sub("", str(error)).split())[:500]


if __name__ == "__main__":
    main(*sys.argv[1:3])
