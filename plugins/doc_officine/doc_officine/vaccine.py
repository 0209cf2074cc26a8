"""The vaccine that a note names: what the host said, completed by the carton's code and by the configured files."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from dmp_core.api import Code, ContentInvalid, Finding, oids
from doc_officine import gs1
from doc_officine.bdpm import Medicines
from doc_officine.content import Vaccin

OTHER_CARTON: Final = "Vérifiez le vaccin choisi : le code de la boîte est celui d’un autre médicament."
NO_LOT: Final = "Saisissez le numéro de lot du vaccin."


@dataclass(frozen=True, slots=True)
class Vaccine:
    """All that the note wants (VAC-NOTE 2023.01); CIP and expiry where they are known."""

    cis: str
    label: str
    atc: Code
    cip: str | None
    lot: str
    expiry: date | None


def complete(said: Vaccin, medicines: Medicines, today: date) -> Vaccine:
    """The vaccine of a note. Raises ContentInvalid: a finding for each thing that nobody gave, and who must give it."""
    carton = _carton(said, today)
    cip = carton.cip if carton else said.cip
    lot, expiry = (carton.lot, carton.expiry) if carton else (said.lot, said.peremption)
    cis = said.cis or medicines.cis_of_cip.get(cip or "")
    label = said.libelle or medicines.labels.get(cis or "")
    atc = said.atc.code if said.atc else medicines.atc_of_cis.get(cis or "")
    atc_label = (said.atc and said.atc.libelle) or medicines.atc_labels.get(atc or "")
    if not (cis and label and atc and atc_label and lot):
        wanted = (
            ("vaccin.cis", cis, _host_gives("le code CIS", medicines)),
            ("vaccin.libelle", label, _host_gives("le libellé", medicines)),
            ("vaccin.atc", atc, _host_gives("le code ATC", medicines)),
            ("vaccin.atc.libelle", atc_label or not atc, _host_gives("le libellé ATC", medicines)),
            ("vaccin.lot", lot, NO_LOT),
        )
        raise _refusal(*(Finding(path, "missing", remedy) for path, value, remedy in wanted if not value))
    if cip and medicines.cis_of_cip.get(cip, cis) != cis:
        raise _refusal(Finding("vaccin.datamatrix" if carton else "vaccin.cip", "other-medicine", OTHER_CARTON))
    return Vaccine(cis, label, Code(code=atc, system=oids.ATC, label=atc_label), cip, lot, expiry)


def _carton(said: Vaccin, today: date) -> gs1.Carton | None:
    if said.datamatrix is None:
        return None
    try:
        return gs1.read(said.datamatrix, today)
    except gs1.Gs1Invalid as error:
        raise _refusal(Finding("vaccin.datamatrix", "gs1", error.remedy)) from None


def _host_gives(what: str, medicines: Medicines) -> str:
    return f"L’éditeur du LGO doit transmettre {what} de ce vaccin : {medicines.absence}."


def _refusal(*findings: Finding) -> ContentInvalid:
    return ContentInvalid("; ".join(str(finding) for finding in findings), findings=findings)
