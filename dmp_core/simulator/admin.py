"""Pages that show each record as the simulated DMP holds it, and let a demonstration change it: no script, no login.

They answer on this machine alone, also at the paths of the DMP's own web site (TD0.9). A request that names another
host is refused (DNS rebinding), a form without the token of this run as well (another site's form).
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dmp_core.model.oids import InsOid, Status
from dmp_core.simulator import admin_page, entry_rules
from dmp_core.simulator.admin_markup import HEADERS
from dmp_core.simulator.admin_page import Shown
from dmp_core.simulator.authorisations import Authorisation
from dmp_core.simulator.patient_acts import PatientActs
from dmp_core.simulator.patients import PatientRecord, RecordState
from dmp_core.simulator.simulator import Simulator, new_uuid, now
from dmp_core.simulator.stored import Document
from dmp_core.simulator.value_sets import RESTRICTIONS

_LONGEST: Final = 10_000  # bytes of a form
_LISTS: Final = frozenset({"TableauDeBord", "Parametrages"})
_OF_PATIENT: Final = frozenset(  # `dmp_protocol.md` 4.5
    {
        "TableauDeBord", "DossierPatient", "GestionDMPPatient", "Documents", "ParcoursDeSoins", "HistoriqueAcces",
        "VolontesEtDroits", "CarnetVaccination",
    }
)  # fmt: skip
Fields = Mapping[str, str]


class _NotFound(Exception):
    """No such page, record or document."""


class _Wrong(Exception):
    """A form that cannot be used; the French text says why."""


def application(simulator: Simulator, host: str) -> Starlette:
    """The pages of a simulator, for whoever asks `host` (`127.0.0.1:8080`)."""
    pages = _Pages(simulator)
    allowed = {host, host.replace("127.0.0.1", "localhost")}

    async def get(request: Request) -> Response:
        if request.headers.get("host") not in allowed:
            return _response(403, admin_page.message("Refusé", "Cette adresse n’est pas celle du simulateur."))
        return await run_in_threadpool(pages.get, request.url.path)

    async def post(request: Request) -> Response:
        origin = request.headers.get("origin")
        if request.headers.get("host") not in allowed or (origin and origin.removeprefix("http://") not in allowed):
            return _response(403, admin_page.message("Refusé", "Cette adresse n’est pas celle du simulateur."))
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > _LONGEST:
                return _response(413, admin_page.message("Refusé", "Formulaire trop long."))
        fields = dict(parse_qsl(bytes(body).decode("utf-8", "replace")))
        return await run_in_threadpool(pages.post, request.url.path, fields)

    return Starlette(
        routes=[Route("/{path:path}", get, methods=["GET"]), Route("/{path:path}", post, methods=["POST"])]
    )


class _Pages:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._patients = simulator.patients
        self._registry = simulator.registry
        self._acts = PatientActs(self._registry, uuid=new_uuid)
        self._token = secrets.token_urlsafe(32)

    def get(self, path: str) -> Response:
        match path.strip("/").split("/"):
            case [""]:
                return _response(303, location="/AccesDirect/TableauDeBord")
            case ["AccesDirect", name] if name in _LISTS:
                return _response(200, admin_page.index(self._records(), self._token))
            case ["AccesDirect", name, number] if name in _OF_PATIENT:
                return self._answered(lambda: _response(200, self._record(number)))
            case ["documents", entry_uuid]:
                return self._answered(lambda: self._file(entry_uuid))
        return _response(404, admin_page.message("Page inconnue", "Rien ne se trouve à cette adresse."))

    def post(self, path: str, fields: Fields) -> Response:
        """Make one change, then show the record."""
        if not secrets.compare_digest(fields.get("jeton", "").encode(), self._token.encode()):
            return _response(403, admin_page.message("Refusé", "Ce formulaire vient d’ailleurs : rechargez la page."))
        match path.strip("/").split("/"):
            case ["dossiers"]:
                return self._answered(lambda: self._create(fields))
            case ["dossiers", number, "etat" | "opposition" | "acces" as act] if number.isdecimal():
                return self._answered(lambda: self._change_record(int(number), act, fields))
            case ["documents", entry_uuid, "visibilite" | "statut" as act]:
                return self._answered(lambda: self._change_document(entry_uuid, act, fields))
        return _response(404, admin_page.message("Page inconnue", "Rien ne se trouve à cette adresse."))

    def _answered(self, act: Callable[[], Response]) -> Response:
        try:
            return act()
        except _NotFound:
            return _response(404, admin_page.message("Introuvable", "Ce dossier ou ce document n’existe pas."))
        except _Wrong as error:
            return _response(400, admin_page.message("Impossible", str(error)))

    def _records(self) -> dict[int, PatientRecord]:
        records = self._patients.all()
        return {self._patients.number(record.ins[0]) or 0: record for record in records}

    def _record(self, ins: str) -> bytes:
        for number, record in self._records().items():
            if ins in [cx.partition("^")[0] for cx in record.ins]:
                documents = [one for one in self._registry.of_patient(number) if not one.facets.is_signature]
                authorisations = self._patients.authorisations.of_patient(number)
                names = {one.id: f"{one.family} {one.given}" for one in self._simulator.annuaire.all()}
                return admin_page.record(Shown(number, record, authorisations, names, documents, now()), self._token)
        raise _NotFound

    def _file(self, entry_uuid: str) -> Response:
        document = self._document(entry_uuid)
        headers = {"content-disposition": f'attachment; filename="{document.sha1}.xml"'}
        return _response(200, self._registry.content(document.unique_id), "application/octet-stream", headers)

    def _create(self, fields: Fields) -> Response:
        cx = f"{fields.get('ins', '')}^^^&{fields.get('registre', '')}&ISO^NH"
        if fields.get("registre") not in (InsOid.NIR_TEST, InsOid.NIR_DEMO) or not entry_rules.is_cx(cx, dated=False):
            raise _Wrong("L’INS ou sa clé est fausse. Seuls les INS de test et de démonstration sont admis.")
        if self._patients.find(cx):
            raise _Wrong("Un dossier existe déjà pour cet INS.")
        birth_date = fields.get("naissance", "").replace("-", "")
        names = fields.get("nom", "").strip(), fields.get("prenoms", "").strip()
        record = PatientRecord((cx,), *names, sex=fields.get("sexe", ""), birth_date=birth_date)
        named = all(name and name.isprintable() for name in names)
        dated = len(birth_date) == len("yyyyMMdd") and birth_date.isdecimal() and record.age(now()) is not None
        if not named or not dated or record.sex not in ("F", "M"):
            raise _Wrong("Nom, prénoms, sexe et date de naissance sont demandés.")
        self._patients.add(record)
        return _response(303, location=admin_page.address(record))

    def _change_record(self, number: int, act: str, fields: Fields) -> Response:
        record, value = self._patients.by_number(number), fields.get("valeur", "")
        if record is None:
            raise _NotFound
        if act == "acces":
            self._change_access(number, fields.get("professionnel", ""), value)
        else:
            changed = _with_state(record, value) if act == "etat" else _with_opposition(record, fields)
            self._patients.add(changed)
        return _response(303, location=admin_page.address(record))

    def _change_access(self, number: int, practitioner: str, act: str) -> None:
        authorisations, at = self._patients.authorisations, now()
        if not practitioner or act not in ("autoriser", "bloquer", "retirer"):
            raise _Wrong("Un professionnel et une action sont demandés.")
        if act == "retirer":
            authorisations.remove(number, practitioner)
            return
        until = at + timedelta(days=self._simulator.policy.authorisation_days) if act == "autoriser" else None
        authorisations.put(Authorisation(number, practitioner, until, at, at))

    def _change_document(self, entry_uuid: str, act: str, fields: Fields) -> Response:
        document, value = self._document(entry_uuid), fields.get("valeur", "")
        if document.status not in (Status.APPROVED, Status.ARCHIVED):
            raise _Wrong("Ce document est remplacé ou supprimé.")
        if act == "visibilite":
            self._restrict(document, fields.get("code", ""), hide=value == "oui")
        else:
            if value not in (Status.APPROVED.name, Status.ARCHIVED.name, Status.DELETED.name):
                raise _Wrong("Cet état n’existe pas.")
            self._acts.set_status(document, Status[value], now())
        record = self._patients.by_number(document.patient)
        assert record is not None
        return _response(303, location=f"{admin_page.address(record)}#documents")

    def _restrict(self, document: Document, code: str, *, hide: bool) -> None:
        if code not in RESTRICTIONS:
            raise _Wrong("Cette visibilité n’existe pas.")
        present = {known for known in RESTRICTIONS if document.facets.has_confidentiality(known)}
        wanted = present | {code} if hide else present - {code}
        if wanted != present:
            self._acts.restrict(document, wanted, now())

    def _document(self, entry_uuid: str) -> Document:
        document = self._registry.newest(entry_uuid)
        if document is None:
            raise _NotFound
        return document


def _with_state(record: PatientRecord, value: str) -> PatientRecord:
    if value not in (RecordState.ACTIVE, RecordState.CLOSED):
        raise _Wrong("Cet état n’existe pas.")
    closed_on = f"{now():%Y%m%d}" if value == RecordState.CLOSED else ""
    return replace(record, state=RecordState(value), closed_on=closed_on)


def _with_opposition(record: PatientRecord, fields: Fields) -> PatientRecord:
    value = fields.get("valeur") == "oui"
    match fields.get("nom"):
        case "opposes_bris_de_glace":
            return replace(record, opposes_bris_de_glace=value)
        case "opposes_centre_15":
            return replace(record, opposes_centre_15=value)
        case "masked_in_emergency":
            return replace(record, masked_in_emergency=value)
    raise _Wrong("Cette volonté n’existe pas.")


def _response(
    status: int,
    body: bytes = b"",
    media_type: str = "text/html; charset=utf-8",
    headers: Mapping[str, str] | None = None,
    *,
    location: str = "",
) -> Response:
    given = {**HEADERS, **(headers or {})} | ({"location": location} if location else {})
    return Response(body, status, given, media_type)
