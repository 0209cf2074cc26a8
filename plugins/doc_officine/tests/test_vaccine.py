"""Which vaccine a note names: the host's words, the carton's code, the configured files, and who must give the rest."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import doc_officine
import pytest
from doc_officine import bdpm
from doc_officine.bdpm import Medicines
from doc_officine.content import UN_SEUL, Vaccin
from doc_officine.gs1 import GS
from doc_officine.vaccine import OTHER_CARTON, Vaccine, complete

from dmp_core.api import CdaBody, Code, ContentInvalid, Context, DocumentWanted, Operator, Practitioner, Structure, Who
from dmp_core.api import oids as known_oids

TODAY = date(2026, 1, 15)
LABEL = "VACCIN TETANIQUE PASTEUR"
ATC = Code(code="J07AM", system=known_oids.ATC, label="vaccins tétaniques")
CIP = "3400932857241"
SCANNED = f"010{CIP}17270600104456672{GS}21ABC123"
SAID = {"cis": "68747507", "libelle": LABEL, "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"}}
FILES = Medicines(
    labels={"68747507": LABEL},
    cis_of_cip={CIP: "68747507"},
    atc_of_cis={"68747507": "J07AM"},
    atc_labels={"J07AM": "vaccins tétaniques"},
    absence=bdpm.NOT_FOUND,
)
NO_FILES = Medicines()
WHOLE = Vaccine(cis="68747507", label=LABEL, atc=ATC, cip=CIP, lot="4456672", expiry=date(2027, 6, 30))


def found(medicines: Medicines = NO_FILES, **said: Any) -> Vaccine:
    return complete(Vaccin.model_validate(said), medicines, TODAY)


def refused(medicines: Medicines = NO_FILES, **said: Any) -> dict[str, str]:
    with pytest.raises(ContentInvalid) as refusal:
        found(medicines, **said)
    return {finding.path: finding.remedy for finding in refusal.value.findings}


def test_the_code_of_the_carton_gives_cip_lot_and_expiry() -> None:
    assert found(**SAID, datamatrix=SCANNED) == WHOLE


def test_with_the_files_the_code_of_the_carton_is_enough() -> None:
    assert found(FILES, datamatrix=SCANNED) == WHOLE


def test_the_words_of_the_host_outrank_the_files() -> None:
    said = SAID | {"libelle": "VACCIN TETANIQUE", "cip": CIP, "lot": "4456672", "peremption": "2027-06-30"}

    assert found(FILES, **said) == replace(WHOLE, label="VACCIN TETANIQUE")


def test_what_is_missing_says_who_must_give_it() -> None:
    remedies = refused(datamatrix=f"010{CIP}17270600")

    assert remedies == {
        "vaccin.cis": "L’éditeur du LGO doit transmettre le code CIS de ce vaccin : "
        "aucun fichier des médicaments n’est configuré.",
        "vaccin.libelle": "L’éditeur du LGO doit transmettre le libellé de ce vaccin : "
        "aucun fichier des médicaments n’est configuré.",
        "vaccin.atc": "L’éditeur du LGO doit transmettre le code ATC de ce vaccin : "
        "aucun fichier des médicaments n’est configuré.",
        "vaccin.lot": "Saisissez le numéro de lot du vaccin.",
    }


def test_a_missing_label_of_an_atc_is_named_apart() -> None:
    remedies = refused(replace(FILES, atc_labels={}), datamatrix=SCANNED)

    assert remedies == {
        "vaccin.atc.libelle": "L’éditeur du LGO doit transmettre le libellé ATC de ce vaccin : "
        "les fichiers des médicaments configurés ne le donnent pas."
    }


def test_files_that_cannot_be_read_are_named_where_they_are_missed() -> None:
    unreadable = Medicines(absence=bdpm.UNREADABLE)

    assert found(unreadable, **SAID, datamatrix=SCANNED) == WHOLE
    assert "illisible" in refused(unreadable, datamatrix=SCANNED)["vaccin.cis"]


def test_the_carton_of_another_medicine_is_refused() -> None:
    assert refused(FILES, **SAID | {"cis": "11111111"}, datamatrix=SCANNED) == {"vaccin.datamatrix": OTHER_CARTON}
    assert refused(FILES, **SAID | {"cis": "11111111"}, cip=CIP, lot="1") == {"vaccin.cip": OTHER_CARTON}


def test_a_carton_that_no_file_knows_is_the_host_s_word() -> None:
    assert found(replace(FILES, cis_of_cip={}), **SAID, datamatrix=SCANNED) == WHOLE


def test_a_code_that_is_no_carton_has_a_remedy() -> None:
    assert refused(**SAID, datamatrix="4456672").keys() == {"vaccin.datamatrix"}


# ---------------------------------------------------------------- as the core calls it

WHO = Who(
    structure=Structure(national_id="1750000001", name="Pharmacie Exemple"),
    operator=Operator(id="1"),
    author=Practitioner(national_id="810000000001", family="EXEMPLE", given="Claude", profession="21", section="A"),
)


def resolve(content: dict[str, Any], **settings: str) -> Any:
    event = DocumentWanted.model_construct(
        item="item-1", type_id="note-vaccination", content=json.dumps(content).encode(), patient=None, who=WHO
    )
    return doc_officine.resolve_document(event, Context(now=datetime(2026, 1, 15, 9, tzinfo=UTC), settings=settings))


def test_a_scanned_note_becomes_a_document() -> None:
    body = resolve({"date": "2026-01-15", "acte": "BOOSTER", "vaccin": SAID | {"datamatrix": SCANNED}})

    assert isinstance(body, CdaBody)
    assert b"30/06/2027" in body.structured_body
    assert f'code="{CIP}"'.encode() in body.structured_body
    assert b"<lotNumberText>4456672</lotNumberText>" in body.structured_body


def test_a_prescription_stands_in_header_and_entry() -> None:
    order = {"racine": "1.2.3", "identifiant": "77"}

    body = resolve({"date": "2026-01-15", "acte": "BOOSTER", "vaccin": SAID | {"lot": "1"}, "prescription": order})

    assert [(one.system, one.code) for one in body.orders] == [("1.2.3", "77")]
    assert b'typeCode="REFR"' in body.structured_body
    assert b'<id root="1.2.3" extension="77"/>' in body.structured_body


@pytest.mark.parametrize(
    ("vaccines", "path"),
    [
        ({"vaccins": [SAID | {"lot": "1"}, SAID | {"lot": "2"}]}, "contenu"),
        ({"vaccin": [SAID | {"lot": "1"}, SAID | {"lot": "2"}]}, "vaccin"),
    ],
)
def test_a_host_that_hands_several_vaccines_is_told_to_save_each(vaccines: dict[str, Any], path: str) -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve({"date": "2026-01-15", "acte": "BOOSTER"} | vaccines)

    assert [(finding.path, finding.remedy) for finding in refusal.value.findings] == [(path, UN_SEUL)]


@pytest.mark.parametrize("beside", [{"cip": CIP}, {"lot": "1"}, {"peremption": "2027-06-30"}])
def test_a_scanned_code_stands_alone(beside: dict[str, str]) -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve({"date": "2026-01-15", "acte": "BOOSTER", "vaccin": SAID | beside | {"datamatrix": SCANNED}})

    assert [finding.path for finding in refusal.value.findings] == ["vaccin.datamatrix"]
