"""The value sets of the DMP, typed from ANS's NOS: JDV_J57, J60, J66, J02, J04, ASS_X16, ASS_A11.

Versions: J60, J66 and ASS_X16 2024-09-27, J02 2025-05-23, J04 2024-09-27; ASS_A11 as of July 2026.
"""

from collections.abc import Mapping
from typing import Final

from dmp_core.model.oids import (
    ANS_TYPE_CODE,
    CLASS_CODE,
    HL7_CONFIDENTIALITY,
    IHE_FORMAT_CODE,
    LOINC,
    PRACTICE_SETTING,
    SECTOR,
)
from dmp_core.simulator.submission import Coded

EXPRESSION: Final = "1.2.250.1.213.1.1.4.6"  # TRE of EXP_PATIENT, SNR, DISPOSITIF...
CONTENT_TYPE: Final = "1.2.250.1.213.2.2"
ANS_FORMAT_CODE: Final = "1.2.250.1.213.1.1.4.2.282"  # TRE_A06
SIGNATURE_CLASS: Final = Coded("urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1", "URN", "Digital Signature")
SIGNATURE_TYPE: Final = Coded("E1762", "ASTM", "Full Document")
SIGNATURE_FORMAT: Final = Coded("http://www.w3.org/2000/09/xmldsig#", "URN", "Default Signature Style")
NORMAL: Final = Coded("N", HL7_CONFIDENTIALITY, "Normal")
MASKED: Final = "MASQUE_PS"
HIDDEN_FROM_PATIENT: Final = "INVISIBLE_PATIENT"
HIDDEN_FROM_REPRESENTATIVES: Final = "INVISIBLE_REPRESENTANTS_LEGAUX"
RESTRICTIONS: Final[Mapping[str, str]] = {
    MASKED: "Masqué aux professionnels de santé",
    HIDDEN_FROM_PATIENT: "Non visible par le patient",
    HIDDEN_FROM_REPRESENTATIVES: "Non visible par les représentants légaux du patient",
}

CLASSES: Final[Mapping[str, str]] = {  # JDV_J57
    "10": "Compte rendu",
    "11": "Synthèse",
    "31": "Imagerie médicale",
    "42": "Prescription",
    "43": "Dispensation",
    "44": "Plan de soins, protocole de soins",
    "45": "Traitement administré",
    "52": "Certificat, déclaration",
    "60": "Données de remboursement",
    "90": "Autres documents déposés par le patient",
    "95": "Document de gestion",
}
_TYPES_BY_CLASS: Final[Mapping[str, str]] = {  # ASS_X16
    "10": (
        "11488-4 11490-0 11502-2 11505-5 11506-3 11526-1 15507-7 15508-5 28617-9 28653-4 29274-8 34112-3 34120-6"
        " 34749-2 34794-8"
        " 34874-8 34875-5 47420-5 51969-4 59283-2 60568-3 67851-6 70004-7 75482-0 75492-9 75496-0 77436-4 78513-9"
        " 78601-2 83981-1 85208-7 89233-1 93024-8 96349-6 BIL_AUTO DOCPAT03 DOCPAT05 DOCPAT06"
    ),
    "11": (
        "18761-7 34133-9 34842-5 56445-0 57055-6 57057-2 57075-4 60280-5 60591-5 68599-0"
        " 68817-6 74207-2 78341-5 78489-2 80820-4 83836-7 83901-9 88348-8 89235-6 DOCPAT01 DOCPAT08 SYNTH"
    ),
    "31": "18748-4 52040-3 DOCPAT04 IMG-KOS",
    "42": (
        "55115-0 57828-6 57832-8 57833-6 61357-0 75468-9 DOCPAT02 PRESC-AAT PRESC-BIO PRESC-INF PRESC-KINE"
        " PRESC-ORTHOPHO PRESC-ORTHOPTIE PRESC-PEDI"
    ),
    "43": "60593-1 DISP_AUT",
    "44": "18776-5 77604-7 80771-9 80788-3 83869-8 PROT_ALD",
    "45": "80565-5",
    "52": "101881-1 11369-6 87273-9 89601-9 96173-0 96874-3 CERT_DECL DOCPAT07",
    "60": "REMB",
    "90": "74465-6 EXPPAT_1 EXPPAT_2 EXPPAT_3",
    "95": "59284-0 86531-1 ATTEST-ASS-COMPL ATTEST-DROITS-AM ATTEST-HEBGT ATTEST-RESID AUTORIS-SOINS DOCPAT09",
}


