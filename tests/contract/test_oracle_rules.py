"""The rules of ANS as the project runs them, against the package of ANS, its examples and its published verdicts.

Expected verdicts are typed from the notes on the rules (negative controls); the last test compares with another
runner of the same rules, which translates them its own way.
"""

import json
import random
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from dmp_core.cli import documents_check, rules
from dmp_core.documents.tree import path_of
from dmp_core.errors import RulesRefused
from dmp_core.model.finding import Finding, Severity
from dmp_core.rules.book import RuleBook
from dmp_core.rules.checking import DocumentChecks
from dmp_core.rules.installation import install, installed
from dmp_core.rules.package import open_package
from dmp_core.rules.ruleset import RuleSet

pytestmark = pytest.mark.oracle

AT = datetime(2026, 1, 15, tzinfo=UTC)
INTERVIEW = Path(__file__).with_name("rules_interview_n1.xml").read_text(encoding="utf-8")

HEADER = "ASIP-STRUCT-MIN-StrucMin.sch"
IHE = "IHE.sch"
FRENCH = "CI-SIS_ModelesDeContenusCDA.sch"
NOTE = "CI-SIS_VAC-NOTE_2023.01.sch"
XSD = "CDA_extended.xsd"

# name: (what is replaced in the interview, by what, how many findings, of which source)
HEADER_CONTROLS = {
    "no realmCode": (r'<realmCode code="FR"/>', "", None, HEADER),
    "N1 without its model": (r'<templateId root="1.3.6.1.4.1.19376.1.2.20"/>', "", 3, HEADER),
    "N1 with a fourth model": (r'(?=<id root="1.2.3.4.5.6.1.1"/>)', '<templateId root="1.2.3"/>', 1, HEADER),
    "code outside J07": ('code="78601-2"', 'code="00000-0"', 1, HEADER),
    "no displayName": (' displayName="CR d\'entretien pharmaceutique"', "", 1, HEADER),
    "confidentiality X": ('code="N" displayName="Normal"', 'code="X" displayName="Normal"', 1, HEADER),
    "language fr": ('code="fr-FR"', 'code="fr"', 1, HEADER),
    "no setId": ('<setId root="1.2.3.4.5.6.1"/>', "", 1, HEADER),
    "no versionNumber": ('<versionNumber value="1"/>', "", 1, HEADER),
    "INS without family BR": ('<family qualifier="BR">', '<family qualifier="CL">', 1, HEADER),
    "INS without given BR": ('<given qualifier="BR">', '<given qualifier="CL">', 1, HEADER),
    "INS without birth given names": ("<given>DOMINIQUE MARIE-LOUISE</given>", "", 1, HEADER),
    "INS without birthplace": (r"<birthplace>.*</birthplace>", "", 1, HEADER),
    "INS without county": ("<county>51215</county>", "", 1, HEADER),
    "family SP": ('<family qualifier="BR">', '<family qualifier="SP">', 2, HEADER),
    "no birthTime": ('<birthTime value="19790328"/>', "", 2, HEADER),
    "gender X": ('code="F" displayName', 'code="X" displayName', 2, HEADER),
    "author code unknown": ('code="G15_21/A"', 'code="G15_99/Z"', 2, HEADER),
    "prefix Mme": ("<prefix>MME</prefix>", "<prefix>Mme</prefix>", 1, HEADER),
    "suffix Pharmacien": ("<suffix>DR</suffix>", "<suffix>Pharmacien</suffix>", 1, HEADER),
    "custodian of another root": (
        r'(<representedCustodianOrganization>\s*<id root=")1.2.250.1.71.4.2.2',
        r"\g<1>1.2.250.1.71.4.2.9",
        1,
        HEADER,
    ),
    "no legalAuthenticator": (r"<legalAuthenticator>.*</legalAuthenticator>", "", 1, HEADER),
    "no performer": (r"<performer .*</performer>", "", 3, HEADER),
    "no low": (
        r'(<serviceEvent>.*<effectiveTime)><low value="20260115100000\+0100"/></effectiveTime>',
        r"\1/>",
        1,
        HEADER,
    ),
    "no standardIndustryClassCode": (r"<standardIndustryClassCode [^>]*>", "", 1, HEADER),
    "J04 unknown": ('code="AMBULATOIRE"', 'code="AILLEURS"', 1, HEADER),
    "J02 unknown": ('code="SA33"', 'code="SA99"', 1, HEADER),
    "J142 unknown": ('code="AMB"', 'code="XXX"', 1, HEADER),
    "no componentOf": (r"<componentOf>.*</componentOf>", "", 1, HEADER),
    "month 13": ('<birthTime value="19790328"', '<birthTime value="19791328"', 1, HEADER),
    "telecom without scheme": ('<telecom nullFlavor="NAV"/>', '<telecom value="0142515151"/>', 1, HEADER),
}
# the same of the vaccination note that ANS gives as an example
NOTE_CONTROLS = {
    "extension 2021.01": (r'(root="1.2.250.1.213.1.1.1.46" extension=")2023.01', r"\g<1>2021.01", 1, NOTE),
    "code 11369-6": (r'<code code="87273-9"', '<code code="11369-6"', 1, NOTE),
    "no lot": ("<lotNumberText>4456672</lotNumberText>", "", 1, NOTE),
    "CIP in place of CIS": ('codeSystem="1.2.250.1.213.2.3.1"', 'codeSystem="1.2.250.1.213.2.3.2"', 2, FRENCH),
    "no ATC": (r'<translation code="J07AM"[^>]*>', "", 1, NOTE),
    "no author of the entry": (
        r"<!-- Auteur -->\s*<author contextControlCode=\"OP\" typeCode=\"AUT\">.*?</author>",
        "",
        5,
        NOTE,
    ),
    "effectiveTime with hours": (
        '<effectiveTime value="20090928" />',
        '<effectiveTime value="200909281200+0100" />',
        1,
        NOTE,
    ),
    "effectiveTime of a year": ('<effectiveTime value="20090928" />', '<effectiveTime value="2009" />', 1, NOTE),
    "negationInd true": ('negationInd="false"', 'negationInd="true"', 1, NOTE),
    "statusCode active": ('(value="#vac-01" /></text>.*?)code="completed"', r'\1code="active"', 1, IHE),
    "act outside its value set": ('code="INITIMMUNIZ"', 'code="JAMAIS"', 1, FRENCH),
    "route outside its value set": ('code="20035000"', 'code="00000000"', 1, FRENCH),
    "site outside its value set": ('code="16217701000119102"', 'code="1"', 1, FRENCH),
    "section code": (r'(2.147"/>\s*<id[^>]*>\s*<code code=")11369-6', r"\g<1>00000-0", 1, IHE),
    "entry without its IHE model": (r'<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.12"/>', "", 2, NOTE),
    "two entries": (r"(<entry>.*</entry>)", r"\1\1", 1, NOTE),
}
UNSEEN = {  # what the rules of ANS accept: the project's own checks see it
    "label of the code": ('displayName="CR d\'entretien pharmaceutique"', 'displayName="Autre"', "code-label"),
    "language en-GB": ('code="fr-FR"', 'code="en-GB"', "language"),
    "setId is the id": ('<setId root="1.2.3.4.5.6.1"/>', '<setId root="1.2.3.4.5.6.1.1"/>', "set-id"),
    "author without code": (r"(<assignedAuthor>\s*<id[^>]*>)\s*<code [^>]*>", r"\1", "author-code"),
    "mediaType text/html": ('mediaType="application/pdf"', 'mediaType="text/html"', "media-type"),
    "body not base64": ("JVBERi0xLjQK", "%%%", "base64"),
    "version 0": ('<versionNumber value="1"/>', '<versionNumber value="0"/>', "version-number"),
}


