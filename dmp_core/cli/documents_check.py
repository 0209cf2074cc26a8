"""`dmp documents check FILE`: everything that the project's own checks and the rules of ANS find in a document."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors
from dmp_core.model.finding import Finding, Severity
from dmp_core.rules.checking import DocumentChecks


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--target", help="Whose rules: an environment, or segur. Default: the environment configured.")
@config_option
@json_option
@shows_errors
def command(file: Path, target: str | None, files: tuple[Path, ...], as_json: bool) -> None:
    """Check the CDA in FILE as it is checked before it is sent; status 1 where an error forbids that.

    Without a configuration, the project's own checks only.
    """
    checks = _checks(target, files)
    try:
        findings = checks.check(file.read_bytes())
    finally:
        checks.close()
    rules = checks.book.name if checks.book else None
    if as_json:
        show_json({"file": str(file), "rules": rules, "findings": [asdict(one) for one in findings]})
    else:
        _print(findings, rules)
    if any(one.severity is Severity.ERROR for one in findings):
        sys.exit(1)


def _checks(target: str | None, files: tuple[Path, ...]) -> DocumentChecks:
    if target is None and not files and not Path("dmp.toml").is_file():
        return DocumentChecks(None)
    config = read_config(files)
    return DocumentChecks.of(config.data, config.rules.of(target or config.environment))


def _print(findings: tuple[Finding, ...], rules: str | None) -> None:
    for one in findings:
        place = f", ligne {one.line}" if one.line else ""
        click.echo(f"{one.severity}  {one.rule}  {one.path}{place}\n    {one.detail or '-'}\n    {one.remedy}")
    told = f"règles de l’ANS : {rules}" if rules else "règles de l’ANS non installées : contrôles du module seuls"
    click.echo(f"{len(findings)} constat(s) ; {told}")
