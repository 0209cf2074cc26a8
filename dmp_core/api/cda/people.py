"""Professionals and pharmacies as a CDA writes them: authors and performers, in a header or in an entry."""

from collections.abc import Sequence
from datetime import date, datetime

from dmp_core.api.cda.part import Part, part
from dmp_core.api.cda.values import coded, identifier, null, time
from dmp_core.model.codes import value_set
from dmp_core.model.document import Code
from dmp_core.model.oids import PS_IDNAT, STRUCT_IDNAT
from dmp_core.model.practitioner import Practitioner, Structure


def author(practitioner: Practitioner, structure: Structure | None, at: date | datetime) -> Part:
    """Who wrote it, and when they took responsibility. `structure` None: it is not known.

    Raises DocumentInvalid where JDV_J01 has no such profession.
    """
    organized = organization(structure) if structure else None
    role = part("assignedAuthor", _who(practitioner, structure), organized, classCode="ASSIGNED")
    return part("author", time(at, tag="time"), role, typeCode="AUT", contextControlCode="OP")


def performer(practitioner: Practitioner, structure: Structure | None) -> Part:
    """Who did it, and where, if that is known. Raises DocumentInvalid where JDV_J01 has no such profession."""
    return part("performer", assigned_entity(practitioner, structure), typeCode="PRF")


def assigned_entity(practitioner: Practitioner, structure: Structure | None) -> Part:
    """A professional in their pharmacy, with the pharmacy's practice setting (JDV_J04)."""
    organized = organization(structure, practice_setting=True) if structure else None
    return part("assignedEntity", _who(practitioner, structure), organized, classCode="ASSIGNED")


def structure_author(structure: Structure, at: date | datetime) -> Part:
    """The pharmacy as an author, beside a professional who has left the national directory (RG_2230).

    The header's schema wants a person or a device: a device named after the pharmacy. Inferred, to be tried.
    """
    return part(
        "author",
        time(at, tag="time"),
        part(
            "assignedAuthor",
            identifier(STRUCT_IDNAT, structure.national_id),
            addresses(structure),
            telecoms(structure),
            part("assignedAuthoringDevice", part("softwareName", structure.name)),
            organization(structure),
        ),
    )


def organization(structure: Structure, *, tag: str = "representedOrganization", practice_setting: bool = False) -> Part:
    """The pharmacy: identifier, name, telephone and address where known."""
    setting = value_set("J04").code(structure.practice_setting) if practice_setting else None
    return part(
        tag,
        identifier(STRUCT_IDNAT, structure.national_id),
        part("name", structure.name),
        telecoms(structure) if structure.telephone else None,
        addresses(structure) if structure.address else None,
        coded("standardIndustryClassCode", setting) if setting else None,
    )


def person_name(practitioner: Practitioner) -> Part:
    """Family and given name, civility and title as codes of JDV_J245 and JDV_J246."""
    return part(
        "name",
        part("family", practitioner.family),
        part("given", practitioner.given),
        part("prefix", practitioner.civility) if practitioner.civility else None,
        part("suffix", practitioner.title) if practitioner.title else None,
    )


def telecoms(structure: Structure) -> Part:
    """The pharmacy's telephone, or `NAV`."""
    if not structure.telephone:
        return null("telecom", "NAV")
    return part("telecom", value="tel:" + "".join(c for c in structure.telephone if c not in " .-"), use="WP")


def addresses(structure: Structure) -> Part:
    """The pharmacy's address in at most 7 lines, or `NAV`."""
    if structure.address is None:
        return null("addr", "NAV")
    town = " ".join(filter(None, (structure.address.postal_code, structure.address.city)))
    lines: Sequence[str] = (*structure.address.lines, town) if town else structure.address.lines
    if not lines:
        return null("addr", "NAV")
    kept = [*lines[:6], ", ".join(lines[6:])] if len(lines) > 7 else lines
    return part("addr", [part("streetAddressLine", line) for line in kept])


def _who(practitioner: Practitioner, structure: Structure | None) -> list[Part]:
    profession: Code = value_set("J01").code(practitioner.specialty)
    return [
        identifier(PS_IDNAT, practitioner.national_id),
        coded("code", profession),
        addresses(structure) if structure else null("addr", "NAV"),
        telecoms(structure) if structure else null("telecom", "NAV"),
        part("assignedPerson", person_name(practitioner)),
    ]
