"""`boot-image` and `vitis-project` as a user types them."""

import json
from pathlib import Path

import pytest

from hls4ml_soc import cli
from hls4ml_soc.bundle import Bundle


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    manifest = {"name": "net", "board": "pynq-z2", "target": "pynq", "part": "xc7z020clg400-1"}
    manifest |= {"design_id": "0x" + 16 * "1", "origin": "standin", "cpu": "cortex-a9"}
    manifest |= {"plan": "0" * 64, "versions": {}}
    described = json.dumps({"design_id": "0x" + 16 * "1"}).encode()
    files = {"accelerator.json": described, "net.bit": b"bit", "net.elf": b"\x7fELF"}
    Bundle.write(tmp_path / "bundle", files, {**manifest, "not_verified": []})
    return tmp_path / "bundle"


def test_a_bundle_without_a_program_is_no_vitis_project(bundle: Path, capsys) -> None:
    assert cli.main(["vitis-project", str(bundle), "--release", "2023.2"]) == 2
    assert capsys.readouterr().err == f"error: {bundle} has no bare-metal program\n"


def test_a_virtual_bitstream_makes_no_boot_image(bundle: Path, capsys, tmp_path: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    (bundle / "manifest.json").write_text(json.dumps({**manifest, "target": "baremetal"}))
    argv = ["boot-image", str(bundle), "--fsbl", str(bundle / "net.elf")]
    assert cli.main([*argv, "--out", str(tmp_path / "out")]) == 2
    assert "was built by stand-ins for the vendor's tools" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_boot_image_needs_a_boot_loader(bundle: Path, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["boot-image", str(bundle)])
    assert ended.value.code == 2
    assert "the following arguments are required: --fsbl" in capsys.readouterr().err
