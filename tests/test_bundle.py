"""Bundles: written whole, checked whole."""

import json

import pytest

from hls4ml_soc.bundle import Bundle, is_bundle
from hls4ml_soc.errors import ModelError

MANIFEST = {
    "name": "digits",
    "board": "b",
    "target": "t",
    "part": "p",
    "design_id": "0x1",
    "origin": "standin",
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
            "{0}/manifest.json lacks name, board, target, part, design_id, origin, not_verified, "
            "files",
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
