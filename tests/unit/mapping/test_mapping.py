"""A table instead of code: what it says of a host's file, and what it says where the file or the table is wrong."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_core.api import ContentInvalid
from dmp_core.api.mapping import FileMapping, documents, read_mapping
from dmp_core.errors import ConfigInvalid

PATIENT = """
[patient]
host_id = "patient/numero"
status = { from = "patient/statut", default = "provisoire", words = { Q = "qualifiee" } }
[patient.traits]
birth_name = "patient/nom"
birth_given_names = "patient/prenoms"
first_birth_given_name = "patient/prenom"
sex = { from = "patient/sexe", words = { F = "F", H = "M" } }
birth_date = { from = "patient/ne_le", date = "%d/%m/%Y" }
[patient.ins]
value = "patient/ins"
oid = { constant = "1.2.250.1.213.1.4.10" }
"""
DOCUMENT = """
[[document]]
when = { nature = ["BILAN", "BPM"], etat = "VALIDE" }
type = "bilan-medication"
key = { join = ["id", "version"], with = "/" }
record = "id"
[document.content]
date = { from = "date", date = "%d/%m/%Y" }
dose = { from = "dose", decimal = "," }
lignes = { each = "lignes/ligne", item = { nom = "nom" } }
pdf = { file = "fichier" }
"""
RECORD = {
    "id": "B-7",
    "version": "2",
    "nature": "BPM",
    "etat": "VALIDE",
    "date": "15/01/2026",
    "dose": "1 250,5",
    "lignes": {"ligne": [{"nom": "A"}, {"nom": "B"}]},
    "patient": {
        "numero": "10425",
        "statut": "Q",
        "nom": "PAT-TROIS",
        "prenoms": "DOMINIQUE",
        "prenom": "DOMINIQUE",
        "sexe": "F",
        "ne_le": "05/03/1979",
        "ins": "279035121518989",
    },
}
XML = """<?xml version="1.0"?><export xmlns="urn:lgo"><acte id="B-7"><version>2</version><nature>BPM</nature>
<etat>VALIDE</etat><date>15/01/2026</date><dose>1 250,5</dose><lignes><ligne><nom>A</nom></ligne><ligne><nom>B</nom>
</ligne></lignes><patient><numero>10425</numero><statut>Q</statut><nom>PAT-TROIS</nom><prenoms>DOMINIQUE</prenoms>
<prenom>DOMINIQUE</prenom><sexe>F</sexe><ne_le>05/03/1979</ne_le><ins>279035121518989</ins></patient></acte></export>"""


def mapping(form: str, document: str = DOCUMENT, patient: str = PATIENT) -> FileMapping:
    return read_mapping(f"[file]\n{form}\n{patient}\n{document}")


ONE = "[file]\nformat = 'json'\n[[document]]\ntype='x'\nrecord='r'\nkey='k'\n[document.content]\n"
AS_JSON = mapping('format = "json"\neach = "actes"')
AS_XML = mapping('format = "xml"\neach = "acte"', DOCUMENT.replace('"id"', '"@id"'))


def exported(**changes: object) -> bytes:
    return json.dumps({"actes": [RECORD | changes]}).encode()


def in_csv(name: str) -> str:
    return PATIENT.replace("patient/", "") if name == "patient" else DOCUMENT.replace("lignes = ", "# ")


@pytest.mark.parametrize(("how", "data"), [(AS_JSON, exported()), (AS_XML, XML.encode())], ids=["json", "xml"])
def test_one_table_reads_the_same_document_out_of_each_format(how: FileMapping, data: bytes) -> None:
    (document,) = documents(how, data)

    assert (document.key, document.record, document.type_id) == ("B-7/2", "B-7", "bilan-medication")
    assert document.content == {"date": "2026-01-15", "dose": 1250.5, "lignes": [{"nom": "A"}, {"nom": "B"}]}
    assert document.patient.qualified_ins is not None
    assert document.patient.traits.birth_date.isoformat() == "1979-03-05"


def test_csv_is_read_in_the_encoding_of_the_host() -> None:
    how = mapping('format = "csv"\nencoding = "cp1252"', in_csv("document"), in_csv("patient"))
    heading = "id;version;nature;etat;date;dose;numero;statut;nom;prenoms;prenom;sexe;ne_le;ins"
    line = 'B-7;2;BILAN;VALIDE;15/01/2026;2;10425;;"PAT;É";DOMINIQUE;DOMINIQUE;H;05/03/1979;'

    (document,) = documents(how, f"{heading}\r\n{line}\r\n".encode("cp1252"))

    assert document.patient.traits.birth_name == "PAT;É"
    assert document.patient.ins is None
    assert document.content == {"date": "2026-01-15", "dose": 2}


def test_a_record_that_no_document_takes_is_passed_over() -> None:
    assert documents(AS_JSON, exported(etat="BROUILLON")) == ()


def test_a_file_beside_is_joined_in_base64() -> None:
    (document,) = documents(AS_JSON, exported(fichier="bilan.pdf"), lambda name: name.encode())

    assert document.content["pdf"] == base64.b64encode(b"bilan.pdf").decode()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"date": "2026-01-15"}, "enregistrement 1 : contenu.date"),
        ({"dose": "beaucoup"}, "enregistrement 1 : contenu.dose"),
        ({"patient": RECORD["patient"] | {"sexe": "X"}}, "enregistrement 1 : patient.traits.sex"),  # type: ignore[operator]
        ({"patient": RECORD["patient"] | {"nom": ""}}, "enregistrement 1 : patient.traits.birth_name"),  # type: ignore[operator]
        ({"version": None}, "enregistrement 1 : clé"),
        ({"fichier": "x.pdf"}, "enregistrement 1 : contenu.pdf"),
    ],
)
def test_what_is_wrong_is_named_by_its_place_and_never_by_its_value(changes: dict[str, object], place: str) -> None:
    with pytest.raises(ContentInvalid) as refusal:
        documents(AS_JSON, exported(**changes))

    assert [finding.path for finding in refusal.value.findings] == [place]
    assert not {"beaucoup", "10425", "PAT-TROIS", "2026-01-15"} & set(str(refusal.value).split())


@pytest.mark.parametrize(
    ("how", "data"),
    [
        ('format = "json"', b"{"),
        ('format = "json"', b'{"a": NaN}'),
        ('format = "json"', b"[" * 100_000),
        ('format = "xml"', b"<!DOCTYPE x []><x/>"),
        ('format = "xml"', b"<x>"),
        ('format = "csv"', "nom\né".encode("cp1252")),
        ('format = "csv"', b"a;a\n1;2\n"),
        ('format = "csv"', b"a;b\n1\n"),
        ('format = "csv"', b'a;b\n"1;2\n'),
        ('format = "csv"', b""),
    ],
)
def test_a_file_that_is_not_of_its_format_is_refused(how: str, data: bytes) -> None:
    with pytest.raises(ContentInvalid):
        documents(mapping(how), data)


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ("[file]\nformat = 'yaml'", "file.format"),
        ("[file]\nformat = 'csv'\neach = 'a'", "each"),
        ("[file]\nformat = 'json'\nencoding = 'utf-16'", "encoding"),
        ("[file]\nformat = 'json'", "document"),
        ("[file]\nformat = 'json'\n[[document]]\ntype='x'\nrecord='r'\nkey={join=[]}", "join"),
        (ONE + "a={from='b', when='c'}", "a: from"),
        (ONE + "a={each='b'}", "a: "),
        ("= x", "TOML"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused_with_the_place(table: str, place: str) -> None:
    with pytest.raises(ConfigInvalid, match=place):
        read_mapping(table)


@given(st.binary(max_size=300), st.sampled_from(["csv", "json", "xml"]))
def test_no_bytes_raise_anything_else(data: bytes, form: str) -> None:
    try:
        documents(mapping(f'format = "{form}"'), data)
    except ContentInvalid as error:
        assert error.findings
