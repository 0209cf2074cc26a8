"""The DMP's pages for professionals (Web-PS, TD0.9): who comes, whose record they ask for, and what they may see there.

One comes with the authentication certificate of a CPS (direct), or identified by Pro Santé Connect (AIR); a structure's
certificate opens nothing (`dmp_protocol.md` 1.2). Paths: PDT-INF-527 (4.5). How the real pages look is not public.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from dmp_core.model.access import Mode, Purpose
from dmp_core.model.oids import InsOid, Status
from dmp_core.simulator import entry_rules, web_pages
from dmp_core.simulator.annuaire import Professional
from dmp_core.simulator.authorisations import Access
from dmp_core.simulator.claims import Vihf
from dmp_core.simulator.patients import PatientRecord, RecordState
from dmp_core.simulator.rights import Profile, Transaction, may
from dmp_core.simulator.simulator import Simulator
from dmp_core.simulator.stored import Document
from dmp_core.simulator.trust import CertificateRefused
from dmp_core.simulator.view import Seer, visible

SESSION: Final = timedelta(minutes=15)  # of Pro Santé Connect at the simulated pages; the real duration is unknown
_ABOUT_NOBODY: Final = frozenset({"TableauDeBord", "Parametrages"})
_ANYWAY: Final = "GestionDMPPatient"  # tells whether there is a record and who is let in, to whom is not


class WebRefused(Exception):
    """No page: `status` of HTTP, and what the professional reads."""

    def __init__(self, status: int, title: str, text: str) -> None:
        super().__init__(title)
        self.status, self.title, self.text = status, title, text


class SignInNeeded(Exception):
    """Nobody came with a card, and no session is known."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The professional before the pages, and how they came."""

    professional: Professional
    mode: Mode

    @property
    def profession(self) -> str:
        return self.professional.specialty.partition("/")[0].removeprefix("G15_")


@dataclass(slots=True)
class _Session:
    practitioner: str = field(repr=False)
    until: datetime


