"""A small package in the layout of ANS's: an XSD that allows all, four general schematrons, one of a type."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dmp_core.rules.book import RuleBook
from dmp_core.rules.installation import install
from dmp_core.rules.process import Limits

HL7 = "urn:hl7-org:v3"
XSD = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{HL7}">
<xs:include schemaLocation="general/base.xsd"/></xs:schema>"""
BASE = f"""<!DOCTYPE xs:schema PUBLIC "-//W3C//DTD XMLSCHEMA 200102//EN" "XMLSchema.dtd" [<!ATTLIST a id ID #IMPLIED>]>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{HL7}"><xs:element name="ClinicalDocument">
<xs:complexType mixed="true"><xs:sequence><xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/>
</xs:sequence><xs:attribute name="classCode"><xs:simpleType><xs:restriction base="xs:string">
<xs:pattern value="DOC[A-Z]*"/></xs:restriction></xs:simpleType></xs:attribute></xs:complexType></xs:element>
</xs:schema>"""
VALUES = '<set xmlns="urn:ihe:iti:svs:2008"><Concept code="N"/><Concept code="R"/></set>'

Schematron = Callable[..., str]


def schematron(*patterns: str, top: str = "") -> str:
    """A schema of ISO schematron around `patterns`, with the prefixes `cda` and `svs`."""
    return f"""<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2" {top}>
<ns prefix="cda" uri="{HL7}"/><ns prefix="svs" uri="urn:ihe:iti:svs:2008"/>{"".join(patterns)}</schema>"""


def rule(context: str, *tests: str) -> str:
    return f'<pattern><rule context="{context}">{"".join(tests)}</rule></pattern>'


@pytest.fixture
def files() -> dict[str, str]:
    """The package, to be changed by a test before it is written."""
    empty = schematron(rule("cda:nothing", '<assert test="true()">never</assert>'))
    model = "cda:templateId[@root = '1.2.250.1.213.1.1.1.46' and @extension='2023.01']"
    volet = rule("cda:ClinicalDocument", f'<assert test="{model}">the model</assert>')
    return {
        "infrastructure/cda/CDA_extended.xsd": XSD,
        "infrastructure/cda/general/base.xsd": BASE,
        "jeuxDeValeurs/confidentiality.xml": VALUES,
        "schematrons/profils/structurationMinimale/ASIP-STRUCT-MIN-StrucMin.sch": empty,
        "schematrons/profils/IHE.sch": empty,
        "schematrons/profils/CI-SIS_ModelesDeContenusCDA.sch": empty,
        "schematrons/profils/CI-SIS_Modeles_ANS.sch": empty,
        "schematrons/CI-SIS_VAC-NOTE_2023.01.sch": schematron(volet),
    }


@pytest.fixture
def write(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Write the files of a package into a folder."""

    def made(files: dict[str, str]) -> Path:
        folder = tmp_path / "package"
        for path, content in files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content, encoding="utf-8")
        return folder

    return made


@pytest.fixture
def make_book(
    files: dict[str, str], write: Callable[[dict[str, str]], Path], tmp_path: Path
) -> Iterator[Callable[..., RuleBook]]:
    """A book of the package in which `IHE.sch` is the schematron given; `limits` as for a RuleBook."""
    opened: list[RuleBook] = []

    def made(ihe: str | None = None, **limits: Any) -> RuleBook:
        if ihe is not None:
            files["schematrons/profils/IHE.sch"] = ihe
        install(write(files), tmp_path / "rules", name="small", at=datetime(2026, 1, 15, tzinfo=UTC))
        opened.append(RuleBook(tmp_path / "rules" / "small", Limits(**limits)))
        return opened[-1]

    yield made
    for book in opened:
        book.close()


@pytest.fixture
def make_schematron() -> Schematron:
    return schematron


@pytest.fixture
def make_rule() -> Schematron:
    return rule
