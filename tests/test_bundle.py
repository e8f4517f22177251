"""Bundles: written whole, checked whole, packed the same every time, unpacked without trust."""

import io
import json
import os
import stat
import zipfile

import pytest

from hls4ml_soc import bundle_archive
from hls4ml_soc.bundle import Bundle, is_bundle
from hls4ml_soc.errors import ModelError

MANIFEST = {
    "name": "digits",
    "board": "b",
    "target": "t",
    "part": "p",
    "design_id": "0x1",
    "origin": "standin",
    "plan": "0",
    "versions": {"vivado": "2024.1"},
    "not_verified": [],
}
FILES = {"a.bit": b"\x00\x01", "driver/run.py": b"print()\n"}


def test_a_bundle_reads_back(tmp_path) -> None:
    written = Bundle.write(tmp_path / "bundle", FILES, MANIFEST)
    assert Bundle.read(tmp_path / "bundle") == written
    assert is_bundle(tmp_path / "bundle") and not is_bundle(tmp_path)


def test_equal_content_gives_equal_bytes(tmp_path) -> None:
    for name, files in (("one", FILES), ("two", dict(reversed(FILES.items())))):
        Bundle.write(tmp_path / name, files, MANIFEST)
    assert (tmp_path / "one/manifest.json").read_bytes() == (
        tmp_path / "two/manifest.json"
    ).read_bytes()


def test_an_earlier_bundle_is_replaced_whole(tmp_path) -> None:
    Bundle.write(tmp_path / "bundle", FILES | {"old": b""}, MANIFEST)
    Bundle.write(tmp_path / "bundle", FILES, MANIFEST)
    assert not (tmp_path / "bundle/old").exists()
    assert not (tmp_path / "bundle.part").exists()


def test_every_difference_is_named_at_once(tmp_path) -> None:
    folder = tmp_path / "bundle"
    Bundle.write(folder, FILES | {"gone": b"1"}, MANIFEST)
    (folder / "gone").unlink()
    (folder / "a.bit").write_bytes(b"\x00\x02")
    (folder / "new").write_bytes(b"")
    with pytest.raises(ModelError) as error:
        Bundle.read(folder)
    assert str(error.value) == (
        f"{folder} is not as it was written: gone is missing; new is not listed; a.bit has been "
        "changed"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "{0} has no manifest.json: it is not a bundle"),
        (
            "{",
            "{0}/manifest.json is not JSON: Expecting property name enclosed in double quotes: "
            "line 1 column 2 (char 1)",
        ),
        (json.dumps({"format": 1, **MANIFEST}), "{0}/manifest.json lacks files"),
        (
            json.dumps({"format": 1, "files": []}),
            "{0}/manifest.json lacks name, board, target, part, design_id, origin, plan, versions, "
            "not_verified, files",
        ),
        (json.dumps({"format": 2}), "{0}/manifest.json is not a manifest of format 1"),
        ("[]", "{0}/manifest.json is not a manifest of format 1"),
    ],
)
def test_what_is_no_bundle_is_refused(tmp_path, text, message: str) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ModelError) as error:
        Bundle.read(tmp_path)
    assert str(error.value) == message.format(tmp_path)


def test_a_link_is_no_file_of_a_bundle(tmp_path) -> None:
    folder = tmp_path / "bundle"
    Bundle.write(folder, FILES, MANIFEST)
    (folder / "a.bit").rename(tmp_path / "elsewhere")
    (folder / "a.bit").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ModelError) as error:
        Bundle.read(folder)
    assert str(error.value) == f"{folder} is not as it was written: a.bit is a link"


@pytest.mark.parametrize("name", ["$(touch x)", "a b", "../x", "a\n", "", "-rf"])
def test_a_name_that_is_no_plain_name_is_refused(tmp_path, name: str) -> None:
    folder = tmp_path / "bundle"
    Bundle.write(folder, FILES, MANIFEST | {"name": name})
    with pytest.raises(ModelError) as error:
        Bundle.read(folder)
    assert str(error.value) == f"{folder}/manifest.json: name is no plain name: {name!r}"


def test_a_zip_reads_as_the_folder_does(tmp_path) -> None:
    written = Bundle.write(tmp_path / "bundle", FILES, MANIFEST)
    path = written.zip(tmp_path / "digits.zip")
    read = Bundle.read(path)
    assert is_bundle(path) and read.manifest == written.manifest
    assert (read.where, written.where) == (path, tmp_path / "bundle")
    assert (read.folder / "driver/run.py").read_bytes() == FILES["driver/run.py"]
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".part"] == []