def is_content_type(code: Coded) -> bool:
    """Whether a code can be of JDV_J59: two digits of ANS's own nomenclature, or a sector (`dmp_protocol.md` 5.1)."""
    if code.scheme == SECTOR:
        return code.code in FACILITIES
    return code.scheme == CONTENT_TYPE and len(code.code) == 2 and code.code.isdecimal() and code.code.isascii()


def _codes(text: str) -> list[str]:
    return text.split()


CLASS_OF_TYPE: Final[Mapping[str, str]] = {  # its keys are JDV_J66
    code: class_code for class_code, codes in _TYPES_BY_CLASS.items() for code in codes.split()
}
_OTHER_CLASS: Final = "10"  # of a type that is in no table: a document of others, loaded from a folder

FORMATS: Final[Mapping[str, str]] = {  # JDV_J60, with the nomenclature that each code belongs to
    **dict.fromkeys(
        _codes(
            "urn:ans:ci-sis:bio-ep-bio:2022 urn:ans:ci-sis:cse-mde:2023 urn:ans:ci-sis:img-da:2022"
            " urn:asip:ci-sis:aunv:2013 urn:asip:ci-sis:avk:2009 urn:asip:ci-sis:cr-anest:2020"
            " urn:asip:ci-sis:cr-cpa:2020 urn:asip:ci-sis:crgm:2018 urn:asip:ci-sis:crrtn:2013"
            " urn:asip:ci-sis:cse-cs24:2017 urn:asip:ci-sis:cse-cs8:2017 urn:asip:ci-sis:cse-cs9:2017"
            " urn:asip:ci-sis:d2lm-fidd:2017 urn:asip:ci-sis:d2lm-fin:2017 urn:asip:ci-sis:dci:2009"
            " urn:asip:ci-sis:dlu:2024 urn:asip:ci-sis:fr-su:2024 urn:asip:ci-sis:ft-su:2024 urn:ans:ci-sis:trod:2024"
            " urn:asip:ci-sis:dlu:2015 urn:asip:ci-sis:eunv:2013 urn:asip:ci-sis:fludr:2017 urn:asip:ci-sis:fludt:2017"
            " urn:asip:ci-sis:frcp:2011 urn:asip:ci-sis:hr:2019 urn:asip:ci-sis:idap:2011 urn:asip:ci-sis:ldl-ees:2017"
            " urn:asip:ci-sis:ldl-ses:2017 urn:asip:ci-sis:obp-sap:2023 urn:asip:ci-sis:obp-scm:2023"
            " urn:asip:ci-sis:obp-sem:2023 urn:asip:ci-sis:obp-sne:2023 urn:asip:ci-sis:obp-snm:2023"
            " urn:asip:ci-sis:pavc:2016 urn:asip:ci-sis:ppp:2023 urn:asip:ci-sis:pps-cancer:2017"
            " urn:asip:ci-sis:pps-paerpa:2017 urn:asip:ci-sis:ppv:2009 urn:asip:ci-sis:psc:2009"
            " urn:asip:ci-sis:sdm-mr:2017 urn:asip:ci-sis:sunv:2013 urn:asip:ci-sis:tap:2009"
            " urn:asip:ci-sis:tlm-da:2020 urn:asip:ci-sis:vac-note:2021 urn:asip:ci-sis:vac:2019"
            " urn:asip:ci-sis:vsm:2012 urn:asipSante:modelesHorsProfils:2011"
        ),
        ANS_FORMAT_CODE,
    ),
    **dict.fromkeys(
        _codes(
            "urn:ihe:eyecare:geneyeevalcn:2014 urn:ihe:iti-fr:xds-sd:jpeg:2010 urn:ihe:iti-fr:xds-sd:rtf:2010"
            " urn:ihe:iti-fr:xds-sd:tiff:2010 urn:ihe:iti:dsg:detached:2014 urn:ihe:iti:xds-sd:pdf:2008"
            " urn:ihe:iti:xds-sd:text:2008 urn:ihe:lab:xd-lab:2008 urn:ihe:palm:apsr:2016 urn:ihe:pcc:ips:2020"
            " urn:ihe:pharm:dis:2010 urn:ihe:pharm:pre:2010 urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013"
        ),
        IHE_FORMAT_CODE,
    ),
}
FORMAT_OF_MEDIA: Final[Mapping[str, str]] = {  # ASS_A12: what a level-1 document holds
    "application/pdf": "urn:ihe:iti:xds-sd:pdf:2008",
    "text/plain": "urn:ihe:iti:xds-sd:text:2008",
    "text/rtf": "urn:ihe:iti-fr:xds-sd:rtf:2010",
    "image/jpeg": "urn:ihe:iti-fr:xds-sd:jpeg:2010",
    "image/tiff": "urn:ihe:iti-fr:xds-sd:tiff:2010",
}
FORMAT_OF_TEMPLATE: Final[Mapping[str, str]] = {  # ASS_A11, the models in force
    "1.2.250.1.213.1.1.1.8": "urn:asip:ci-sis:frcp:2011",
    "1.2.250.1.213.1.1.1.9": "urn:asip:ci-sis:idap:2011",
    "1.2.250.1.213.1.1.1.13": "urn:asip:ci-sis:vsm:2012",
    "1.2.250.1.213.1.1.1.21": "urn:asip:ci-sis:ldl-ees:2017",
    "1.2.250.1.213.1.1.1.29": "urn:asip:ci-sis:ldl-ses:2017",
    "1.2.250.1.213.1.1.1.36": "urn:asip:ci-sis:hr:2019",
    "1.2.250.1.213.1.1.1.37": "urn:asip:ci-sis:vac:2019",
    "1.2.250.1.213.1.1.1.38": "urn:asip:ci-sis:tlm-da:2020",
    "1.2.250.1.213.1.1.1.39": "urn:ihe:pharm:pre:2010",
    "1.2.250.1.213.1.1.1.40": "urn:asip:ci-sis:cr-anest:2020",
    "1.2.250.1.213.1.1.1.41": "urn:asip:ci-sis:cr-cpa:2020",
    "1.2.250.1.213.1.1.1.45": "urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013",
    "1.2.250.1.213.1.1.1.46": "urn:asip:ci-sis:vac-note:2021",
    "1.2.250.1.213.1.1.1.47": "urn:ans:ci-sis:img-da:2022",
    "1.2.250.1.213.1.1.1.51": "urn:ihe:pcc:ips:2020",
    "1.2.250.1.213.1.1.1.52": "urn:ans:ci-sis:bio-ep-bio:2022",
    "1.2.250.1.213.1.1.1.54": "urn:ihe:pharm:dis:2010",
    "1.2.250.1.213.1.1.1.55": "urn:ihe:lab:xd-lab:2008",
    "1.2.250.1.213.1.1.1.56": "urn:asip:ci-sis:ppp:2023",
    "1.2.250.1.213.1.1.1.57": "urn:ihe:palm:apsr:2016",
    "1.2.250.1.213.1.1.1.59": "urn:ans:ci-sis:trod:2024",
}
OTHER_FORMAT: Final = "urn:asipSante:modelesHorsProfils:2011"

FACILITIES: Final[Mapping[str, str]] = {  # JDV_J02
    **{f"SA{number:02}": SECTOR for number in range(1, 70) if number not in (11, 62)},
    "EXP_PATIENT": EXPRESSION,
    "SNR": EXPRESSION,
}
PRACTICES: Final[Mapping[str, str]] = {  # JDV_J04
    **dict.fromkeys(
        _codes("AMBULATOIRE AMO DEPISTAGE ESSMS ETABLISSEMENT HAD MAD PALLIATIF SAD SAMU_SMUR"), PRACTICE_SETTING
    ),
    "EXP_PATIENT": EXPRESSION,
    "SNR": EXPRESSION,
}


def type_system(code: str) -> str:
    """The nomenclature of a type: LOINC codes are digits, a dash and a digit."""
    return LOINC if code.partition("-")[0].isdigit() else ANS_TYPE_CODE


def class_of(type_code: str) -> Coded:
    """The class of a type of document (ASS_X16); a report where the tables know none."""
    code = CLASS_OF_TYPE.get(type_code, _OTHER_CLASS)
    return Coded(code, CLASS_CODE, CLASSES[code])
