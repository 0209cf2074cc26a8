"""`dmp documents build TYPE CONTENT.json`: the CDA of a content, made and checked as the core does before sending."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import click
from pydantic import ValidationError

from dmp_core.api.events import DocumentWanted
from dmp_core.cli.documents import document_plugins, time_zone_of
from dmp_core.cli.setting import config_option, read_config, shows_errors, who_of
from dmp_core.config import Config
from dmp_core.documents import checks, frame
from dmp_core.documents.facts import Facts
from dmp_core.errors import ContentInvalid, MessageInvalid, NotFound
from dmp_core.model.finding import Finding, Severity
from dmp_core.model.identity import Patient
from dmp_core.model.practitioner import Who
from dmp_core.services.feed.composition import oid_of
from dmp_core.simulator.counter import demo_counter
from dmp_core.system import SystemClock, SystemIds


@click.command("build")
@click.argument("type_id", metavar="TYPE")
@click.argument("content", metavar="[CONTENT.json]", type=click.File("rb"), required=False)
@click.option("--example", is_flag=True, help="The content that the type ships, in place of CONTENT.json.")
@click.option("-o", "--output", type=click.File("wb", lazy=True), default="-", help="File of the CDA; - for stdout.")
@click.option(
    "--patient",
    "patient_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="JSON file of the patient. Default: a fictitious one.",
)
@config_option
@shows_errors
def command(
    type_id: str,
    content: BinaryIO | None,
    example: bool,
    output: BinaryIO,
    patient_file: Path | None,
    files: tuple[Path, ...],
) -> None:
    """Make the CDA of CONTENT.json (- for stdin), written by the demonstration pharmacy unless --config says otherwise.

    Findings go to stderr. The exit status is 1 where one of them would forbid sending.
    """
    if (content is None) is not example:
        raise click.UsageError("give CONTENT.json or --example")
    config = read_config(files) if files else None
    patient = _read_patient(patient_file) if patient_file else demo_counter().patients[0]
    try:
        document = _document(type_id, content.read() if content else None, patient, config)
    except ContentInvalid as error:
        _show(error.findings)
        raise
    output.write(document)
    findings = checks.check(document)
    _show(findings)
    sys.exit(1 if any(finding.severity is Severity.ERROR for finding in findings) else 0)


def _document(type_id: str, content: bytes | None, patient: Patient, config: Config | None) -> bytes:
    """The CDA; `content` None: the example of the type. Raises DmpError."""
    plugins = document_plugins(config)
    kind = plugins.type_of(type_id).type
    if content is None:
        if kind.example is None:
            raise NotFound("this type ships no example")
        content = json.dumps(kind.example).encode()
    who = who_of(config) if config else _demo_who()
    ids = SystemIds()
    wanted = DocumentWanted(item=str(ids.uuid()), type_id=type_id, content=content, patient=patient, who=who)
    body, _plugin = plugins.resolve(type_id, wanted)
    facts = Facts(
        kind,
        patient,
        who,
        unique_id=oid_of(ids.uuid()),
        set_id=oid_of(ids.uuid()),
        version=1,
        effective_time=SystemClock().now(),
        time_zone=time_zone_of(config),
    )
    return frame.compose(facts, body)


def _demo_who() -> Who:
    counter = demo_counter()
    author = counter.operator.practitioner
    assert author is not None, "the counter of the simulator has its pharmacist"
    return Who(structure=counter.structure, operator=counter.operator, author=author)


def _read_patient(file: Path) -> Patient:
    try:
        return Patient.model_validate_json(file.read_bytes())
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, one["loc"])) for one in error.errors(include_input=False))
        raise MessageInvalid(f"the patient's file: {fields}") from None


def _show(findings: Iterable[Finding]) -> None:
    for finding in findings:
        click.echo(f"{finding.severity}: {finding}. {finding.remedy}", err=True)
