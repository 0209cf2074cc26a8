"""A patient of ANS's examples as host and INSi know them, and answers of INSi as its test platform writes them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from dmp_core.dmp.vihf import Caller
from dmp_core.identity.insi_settings import InsiSettings
from dmp_core.model.access import Mode
from dmp_core.model.identity import (
    CertifiedIdentity,
    IdentityDocument,
    IdentityDocumentKind,
    IdentityStatus,
    Ins,
    Patient,
    Sex,
)
from dmp_core.model.oids import InsOid
from dmp_core.model.software import Software
from dmp_core.ports import HttpAnswer
from dmp_core.testing import people

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">'
    '<env:Body xmlns:env="http://www.w3.org/2003/05/soap-envelope">%s</env:Body></soap:Envelope>'
)
RESULT = '<RESULTAT xmlns="http://www.cnamts.fr/INSiResultat"><CR><CodeCR>%s</CodeCR><LibelleCR>%s</LibelleCR></CR>%s</RESULTAT>'


@pytest.fixture
def make_patient() -> Callable[..., Patient]:
    """The patient with a status, marks and other traits; without INS where the status has none."""

    def make(status: IdentityStatus = IdentityStatus.PROVISOIRE, *, marks: Any = (), **traits: Any) -> Patient:
        patient = people.patient(status)
        has_ins = status in (IdentityStatus.RECUPEREE, IdentityStatus.QUALIFIEE)
        changed = patient.traits.model_copy(update=traits)
        update = {"traits": changed, "marks": frozenset(marks), "ins": patient.ins if has_ins else None}
        return patient.model_copy(update=update)

    return make


@pytest.fixture
def make_certified() -> Callable[..., CertifiedIdentity]:
    """The same person as INSi knows them."""

    def make(**changes: Any) -> CertifiedIdentity:
        known: dict[str, Any] = {
            "ins": Ins(value="279035121518989", oid=InsOid.NIR_TEST),
            "birth_name": "PAT-TROIS",
            "birth_given_names": "DOMINIQUE MARIE-LOUISE",
            "sex": Sex.FEMALE,
            "birth_date": date(1979, 3, 28),
            "birth_date_text": "1979-03-28",
            "birth_place_code": "51215",
        }
        return CertifiedIdentity(**known | changes)

    return make


@pytest.fixture
def make_document() -> Callable[..., IdentityDocument]:
    def make(kind: IdentityDocumentKind = IdentityDocumentKind.CARTE_IDENTITE) -> IdentityDocument:
        return IdentityDocument(kind=kind, seen_by="operator-1", seen_at=datetime(2026, 1, 15, 9, 30, tzinfo=UTC))

    return make


@pytest.fixture
def settings() -> InsiSettings:
    return InsiSettings(idam="SIMULATION", billing_id="992000001")


@pytest.fixture
def make_caller() -> Callable[[Mode], Caller]:
    who = people.who()

    def make(mode: Mode) -> Caller:
        software = Software(name="LGO", version="1.2", installation="POSTE-1", homologation="SIMULATION", oid="2.25.7")
        return Caller(mode=mode, author=who.author, structure=who.structure, software=software, issuer="CN=TEST,C=FR")

    return make


@pytest.fixture(scope="session")
def result() -> Callable[..., HttpAnswer]:
    """An answer with a CodeCR, a label and what follows them."""

    def make(code: str, person: str = "", *, label: str = "OK") -> HttpAnswer:
        body = ENVELOPE % (RESULT % (code, label, person))
        return HttpAnswer(200, "application/soap+xml; charset=utf-8", body.encode())

    return make


@pytest.fixture
def enveloped() -> Callable[[str, int], HttpAnswer]:
    """An answer with any body."""

    def make(body: str, status: int = 200) -> HttpAnswer:
        return HttpAnswer(status, "application/soap+xml; charset=utf-8", (ENVELOPE % body).encode())

    return make