class WebPs:
    """Answers with pages, or raises SignInNeeded or WebRefused."""

    def __init__(self, simulator: Simulator, now: Callable[[], datetime]) -> None:
        self._trust = simulator.trust()
        self._simulator = simulator
        self._patients = simulator.patients
        self._registry = simulator.registry
        self._now = now
        self._sessions: dict[str, _Session] = {}
        self.token = secrets.token_urlsafe(32)

    # ------------------------------------------------------------ who comes

    def sign_in(self, practitioner: str, token: str) -> str:
        """Pro Santé Connect named somebody: the number of their session. Raises WebRefused."""
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            raise WebRefused(403, "Refusé", "Ce formulaire vient d’ailleurs : rechargez la page.")
        if self._simulator.annuaire.find(practitioner) is None:
            raise WebRefused(403, "Professionnel inconnu", "Pro Santé Connect ne connaît pas ce professionnel.")
        session = secrets.token_urlsafe(32)
        self._sessions[session] = _Session(practitioner, self._now() + SESSION)
        return session

    def sign_in_page(self, path: str) -> bytes:
        """Where one says who one is, and comes back to `path`."""
        return web_pages.sign_in(self._simulator.annuaire.all(), self.token, path)

    def _visitor(self, certificate: bytes | None, session: str) -> Visitor:
        practitioner, mode = self._by_card(certificate) if certificate else self._by_session(session)
        known = self._simulator.annuaire.find(practitioner)
        if known is None:
            raise WebRefused(403, "Professionnel inconnu", "Le DMP ne connaît pas ce professionnel.")
        visitor = Visitor(known, mode)
        profile = Profile.of(visitor.profession)
        if not may(Transaction.TD09, mode, Purpose.NORMAL, profile, preparateur=self._simulator.policy.preparateur):
            raise WebRefused(403, "Accès refusé", "Votre profession n’ouvre pas le DMP par cette adresse.")
        return visitor

    def _by_card(self, certificate: bytes) -> tuple[str, Mode]:
        try:
            holder = self._trust.identify(certificate, self._now())
        except CertificateRefused:
            raise WebRefused(403, "Certificat refusé", "Ce certificat n’est pas celui d’une carte en cours.") from None
        if not holder.is_person:
            text = "Le certificat de la structure n’ouvre pas ces pages : prenez votre carte CPS ou Pro Santé Connect."
            raise WebRefused(403, "Certificat de structure", text)
        if not holder.authenticates:
            text = (
                "Ce certificat signe, il n’authentifie pas : choisissez le certificat d’authentification de la carte."
            )
            raise WebRefused(403, "Certificat de signature", text)
        return holder.identifier, Mode.DIRECT

    def _by_session(self, session: str) -> tuple[str, Mode]:
        known = self._sessions.get(session)
        if known is None or self._now() >= known.until:
            self._sessions.pop(session, None)
            raise SignInNeeded
        return known.practitioner, Mode.AIR

    # ------------------------------------------------------------ what they see

    def page(self, name: str, ins: str, certificate: bytes | None, session: str) -> bytes:
        """One page of `/AccesDirect/`, about the patient of `ins` or about nobody ('')."""
        if name not in web_pages.TITLES or (not ins and name not in _ABOUT_NOBODY) or (ins and name == "Parametrages"):
            raise WebRefused(404, "Page inconnue", "Cette adresse n’est pas une page du DMP.")
        visitor = self._visitor(certificate, session)
        if not ins:
            if name == "Parametrages":
                return web_pages.settings(visitor.professional, visitor.mode)
            return web_pages.dashboard(self._followed(visitor), visitor.professional)
        record, number = self._record(ins)
        access = self._patients.authorisations.access(number, visitor.professional.id, self._now())
        if name == _ANYWAY:
            return web_pages.management(record, access)
        self._check_access(access)
        self._patients.authorisations.acted(number, visitor.professional.id, self._now())
        return self._about(name, record, number, visitor)

    def _about(self, name: str, record: PatientRecord, number: int, visitor: Visitor) -> bytes:
        if name == "HistoriqueAcces":
            names = {one.id: f"{one.family} {one.given}" for one in self._simulator.annuaire.all()}
            return web_pages.accesses(record, self._patients.authorisations.of_patient(number), names, self._now())
        return web_pages.record(name, record, self._documents(record, number, visitor))

    def _record(self, ins: str) -> tuple[PatientRecord, int]:
        if not any(entry_rules.is_cx(f"{ins}^^^&{oid}&ISO^NH", dated=False) for oid in InsOid):
            raise WebRefused(400, "INS invalide", "L’adresse porte un INS mal formé, ou dont la clé est fausse.")
        for record in self._patients.all():
            number = self._patients.number(record.ins[0])
            if number is not None and any(cx.partition("^")[0] == ins for cx in record.ins):
                if record.state is RecordState.ACTIVE:
                    return record, number
                if record.state is RecordState.CLOSED:
                    raise WebRefused(403, "DMP fermé", "Le DMP de ce patient est fermé : il ne se consulte plus.")
        raise WebRefused(404, "Pas de DMP", "Aucun DMP n’existe pour cet INS.")

    def _check_access(self, access: Access) -> None:
        if access is Access.FORBIDDEN:
            raise WebRefused(403, "Accès bloqué", "Le patient a bloqué votre accès à son DMP.")
        if access is not Access.VALID:
            text = (
                "Vous n’êtes pas autorisé à consulter ce DMP : demandez l’accord du patient, puis déclarez-le (TD0.3)."
            )
            raise WebRefused(403, "Sans autorisation", text)

    def _followed(self, visitor: Visitor) -> Mapping[str, PatientRecord]:
        """The open records in which the professional is let in, by INS."""
        at, found = self._now(), {}
        for one in self._patients.authorisations.of_practitioner(visitor.professional.id):
            record = self._patients.by_number(one.patient)
            if record is not None and record.state is RecordState.ACTIVE and one.access(at) is Access.VALID:
                found[record.ins[0].partition("^")[0]] = record
        return found

    def _documents(self, record: PatientRecord, number: int, visitor: Visitor) -> list[Document]:
        """What this professional sees of the record: nothing masked but their own, nothing replaced or deleted."""
        seen = visible(self._registry.of_patient(number), self._seer(record, number, visitor))
        alive = (Status.APPROVED, Status.ARCHIVED)
        return [one for one in seen if not one.facets.is_signature and one.status in alive]

    def _seer(self, record: PatientRecord, number: int, visitor: Visitor) -> Seer:
        known = self._patients.authorisations.find(number, visitor.professional.id)
        return Seer(
            Vihf(
                mode=visitor.mode,
                purpose=Purpose.NORMAL,
                practitioner_id=visitor.professional.id,
                name="",
                profession=visitor.profession,
                section="",
                structure_id="",
                sector="",
                patient=record.ins[0],
                secret_connection=False,
                software="",
                homologation="",
            ),
            known is not None and known.medecin_traitant,
        )