def test_equal_bundles_give_equal_zips(tmp_path) -> None:
    packed = []
    for name, files in (("one", FILES), ("two", dict(reversed(FILES.items())))):
        bundle = Bundle.write(tmp_path / name, files, MANIFEST)
        os.utime(tmp_path / name / "a.bit", (1e9 + len(packed), 1e9))
        (tmp_path / name / "a.bit").chmod(0o600 + len(packed))
        packed.append(bundle.zip(tmp_path / f"{name}.zip").read_bytes())
    assert packed[0] == packed[1]
    names = [*reversed(bundle.manifest["files"]), "manifest.json"]
    bundle_archive.write(tmp_path / "three.zip", bundle.folder, names)
    assert (tmp_path / "three.zip").read_bytes() == packed[0]
    with zipfile.ZipFile(io.BytesIO(packed[0])) as archive:
        assert archive.namelist() == ["a.bit", "driver/run.py", "manifest.json"]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_zip_of_the_folder_itself_is_taken(tmp_path) -> None:
    Bundle.write(tmp_path / "bundle", FILES, MANIFEST)
    with zipfile.ZipFile(tmp_path / "by-hand.zip", "w") as archive:
        archive.mkdir("bundle")
        for path in sorted((tmp_path / "bundle").rglob("*")):
            archive.write(path, path.relative_to(tmp_path))
    assert Bundle.read(tmp_path / "by-hand.zip").name == "digits"


def test_a_changed_byte_in_a_zip_is_refused_by_the_name_of_its_file(tmp_path) -> None:
    bundle = Bundle.write(tmp_path / "bundle", FILES, MANIFEST)
    (tmp_path / "bundle/a.bit").write_bytes(b"\x00\x02")
    path = bundle.zip(tmp_path / "digits.zip")
    with pytest.raises(ModelError) as error:
        Bundle.read(path)
    assert str(error.value) == f"{path} is not as it was written: a.bit has been changed"


def test_damage_to_a_zip_is_told(tmp_path) -> None:
    path = Bundle.write(tmp_path / "bundle", FILES, MANIFEST).zip(tmp_path / "digits.zip")
    whole = path.read_bytes()
    at = whole.index(b"driver/run.py") + len(b"driver/run.py") + 4
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
    with pytest.raises(ModelError) as error:
        Bundle.read(path)
    assert str(error.value).startswith(f"{path} is damaged: ")
    path.write_bytes(whole[:-30])
    assert not is_bundle(path)
    with pytest.raises(ModelError) as error:
        Bundle.read(path)
    assert str(error.value) == f"{path} is damaged: File is not a zip file"


def _entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name  # as it is, however strange
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        (["../evil"], "'../evil' leads out of the folder"),
        (["a/../../evil"], "'a/../../evil' leads out of the folder"),
        (["/etc/evil"], "'/etc/evil' leads out of the folder"),
        (["a//b"], "'a//b' leads out of the folder"),
        (["..\\evil"], "'..\\\\evil' is no name for a file everywhere"),
        (["C:evil"], "'C:evil' is no name for a file everywhere"),
        (["a\nb"], "'a\\nb' is no name for a file everywhere"),
        (["Run.py", "run.py"], "'run.py' and 'Run.py' are one where case does not count"),
        (["A/x", "a/y"], "'a' and 'A' are one where case does not count"),
        (["a", "a/b"], "'a' is a file and a folder"),
        (["a/b", "a"], "'a' is a file and a folder"),
    ],
)
def test_what_would_land_elsewhere_is_not_unpacked(tmp_path, entries, problem: str) -> None:
    path = tmp_path / "deep" / "evil.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        for name in entries:
            archive.writestr(_entry(name), b"evil")
    before = sorted(p.name for p in tmp_path.rglob("*"))
    with pytest.raises(ModelError) as error:
        bundle_archive.unpack(path, tmp_path / "deep" / "to", "manifest.json")
    assert str(error.value) == f"{path} is not unpacked: {problem}"
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


def test_links_twins_and_floods_are_not_unpacked(tmp_path, monkeypatch) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(_entry("link", stat.S_IFLNK | 0o777), b"/etc/passwd")
        archive.writestr("twin", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("twin", b"2")
    monkeypatch.setattr(bundle_archive, "LIMIT", 1 << 20)
    with zipfile.ZipFile(tmp_path / "flood.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(3 << 20))
    for name, problem in (
        ("evil.zip", "'twin' is there twice; 'link' is a link or a special file"),
        ("flood.zip", "it unpacks to 3 MB, a bundle has 1 MB at the most"),
    ):
        with pytest.raises(ModelError) as error:
            Bundle.read(tmp_path / name)
        assert str(error.value) == f"{tmp_path / name} is not unpacked: {problem}"
