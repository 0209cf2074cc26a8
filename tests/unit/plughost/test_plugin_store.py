"""Plugins installed from wheels: signed by whom, altered or not, whose name it is, back and forth, all or nothing."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plugin_wheels import make_key, make_plugin, make_wheel, sign

from dmp_core.errors import PluginRefused
from dmp_core.plughost.signing import Signed
from dmp_core.plughost.store import Store
from dmp_core.plughost.trust import Trust


@pytest.fixture
def key(tmp_path: Path) -> tuple[Path, str]:
    return make_key(tmp_path / "keys")


@pytest.fixture
def trust(tmp_path: Path, key: tuple[Path, str]) -> Callable[..., Trust]:
    """The rules of a pharmacy in production: `trust(revoked=...)`."""

    def make(**more: Any) -> Trust:
        told = {"signed_only": True, "keys": {"editeur": key[1]}, **more}
        return Trust(folder=tmp_path / "installed", state=tmp_path / "state", **told)

    return make


@pytest.fixture
def wheel(tmp_path: Path, key: tuple[Path, str]) -> Callable[..., Path]:
    """A signed plugin: `wheel("1.1.0")`."""

    def make(version: str = "1.0.0", **more: Any) -> Path:
        path = make_plugin(tmp_path / f"published-{version}", version=version, **more)
        sign(path, key[0])
        return path

    return make


def install(trust: Trust, path: Path, *brought: Path) -> Store:
    store = Store(trust)
    store.install(store.candidate(path, brought))
    return store


def reason(trust: Trust, plugin: str = "lgo_outside") -> str:
    return next(found.reason for found in Store(trust).find() if found.id == plugin)


def test_a_signed_plugin_is_installed_in_a_folder_of_its_own(trust: Any, wheel: Any) -> None:
    store = install(trust(), wheel())

    (found,) = store.find()

    assert (found.id, found.reason, found.publisher) == ("lgo_outside", "", "editeur")
    assert found.manifest is not None and found.manifest.version == "1.0.0"
    assert found.roots[0] in found.folder.parents


def test_row_095_an_unsigned_plugin_is_refused_where_only_signed_ones_run(trust: Any, tmp_path: Path) -> None:
    path = make_plugin(tmp_path)

    with pytest.raises(PluginRefused, match="unsigned: only plugins signed by a known publisher"):
        Store(trust()).candidate(path)

    assert Store(trust(signed_only=False)).candidate(path).signed is None


def test_row_095_a_plugin_signed_by_a_stranger_is_refused(trust: Any, tmp_path: Path) -> None:
    path = make_plugin(tmp_path)
    sign(path, make_key(tmp_path, "stranger")[0])

    with pytest.raises(PluginRefused, match="a key that the configuration does not name"):
        Store(trust()).candidate(path)


def test_row_095_every_byte_of_a_signed_wheel_counts(trust: Any, wheel: Any) -> None:
    path = wheel()
    whole = path.read_bytes()
    refused = 0

    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            candidate = Store(trust()).candidate(path)
        except PluginRefused:
            refused += 1
        else:  # bytes of the archive that are no content: times, attributes
            assert candidate.wheel.digest == candidate.signed.digest

    assert refused > len(range(0, len(whole), 7)) // 2


def test_row_095_every_word_of_a_signature_counts(trust: Any, wheel: Any) -> None:
    path = wheel()
    file = path.with_name(path.name + ".sig")
    told = json.loads(file.read_text())

    for field, value in (
        ("plugin", "lgo_other"),
        ("version", "9.9"),
        ("digest", "0" * 64),
        ("wheels", {"a": "0" * 64}),
    ):
        file.write_text(json.dumps(told | {field: value}))
        with pytest.raises(PluginRefused, match="the signature is not that of its key"):
            Store(trust()).candidate(path)


def test_row_095_one_byte_altered_after_the_installation_and_it_is_not_loaded(trust: Any, wheel: Any) -> None:
    (found,) = install(trust(), wheel()).find()
    file = found.folder / "__init__.py"

    file.write_bytes(file.read_bytes().replace(b"ConsultRecord()", b"ConsultRecord( )"))

    assert reason(trust()) == "altered since it was installed"


@pytest.mark.parametrize("name", ["lgo_outside/__pycache__/__init__.cpython-311.pyc", "sitecustomize.py", "json.py"])
def test_row_097_one_file_more_after_the_installation_and_it_is_not_loaded(trust: Any, wheel: Any, name: str) -> None:
    (found,) = install(trust(), wheel()).find()
    file = found.roots[0] / name
    file.parent.mkdir(exist_ok=True)

    file.write_bytes(b"")

    assert reason(trust()) == "altered since it was installed"


def test_row_095_what_is_told_beside_a_version_cannot_be_changed_with_it(trust: Any, wheel: Any) -> None:
    """Whoever may write in the folder may change the digest that stands there, not the signature over it."""
    (found,) = install(trust(), wheel()).find()
    told = found.roots[0].parent / "installed.json"
    data = json.loads(told.read_text())
    (found.folder / "__init__.py").write_text("")
    altered = {
        path.relative_to(found.roots[0]).as_posix(): path for path in found.roots[0].rglob("*") if path.is_file()
    }
    import hashlib

    from dmp_core.plughost.signing import digest_of

    data["digest"] = digest_of({name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in altered.items()})
    told.write_text(json.dumps(data))

    assert reason(trust()) == "the signature is not of these contents: they were altered, or are others"


def test_row_095_a_revoked_version_and_a_revoked_key_are_not_loaded(trust: Any, wheel: Any, key: Any) -> None:
    (found,) = install(trust(), wheel()).find()

    assert reason(trust(revoked=[found.digest])) == "this version is revoked"
    assert reason(trust(revoked=[key[1]])) == "its publisher's key is revoked"


def test_row_096_a_plugin_outside_the_list_of_the_pharmacy_is_not_loaded(trust: Any, wheel: Any) -> None:
    install(trust(), wheel())

    assert reason(trust(allow=["doc_officine"])) == "not in the list of plugins that this pharmacy allows"
    assert reason(trust(allow=["lgo_outside"])) == ""


def test_row_095_an_older_version_is_refused_and_rolling_back_is_not(trust: Any, wheel: Any) -> None:
    older, newer = wheel("1.9.0"), wheel("1.10.0")
    store = install(trust(), older)
    store.install(store.candidate(newer))

    with pytest.raises(PluginRefused, match=r"1\.9\.0 is older than 1\.10\.0"):
        store.install(store.candidate(older))
    store.roll_back("lgo_outside")

    assert [found.manifest.version for found in store.find() if found.manifest] == ["1.9.0"]
    assert len(store.versions("lgo_outside")) == 2


def test_a_rollback_is_taken_back_by_another(trust: Any, wheel: Any) -> None:
    store = install(trust(), wheel("1.0.0"))
    store.install(store.candidate(wheel("2.0.0")))

    names = [store.roll_back("lgo_outside"), store.roll_back("lgo_outside")]

    assert [name.partition("-")[0] for name in names] == ["1.0.0", "2.0.0"]


def test_row_096_a_name_stays_with_the_key_that_had_it_first(trust: Any, wheel: Any, tmp_path: Path, key: Any) -> None:
    install(trust(), wheel())
    other, public = make_key(tmp_path, "other")
    imitation = make_plugin(tmp_path / "imitation", version="2.0.0")
    sign(imitation, other)

    with pytest.raises(PluginRefused, match="was published under another key"):
        Store(trust(keys={"editeur": key[1], "autre": public})).candidate(imitation)


def test_row_096_a_name_stays_with_the_distribution_that_had_it_first(trust: Any, tmp_path: Path) -> None:
    rules = trust(signed_only=False)
    install(rules, make_plugin(tmp_path / "first"))

    with pytest.raises(PluginRefused, match="belongs to dmp-lgo_outside: another distribution cannot take its name"):
        Store(rules).candidate(make_plugin(tmp_path / "second", version="2.0.0", distribution="dmp-lgo-0utside"))


def test_a_plugin_brings_what_it_needs_and_its_signature_covers_it(trust: Any, tmp_path: Path, key: Any) -> None:
    path = make_plugin(tmp_path, needs=["tables>=2", "pydantic", "dmp-core"])
    brought = make_wheel(tmp_path, "tables", "2.1", {"tables/__init__.py": b"ROWS = 3\n"})
    sign(path, key[0], [brought])

    with pytest.raises(PluginRefused, match="altered, or are others"):
        Store(trust()).candidate(path)
    (found,) = install(trust(), path, brought).find()

    assert found.reason == ""
    assert [(root / "tables").is_dir() for root in found.roots] == [False, True]


def test_a_plugin_that_does_not_bring_what_it_needs_is_refused(trust: Any, tmp_path: Path) -> None:
    path = make_plugin(tmp_path, needs=["tables>=2", "extra-only ; extra == 'more'"])

    with pytest.raises(PluginRefused, match="it needs tables: give each as a wheel, with --wheel"):
        Store(trust(signed_only=False)).candidate(path)


def test_row_097_two_wheels_cannot_bring_the_same_module(trust: Any, tmp_path: Path) -> None:
    path = make_plugin(tmp_path)
    brought = make_wheel(tmp_path, "sneaky", "1", {"lgo_outside/__init__.py": b""})

    with pytest.raises(PluginRefused, match="lgo_outside is in dmp-lgo_outside and in sneaky"):
        Store(trust(signed_only=False)).candidate(path, [brought])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../outside.py", "leads out of its folder"),
        ("/etc/outside.py", "leads out of its folder"),
        ("lgo_outside/../../outside.py", "leads out of its folder"),
        ("lgo_outside\\outside.py", "leads out of its folder"),
        ("C:/outside.py", "leads out of its folder"),
        ("lgo_outside/nul.txt", "leads out of its folder"),
        ("LGO_OUTSIDE/__init__.py", "a name stands twice"),
        ("start.pth", "which Python would run at every start"),
        ("sitecustomize.py", "which runs by itself"),
        ("usercustomize/__init__.py", "which runs by itself"),
        ("conftest.py", "which runs by itself"),
        ("json.py", "somebody else's"),
        ("dmp_core/outbox.py", "somebody else's"),
        ("pydantic/__init__.py", "somebody else's"),
        ("dmp_lgo_outside-1.0.0.data/scripts/run", "has a .data folder"),
        ("other-1.0.dist-info/METADATA", "has not one .dist-info"),
    ],
)  # fmt: skip
def test_row_097_a_wheel_that_reaches_beyond_its_own_is_refused(
    trust: Any, tmp_path: Path, name: str, reason: str
) -> None:
    path = make_plugin(tmp_path, more={name: b"x = 1\n"})

    with pytest.raises(PluginRefused, match=reason):
        Store(trust(signed_only=False)).candidate(path)

    assert not (tmp_path / "installed").exists()


def test_row_097_a_wheel_whose_record_does_not_fit_is_refused(trust: Any, tmp_path: Path) -> None:
    files = {"lgo_outside/__init__.py": b"", "lgo_outside/dmp-plugin.toml": b""}
    wrong = make_wheel(tmp_path / "a", "dmp-a", "1", files, record={"lgo_outside/__init__.py": "sha256=AAAA"})
    missing = make_wheel(tmp_path / "b", "dmp-b", "1", files, record={"lgo_outside/gone.py": "sha256=AAAA"})
    with zipfile.ZipFile(more := make_wheel(tmp_path / "c", "dmp-c", "1", files), "a") as archive:
        archive.writestr("lgo_outside/more.py", b"")

    for path, why in ((wrong, "not the one of its RECORD"), (missing, "differ"), (more, "differ")):
        with pytest.raises(PluginRefused, match=why):
            Store(trust(signed_only=False)).candidate(path)


def test_what_is_no_wheel_is_refused(trust: Any, tmp_path: Path) -> None:
    for name, content in (("a.whl", b""), ("b.whl", b"PK\x03\x04" + bytes(100)), ("c.whl", b"#!/bin/sh")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(PluginRefused, match="is no wheel"):
            Store(trust(signed_only=False)).candidate(path)


def test_a_wheel_that_was_renamed_is_refused_with_the_reason(trust: Any, tmp_path: Path) -> None:
    path = make_plugin(tmp_path).rename(tmp_path / "renamed.whl")

    with pytest.raises(PluginRefused, match=r"renamed\.whl: a wheel keeps the name that it was built under"):
        Store(trust(signed_only=False)).candidate(path)


def test_a_wheel_larger_than_is_allowed_is_refused(trust: Any, tmp_path: Path) -> None:
    path = make_plugin(tmp_path, more={"lgo_outside/bomb.bin": bytes(101_000_000)})

    with pytest.raises(PluginRefused, match="at most 100000000"):
        Store(trust(signed_only=False)).candidate(path)


def test_a_plugin_for_another_api_is_refused_before_it_is_written(trust: Any, tmp_path: Path) -> None:
    path = make_plugin(tmp_path, api="2.0", code="raise SystemExit('imported')\n")

    with pytest.raises(PluginRefused, match="none of the api versions known here"):
        Store(trust(signed_only=False)).candidate(path)


def test_a_stop_in_the_middle_leaves_the_version_in_use(
    trust: Any, wheel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = install(trust(), wheel("1.0.0"))
    candidate = store.candidate(wheel("2.0.0"))

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    for moment in ("_write", "_point"):
        with monkeypatch.context() as patch:
            patch.setattr(store, moment, stopped)
            with pytest.raises(KeyboardInterrupt):
                store.install(candidate)
        assert [(f.reason, f.manifest.version) for f in Store(trust()).find() if f.manifest] == [("", "1.0.0")]
    store.install(candidate)

    assert [f.manifest.version for f in store.find() if f.manifest] == ["2.0.0"]


def test_a_removed_plugin_is_gone(trust: Any, wheel: Any, tmp_path: Path) -> None:
    store = install(trust(), wheel())

    store.remove("lgo_outside")

    assert store.find() == ()
    assert list((tmp_path / "installed").iterdir()) == []
    with pytest.raises(PluginRefused):
        store.remove("../installed")


def test_a_damaged_folder_is_told_and_stops_nothing(trust: Any, wheel: Any, tmp_path: Path) -> None:
    install(trust(), wheel())
    for name, pointer in (("lgo_lost", "1.0.0-abc"), ("lgo_away", "../../keys")):
        (tmp_path / "installed" / name).mkdir()
        (tmp_path / "installed" / name / "current").write_text(pointer)

    reasons = {found.id: found.reason for found in Store(trust()).find()}

    assert reasons == {
        "lgo_away": "its installation is damaged: install it again",
        "lgo_lost": "its installation is damaged: install it again",
        "lgo_outside": "",
    }


def test_a_signature_says_whom_it_is_of_and_is_written_in_one_way() -> None:
    signed = Signed(plugin="a", version="1", digest="0" * 64, wheels={"b": "1" * 64}, key="k", signature="s")

    assert signed.content == (
        b'dmp plugin 1\n{"digest":"' + b"0" * 64 + b'","format":1,"key":"k","plugin":"a","version":"1","wheels":{"b":"'
        + b"1" * 64 + b'"}}'
    )  # fmt: skip
