"""What is taken for the package of ANS, and what is refused with which reason."""

import stat
import struct
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from dmp_core.errors import RulesRefused
from dmp_core.rules.package import open_package

Write = Callable[[dict[str, str]], Path]


def zipped(files: dict[str, str], place: Path, top: str = "") -> Path:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(top + path, content)
    return place


def refusal(source: Path) -> str:
    with pytest.raises(RulesRefused) as refused:
        open_package(source)
    return refused.value.detail


def test_a_folder_and_a_zip_with_one_folder_are_the_same_package(
    files: dict[str, str], write: Write, tmp_path: Path
) -> None:
    folder = open_package(write(files))
    download = open_package(zipped(files, tmp_path / "a.zip", "TestContenuCDA-main/"))

    assert folder.digest == download.digest
    assert (folder.label, download.label) == ("package", "TestContenuCDA-main")
    assert sorted(folder.files) == sorted(files)


def test_a_file_is_found_whatever_its_case(files: dict[str, str], write: Write) -> None:
    package = open_package(write(files))

    assert package.find("schematrons/profils/../PROFILS/ihe.SCH") == "schematrons/profils/IHE.sch"
    assert package.find("schematrons/../../etc/passwd") is None


def test_only_what_rules_are_made_of_is_taken(files: dict[str, str], write: Write) -> None:
    others = {"README.txt": "x", "ExemplesCDA/a.xml": "<a/>", "schematrons/moteur/a.jar": "x", "schematrons/a.xsl": "x"}

    package = open_package(write(files | others))

    assert sorted(package.files) == sorted(files)


def test_the_dtd_of_the_schema_for_schemas_is_left_out(files: dict[str, str], write: Write) -> None:
    package = open_package(write(files))

    assert b"DOCTYPE" not in package.files["infrastructure/cda/general/base.xsd"]


@pytest.mark.parametrize("path", ["infrastructure/cda/CDA_extended.xsd", "schematrons/profils/IHE.sch"])
def test_a_package_without_an_entry_point_is_refused(path: str, files: dict[str, str], write: Write) -> None:
    del files[path]

    assert path in refusal(write(files))


@pytest.mark.parametrize(
    "path",
    [
        "../outside.sch",
        "/etc/outside.sch",
        "a/../../outside.sch",
        "C:/outside.sch",
        "a\\outside.sch",
        "a//b.sch",
        "./a.sch",
    ],
)
def test_a_zip_with_a_path_that_leaves_it_is_refused(path: str, files: dict[str, str], tmp_path: Path) -> None:
    made = zipped(files | {path: "<schema/>"}, tmp_path / "a.zip")

    assert "leaves it" in refusal(made)


def test_a_zip_with_a_link_is_refused(files: dict[str, str], tmp_path: Path) -> None:
    made = zipped(files, tmp_path / "a.zip")
    with zipfile.ZipFile(made, "a") as archive:
        link = zipfile.ZipInfo("schematrons/link.sch")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")

    assert "leaves it" in refusal(made)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_a_file_twice_is_refused(files: dict[str, str], tmp_path: Path) -> None:
    made = zipped(files, tmp_path / "a.zip")
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("schematrons/profils/IHE.sch", "<schema/>")

    assert "twice" in refusal(made)


def test_a_file_larger_than_any_of_ans_is_refused_before_it_is_unpacked(files: dict[str, str], tmp_path: Path) -> None:
    made = zipped(files | {"jeuxDeValeurs/bomb.xml": "0" * 21_000_000}, tmp_path / "a.zip")

    assert made.stat().st_size < 100_000
    assert "jeuxDeValeurs/bomb.xml: 21000000 bytes" in refusal(made)


def test_a_zip_that_lies_on_sizes_is_refused(files: dict[str, str], tmp_path: Path) -> None:
    made = zipped(files | {"jeuxDeValeurs/bomb.xml": "0" * 100_000}, tmp_path / "a.zip")
    content = made.read_bytes().replace(struct.pack("<I", 100_000), struct.pack("<I", 100))
    made.write_bytes(content)

    assert "neither a folder nor a whole ZIP" in refusal(made)


def test_a_cut_zip_is_refused_wherever_it_is_cut(files: dict[str, str], tmp_path: Path) -> None:
    whole = zipped(files, tmp_path / "a.zip").read_bytes()
    cut = tmp_path / "cut.zip"

    for length in range(0, len(whole), 97):
        cut.write_bytes(whole[:length])
        assert "neither a folder nor a whole ZIP" in refusal(cut)


def test_a_package_is_as_its_manifest_says(files: dict[str, str], write: Write) -> None:
    folder = write(files)
    lines = [f"{sha256(content.encode()).hexdigest()}  {path}" for path, content in files.items()]
    manifest = folder / "MANIFEST.sha256"

    manifest.write_text("\n".join(lines), encoding="utf-8")
    open_package(folder)
    manifest.write_text("\n".join(lines[1:]), encoding="utf-8")
    unlisted = refusal(folder)
    manifest.write_text("\n".join([*lines, f"{'0' * 64}  schematrons/lost.sch"]), encoding="utf-8")
    lost = refusal(folder)
    (folder / "schematrons/profils/IHE.sch").write_text("<changed/>")
    manifest.write_text("\n".join(lines), encoding="utf-8")
    changed = refusal(folder)

    assert [unlisted, lost, changed] == [
        "MANIFEST.sha256: not listed: infrastructure/cda/CDA_extended.xsd",
        "MANIFEST.sha256: absent: schematrons/lost.sch",
        "MANIFEST.sha256: changed: schematrons/profils/IHE.sch",
    ]
