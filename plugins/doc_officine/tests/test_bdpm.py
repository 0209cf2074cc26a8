"""The public files of medicines. Rows follow the format of the BDPM, with the vaccine of the example of ANS."""

from pathlib import Path

import pytest
from doc_officine import bdpm
from doc_officine.bdpm import Medicines, configured
from hypothesis import given
from hypothesis import strategies as st

LABEL = "VACCIN TETANIQUE PASTEUR, suspension injectable en seringue préremplie"
SPECIALITIES = f"68747507\t{LABEL}\tsuspension injectable\tintramusculaire\tAutorisation active\t\t\t\t\t\t\tNon\r\n"
PRESENTATIONS = (
    "68747507\t3285724\t1 seringue(s) préremplie(s) en verre de 0,5 ml\tPrésentation active\tDéclaration"
    "\t01/01/1999\t3400932857241\toui\t65%\t\t\t\t\n"
)
CLASSES = f"68747507\tJ07AM\t{LABEL}\thttps://exemple.invalid/68747507\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / bdpm.CIS_BDPM).write_bytes(SPECIALITIES.encode("cp1252"))
    (tmp_path / bdpm.CIS_CIP_BDPM).write_text(PRESENTATIONS, encoding="utf-8", newline="")
    (tmp_path / bdpm.CIS_MITM).write_bytes(CLASSES.encode("cp1252"))
    (tmp_path / "atc.txt").write_text("J07AM\tvaccins tétaniques\n", encoding="utf-8")
    return tmp_path


def test_the_files_give_cis_label_and_atc(folder: Path) -> None:
    medicines = configured({"bdpm": str(folder), "atc": str(folder / "atc.txt")})

    assert medicines == Medicines(
        labels={"68747507": LABEL},
        cis_of_cip={"3400932857241": "68747507", "3285724": "68747507"},
        atc_of_cis={"68747507": "J07AM"},
        atc_labels={"J07AM": "vaccins tétaniques"},
        absence=bdpm.NOT_FOUND,
    )


def test_the_files_are_read_once(folder: Path) -> None:
    settings = {"bdpm": str(folder)}

    first = configured(settings)
    (folder / bdpm.CIS_BDPM).unlink()

    assert configured(settings) is first


def test_without_a_setting_nothing_is_known() -> None:
    assert configured({}) == configured({"bdpm": "", "atc": ""}) == Medicines(absence=bdpm.NOT_CONFIGURED)


def test_the_classes_are_not_in_every_folder(folder: Path) -> None:
    (folder / bdpm.CIS_MITM).unlink()

    medicines = configured({"bdpm": str(folder)})

    assert (medicines.atc_of_cis, medicines.absence) == ({}, bdpm.NOT_FOUND)


@pytest.mark.parametrize("path", ["nowhere", "{folder}/nowhere", "{folder}/atc.txt"])
def test_a_folder_that_cannot_be_read_is_told_and_stops_nothing(folder: Path, path: str) -> None:
    assert configured({"bdpm": path.format(folder=folder)}) == Medicines(absence=bdpm.UNREADABLE)


def test_what_is_no_row_is_stepped_over(folder: Path) -> None:
    (folder / bdpm.CIS_BDPM).write_text("\r\r\n\nCode CIS\tDénomination\n6874750\tX\n68747507\n" + SPECIALITIES)
    (folder / bdpm.CIS_MITM).write_text("68747507\tJ07AM J07BB\tX\n")

    medicines = configured({"bdpm": str(folder)})

    assert medicines.labels == {"68747507": LABEL}
    assert medicines.atc_of_cis == {}


@given(data=st.binary(max_size=200))
def test_no_bytes_of_a_file_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("bdpm")
    for name in (bdpm.CIS_BDPM, bdpm.CIS_CIP_BDPM, bdpm.CIS_MITM):
        (folder / name).write_bytes(b"68747507\t" + data)

    assert configured({"bdpm": str(folder)}).absence == bdpm.NOT_FOUND