def changed(text: str, old: str, new: str) -> bytes:
    found, count = re.subn(old, new, text, count=1, flags=re.DOTALL)
    assert count == 1, old
    return found.encode()


@pytest.fixture(scope="session")
def ans(oracle: Path) -> Path:
    return oracle / "ans"


@pytest.fixture(scope="session")
def data(ans: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the package of ANS is installed."""
    folder = tmp_path_factory.mktemp("data")
    install(ans, folder / "rules", name="ans", at=AT)
    return folder


@pytest.fixture(scope="session")
def book(data: Path) -> Iterator[RuleBook]:
    book = RuleBook(data / "rules" / "ans")
    yield book
    book.close()


@pytest.fixture(scope="session")
def note(ans: Path) -> str:
    return (ans / "ExemplesCDA" / "VAC-NOTE_2023.01.xml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def mutants(ans: Path, note: str) -> dict[str, bytes]:
    """Every control, the interview, and examples of each type with one coded value of the body less."""
    found = {"interview": INTERVIEW.encode()}
    found |= {name: changed(INTERVIEW, old, new) for name, (old, new, _, _) in HEADER_CONTROLS.items()}
    found |= {name: changed(note, old, new) for name, (old, new, _, _) in NOTE_CONTROLS.items()}
    chance = random.Random(20260115)
    for example in ("VAC_2023.01", "eDISP-MED_2024.01", "eP-MED-DM_2024.01_PosoStruct", "BIO-TROD_2024.01_Angine"):
        for rank in range(4):
            root = etree.fromstring((ans / "ExemplesCDA" / f"{example}.xml").read_bytes())
            coded = [one for one in root.iterfind(".//{*}structuredBody//{urn:hl7-org:v3}*") if one.get("code")]
            chance.choice(coded).attrib.pop("code")
            found[f"{example} {rank}"] = etree.tostring(root)
    return found


@pytest.fixture(scope="session", autouse=True)
def other_runner(oracle: Path, mutants: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Verdicts of the other runner, in a process beside the tests: its translation takes long to compile."""
    folder = tmp_path_factory.mktemp("mutants")
    for rank, document in enumerate(mutants.values()):
        (folder / f"{rank:03}.xml").write_bytes(document)
    process = subprocess.Popen([sys.executable, "-c", OTHER_RUNNER, str(oracle), str(folder)])
    yield folder
    process.kill()
    process.wait()


OTHER_RUNNER = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from check_cda import Oracle
from saxonche import PySaxonProcessor
PySaxonProcessor(license=False).set_configuration_property("http://saxon.sf.net/feature/optimizationLevel", "0")
oracle, folder = Oracle(), Path(sys.argv[2])
told = [[[f.source, f.role, f.location] for f in oracle.check(file)] for file in sorted(folder.glob("*.xml"))]
(folder / "verdicts.part").write_text(json.dumps(told))
(folder / "verdicts.part").rename(folder / "verdicts.json")
"""


def test_the_package_is_installed_whole(data: Path) -> None:
    (found,) = installed(data / "rules")

    assert found.general == [HEADER, IHE, FRENCH, "CI-SIS_Modeles_ANS.sch"]
    assert {one.name: dict(one.models) for one in found.types} == {
        NOTE: {"1.2.250.1.213.1.1.1.46": "2023.01"},
        "CI-SIS_VAC_2023.01.sch": {"1.2.250.1.213.1.1.1.37": ""},
        "CI-SIS_eDISP-MED_2024.01.sch": {"1.2.250.1.213.1.1.1.54": ""},
        "CI-SIS_EP-MED-DM_2024.01.sch": {"1.2.250.1.213.1.1.1.39": ""},
        "CI-SIS_BIO-TROD_2024.01.sch": {"1.2.250.1.213.1.1.1.59": ""},
    }
    assert found.notes == []


def test_the_13_examples_have_no_finding(book: RuleBook, ans: Path) -> None:
    examples = sorted((ans / "ExemplesCDA").glob("*.xml"))

    found = {example.name: book.check(example.read_bytes()) for example in examples}

    assert len(found) == 13
    assert {name: findings for name, findings in found.items() if findings} == {}


def test_the_interview_has_no_finding(book: RuleBook) -> None:
    assert book.check(INTERVIEW.encode()) == ()
    assert book.check(INTERVIEW.replace("78601-2", "56445-0").encode()) == ()


@pytest.mark.parametrize("name", HEADER_CONTROLS)
def test_what_is_wrong_in_a_header_is_found(name: str, book: RuleBook) -> None:
    old, new, count, source = HEADER_CONTROLS[name]

    found = book.check(changed(INTERVIEW, old, new))

    assert source in {one.rule for one in found}
    assert count is None or len([one for one in found if one.severity is Severity.ERROR and one.rule != XSD]) == count


@pytest.mark.parametrize("name", NOTE_CONTROLS)
def test_what_is_wrong_in_a_vaccination_is_found(name: str, book: RuleBook, note: str) -> None:
    old, new, count, source = NOTE_CONTROLS[name]

    found = book.check(changed(note, old, new))

    assert source in {one.rule for one in found}
    assert len([one for one in found if one.severity is Severity.ERROR and one.rule != XSD]) == count


@pytest.mark.parametrize("name", UNSEEN)
def test_what_the_rules_of_ans_accept_our_own_checks_find(name: str, book: RuleBook) -> None:
    old, new, rule = UNSEEN[name]
    document = changed(INTERVIEW, old, new)

    found = DocumentChecks(book).check(document)

    assert book.check(document) == ()
    assert rule in {one.rule for one in found}


def test_a_finding_tells_place_line_and_remedy_and_no_value(book: RuleBook) -> None:
    name = '<family qualifier="SP">DURAND-SECRET</family>'
    document = changed(INTERVIEW, r'<family qualifier="BR">PAT-TROIS</family>', name)
    document = document.replace(b'value="19790328"', b'value="1979-SECRET"')

    found = book.check(document)

    place = "/ClinicalDocument/recordTarget/patientRole/patient"
    lines = {one.path: one.line for one in found}
    assert lines[f"{place}/name"] == 1 + document[: document.index(b"<name>")].count(b"\n")
    assert lines[f"{place}/birthTime"] == 1 + document[: document.index(b"<birthTime")].count(b"\n")
    assert {one.rule for one in found} == {HEADER, XSD}
    assert all(one.remedy.endswith(".") and one.detail for one in found)
    assert "SECRET" not in repr(found)


@pytest.mark.exigence("EX_2.1-1115")
def test_a_self_presenting_document_is_checked(book: RuleBook) -> None:
    inner = INTERVIEW.partition("?>")[2].replace('code="FR"', 'code="GB"')
    sheet = '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"/>'

    found = book.check(f"{sheet}{inner}</xsl:stylesheet>".encode())

    assert ("/ClinicalDocument/realmCode", HEADER) in {(one.path, one.rule) for one in found}


def test_what_is_no_document_is_left_to_our_own_checks(book: RuleBook) -> None:
    assert [book.check(data) for data in (b"", b"<a/>", b"<!DOCTYPE a><a/>")] == [(), (), ()]
    assert [one.rule for one in DocumentChecks(book).check(b"<a/>")] == ["no-document"]


def test_a_large_document_is_checked_too(book: RuleBook) -> None:
    document = INTERVIEW.replace("JVBERi0xLjQK", "QUJD" * 2_000_000).replace('code="FR"', 'code="GB"')

    found = book.check(document.encode())

    assert {one.rule for one in found} == {HEADER}


# ---------------------------------------------------------------- the package in its other forms


@pytest.fixture(scope="session")
def archive(ans: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is downloaded: a ZIP with one folder, and more than the rules in it."""
    file = tmp_path_factory.mktemp("zip") / "TestContenuCDA-3-0-main.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(ans.rglob("*")):
            if path.is_file():
                made.write(path, f"TestContenuCDA-3-0-main/{path.relative_to(ans).as_posix()}")
        made.writestr("TestContenuCDA-3-0-main/schematrons/moteur/saxon.jar", b"PK")
    return file


def test_a_zip_is_the_same_package(ans: Path, archive: Path, tmp_path: Path) -> None:
    opened = open_package(archive)

    assert opened.label == "TestContenuCDA-3-0-main"
    assert opened.digest == open_package(ans).digest


def test_wrong_cases_and_missing_includes_are_tolerated_and_told(ans: Path, tmp_path: Path) -> None:
    """As in the published tree of February 2025: a name in another case, an include that does not exist."""
    package = tmp_path / "package"
    shutil.copytree(ans, package, copy_function=shutil.copy)
    _writable(package)
    (package / "MANIFEST.sha256").unlink()
    entries = package / "schematrons" / "include" / "entrees"
    (entries / "E_directiveAnticipee_int.sch").rename(entries / "E_directiveanticipee_int.sch")
    volet = package / "schematrons" / "CI-SIS_VAC_2023.01.sch"
    include = '<include href="include/specificationsVolets/absent.sch"/></schema>'
    volet.write_text(volet.read_text(encoding="utf-8").replace("</schema>", include), encoding="utf-8")
    (package / "schematrons" / "CI-SIS_NEUF_2026.01.sch").write_text("<schema")

    told = install(package, tmp_path / "rules", name="february", at=AT)

    assert told.notes == [
        "left out: schematrons/CI-SIS_NEUF_2026.01.sch: not well formed at line 1, column 8",
        "CI-SIS_VAC_2023.01.sch includes schematrons/include/specificationsVolets/absent.sch, which is not there",
    ]
    assert [one.name for one in told.types].count("CI-SIS_VAC_2023.01.sch") == 1


DAMAGED = {
    "an altered file": (
        "schematrons/profils/IHE.sch",
        b"<schema/>",
        "MANIFEST.sha256: changed: schematrons/profils/IHE",
    ),
    "a foreign file": (
        "schematrons/CI-SIS_X.sch",
        b"<schema/>",
        "MANIFEST.sha256: not listed: schematrons/CI-SIS_X.sch",
    ),
    "a lost file": ("schematrons/profils/IHE.sch", None, "MANIFEST.sha256: absent: schematrons/profils/IHE.sch"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_package_that_is_not_as_its_manifest_says_is_refused(case: str, ans: Path, tmp_path: Path) -> None:
    path, content, reason = DAMAGED[case]
    package = tmp_path / "package"
    shutil.copytree(ans, package, copy_function=shutil.copy)
    _writable(package)
    (package / path).unlink(missing_ok=True)
    if content is not None:
        (package / path).write_bytes(content)

    with pytest.raises(RulesRefused) as refused:
        install(package, tmp_path / "rules", name="damaged", at=AT)

    assert refused.value.detail.startswith(reason)
    assert not list(tmp_path.glob("rules/*"))


# ---------------------------------------------------------------- the commands


def test_the_commands_install_list_check_and_remove(archive: Path, note: str, tmp_path: Path) -> None:
    run = CliRunner().invoke
    data = tmp_path / "data"
    where = ["--data", str(data)]

    put_in = run(rules.command, ["install", str(archive), "--name", "ans-2025", *where, "--json"])
    twice = run(rules.command, ["install", str(archive), "--name", "ans-2025", *where])
    listed = run(rules.command, ["list", *where, "--json"])
    taken_out = run(rules.command, ["remove", "ans-2025", *where])

    assert put_in.exit_code == 0, put_in.output
    assert RuleSet.model_validate_json(put_in.stdout).name == "ans-2025"
    assert (twice.exit_code, "--name" in twice.output) == (1, True)
    assert [one["name"] for one in json.loads(listed.stdout)] == ["ans-2025"]
    assert (taken_out.exit_code, list((data / "rules").iterdir())) == (0, [])


def test_a_document_is_checked_against_the_set_of_a_target(data: Path, tmp_path: Path) -> None:
    config = tmp_path / "dmp.toml"
    config.write_text(CONFIG.format(data=data.as_posix()), encoding="utf-8")
    document = tmp_path / "interview.xml"
    document.write_text(INTERVIEW.replace('code="FR"', 'code="GB"'), encoding="utf-8")
    command = [str(document), "--config", str(config), "--json"]

    told = CliRunner().invoke(documents_check.command, [*command, "--target", "production"])
    absent = CliRunner().invoke(documents_check.command, [*command, "--target", "segur"])

    answer = json.loads(told.stdout)
    assert told.exit_code == 1
    assert (answer["file"], answer["rules"]) == (str(document), "ans")
    found = [one for one in answer["findings"] if one["path"] == "/ClinicalDocument/realmCode"]
    assert [(one["rule"], one["severity"], one["line"]) for one in found] == [(HEADER, "warning", 3)]
    assert json.loads(absent.stdout)["error"]["code"] == "DMP-CONF-004"


CONFIG = """
environment = "simulation"
data = "{data}"
[software]
name = "essai"
version = "1"
homologation = "ESSAI"
oid = "1.2.250.1.999.1"
[dmp]
url = "https://127.0.0.1/si-dmp-server/v2/services/"
ca = "ca.pem"
[structure.1750000001]
name = "Pharmacie"
[rules]
production = "ans"
segur = "segur-2026"
"""


# ---------------------------------------------------------------- against the other runner


def test_the_other_runner_of_the_rules_gives_the_same_verdicts(
    book: RuleBook, mutants: dict[str, bytes], other_runner: Path
) -> None:
    verdicts = other_runner / "verdicts.json"

    _wait_for(verdicts)

    expected = json.loads(verdicts.read_bytes())
    differing = {
        name: (ours, theirs)
        for (name, document), told in zip(mutants.items(), expected, strict=True)
        if (ours := Counter(map(_ours, book.check(document)))) != (theirs := Counter(_theirs(document, told)))
    }
    assert sum(map(bool, expected)) > 55, "the mutants are mostly wrong"
    assert differing == {}


def _ours(one: Finding) -> tuple[str, bool, str]:
    place = f"line {one.line}" if one.rule == XSD else one.path
    return one.rule, one.severity is Severity.ERROR, place


def _theirs(document: bytes, told: list[list[str]]) -> Iterator[tuple[str, bool, str]]:
    root = etree.fromstring(document)
    for source, role, location in told:
        if source == "XSD":
            yield XSD, True, location
            continue
        element = root
        for step in location.split("/")[2:]:
            name, rank = step.rstrip("]").split("[")
            same = [one for one in element.iterchildren(etree.Element) if _name(one) == name]
            element = same[int(rank) - 1]
        yield source, role == "error", path_of(element)


def _name(element: etree._Element) -> str:
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def _writable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)


def _wait_for(file: Path) -> None:
    for _ in range(2400):
        if file.exists():
            return
        threading.Event().wait(0.1)
    pytest.fail(f"no {file.name}")
