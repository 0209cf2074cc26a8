"""Write the value sets of `dmp_core/model/codes` from those that ANS publishes (testContenuCDA, `jeuxDeValeurs`).

    python tools/value_sets.py FOLDER_OF_JEUXDEVALEURS

The files that ANS does not publish there (J57, J60 and the associations) are kept by hand.
"""

import json
import sys
from pathlib import Path

from lxml import etree

TARGET = Path(__file__).resolve().parent.parent / "dmp_core" / "model" / "codes"
SVS = "{urn:ihe:iti:svs:2008}"
SOURCES = {
    "J01": "JDV_J01_XdsAuthorSpecialty_CISIS",
    "J02": "JDV_J02_XdsHealthcareFacilityTypeCode_CISIS",
    "J04": "JDV_J04_XdsPracticeSettingCode_CISIS",
    "J07": "JDV_J07_XdsTypeCode_CISIS",
    "J08": "JDV_J08_XdsConfidentialityCode_CISIS",
    "J142": "JDV_J142_TypeRencontre_CISIS",
    "J143": "JDV_J143_AdministrativeGender_CISIS",
    "J245": "JDV_J245_Civilite_CISIS",
    "J246": "JDV_J246_Titre_CISIS",
    "J47": "JDV_J47_FunctionCode_CISIS",
    "dispensation-completeness": "jdv-completude-dispensation-cisis",
    "immunization-absent": "jdv-absent-or-unknown-immunization-cisis",
    "immunization-act": "jdv-hl7-v3-ActSubstanceAdministrationImmunizationCode-cisis",
    "immunization-route": "jdv-immunization-route-code-cisis",
    "immunization-site": "jdv-immunization-approach-site-code-cisis",
    "screening-result": "jdv-resultat-depistage-cisis",
    "substitution": "jdv-hl7-v3-ActSubstanceAdminSubstitutionCode-cisis",
}


def read(path: Path) -> dict[str, object]:
    """The value set of one file: name, oid, version (date of its last revision) and concepts [code, system, label]."""
    found = etree.parse(str(path)).getroot().find(f"{SVS}ValueSet")
    concepts = [[c.get("code").strip(), c.get("codeSystem"), c.get("displayName")] for c in found.iter(f"{SVS}Concept")]
    return {
        "name": path.stem,
        "oid": found.get("id"),
        "version": (found.get("revisionDate") or found.get("version"))[:10],
        "concepts": concepts,
    }


def write(path: Path, value_set: dict[str, object]) -> None:
    """One concept a line, so that a new version reads well in a diff."""
    head = {key: value for key, value in value_set.items() if key != "concepts"}
    lines = ",\n".join(f"    {json.dumps(concept, ensure_ascii=False)}" for concept in value_set["concepts"])
    opening = json.dumps(head, ensure_ascii=False, indent=2)[:-2]
    path.write_text(f'{opening},\n  "concepts": [\n{lines}\n  ]\n}}\n', encoding="utf-8")


def main(folder: str) -> None:
    for name, source in SOURCES.items():
        value_set = read(Path(folder) / f"{source}.xml")
        write(TARGET / f"{name}.json", value_set)
        print(f"{name}: {len(value_set['concepts'])} concepts, version {value_set['version']}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
