from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from hls4ml_soc.virtual import bitfile

GOOD = (Path(__file__).parent / "good.tcl").read_text()
PRODUCTS = (
    "project/soc.runs/impl_1/soc_wrapper.bit",
    "project/soc.gen/sources_1/bd/soc/hw_handoff/soc.hwh",
    "soc.xsa",
)


def test_good_design_goes_to_its_end(bench: Any) -> None:
    result = bench.run(GOOD)
    assert result.severe() == []
    assert result.code == 0
    assert "run: write_bitstream Complete! 100%\n" in result.text
    assert "0x4040_0000 [ 64K ]" in result.text
    assert "not known to hls4ml_soc's stand-in" in (result.folder / "timing.rpt").read_text()


def test_products_are_the_same_twice(bench: Any, benches: Any, tmp_path: Path) -> None:
    first = bench.run(GOOD)
    (tmp_path / "other").mkdir()
    second = benches.Bench(tmp_path / "other").run(GOOD)
    for name in PRODUCTS:
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes(), name


def test_bitstream_holds_netlist_and_core(bench: Any) -> None:
    folder = bench.run(GOOD).folder
    found = bitfile.read(folder / PRODUCTS[0])
    assert (found.design, found.part, found.version, found.virtual) == (
        "soc_wrapper",
        "7z020clg400",
        "2023.2",
        True,
    )
    assert set(found.contents) == {"design.hwh", "cores/xilinx.com_hls_digits_soc_1.0.so"}
    assert found.contents["design.hwh"] == (folder / PRODUCTS[1]).read_bytes()
    assert found.contents["cores/xilinx.com_hls_digits_soc_1.0.so"] == b"\x7fELF compiled model"


def test_platform_is_marked(bench: Any) -> None:
    folder = bench.run(GOOD).folder
    with zipfile.ZipFile(folder / "soc.xsa") as archive:
        assert archive.namelist() == [
            "soc.hwh",
            "soc_wrapper.bit",
            "sysdef.xml",
            "xsa.json",
            "xsa.xml",
        ]
        assert json.loads(archive.read("xsa.json"))["generatedBy"] == {
            "name": "Vivado",
            "version": "2023.2",
            "virtual": "hls4ml_soc",
        }


@pytest.mark.parametrize("version", ["2019.2", "2020.1", "2020.2", "2022.2", "2025.2"])
def test_versions(bench: Any, version: str) -> None:
    result = bench.run(GOOD + "puts [version -short]\n", version=version)
    assert result.severe() == []
    assert result.text.endswith(f"{version}\n")
    kind = "srcs" if version < "2020.2" else "gen"
    hwh = result.folder / f"project/soc.{kind}/sources_1/bd/soc/hw_handoff/soc.hwh"
    assert f'VIVADOVERSION="{version}"' in hwh.read_text()[:300]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (":axi_dma:7.1 dma", ":axi_dma:7.* dma"),
        ("[get_bd_cells dma]", "[get_bd_cells /dma]"),
        ("0x40400000 -range 64K", "1077936128 -range 65536"),
        (
            "connect_bd_net [get_bd_pins start/ap_start]",
            "connect_bd_net -net go [get_bd_pins start/ap_start]",
        ),
        (
            "[get_bd_pins $pin]",
            "[get_bd_pins -of_objects [get_bd_cells [file dirname $pin]] "
            '-filter "NAME == [file tail $pin]"]',
        ),
        ("-jobs 2", "-j 4"),
        ("make_wrapper -files [get_files soc.bd] -top", "make_wrapper -top [get_files */soc.bd]"),
        (
            "set_property CONFIG.BEATS 16 [get_bd_cells start]",
            "set_property -name CONFIG.BEATS -value 16 -objects [get_bd_cells start]",
        ),
        ("CONFIG.C_IS_DUAL 1", "config.c_is_dual 0x1"),
        ("save_bd_design\n", "regenerate_bd_layout\nstartgroup\nendgroup\nsave_bd_design\n"),
        ("launch_runs synth_1 -jobs 2\nwait_on_run synth_1\n", ""),
    ],
)
def test_harmless_changes_stay_silent(bench: Any, old: str, new: str) -> None:
    result = bench.mutant(old, new)
    assert result.severe() == []
    assert "run: write_bitstream Complete! 100%\n" in result.text


def test_renamed_cells_stay_silent(bench: Any) -> None:
    text = GOOD
    for name in ("identity", "control", "memory", "accelerator"):
        text = text.replace(f"{name}/", f"my_{name}/").replace(f" {name}\n", f" my_{name}\n")
        text = text.replace(f"cells {name}]", f"cells my_{name}]")
    result = bench.run(text)
    assert result.severe() == []
    assert 'FULLNAME="/my_accelerator"' in (result.folder / PRODUCTS[1]).read_text()


def test_addresses_that_vivado_chooses(bench: Any) -> None:
    text = GOOD
    start = text.index("assign_bd_address")
    result = bench.run(
        text[:start] + "assign_bd_address\n" + text[text.index("validate_bd_design") :]
    )
    assert result.severe() == []
    for name, place in (
        ("dma/S_AXI_LITE/Reg", "0x4040_0000 [ 64K ]"),
        ("identity/S_AXI/Reg", "0x4120_0000 [ 64K ]"),
        ("ps/S_AXI_HP0/HP0_DDR_LOWOCM", "0x0000_0000 [ 512M ]"),
    ):
        assert f"Slave segment '/{name}' is being assigned into address space" in result.text
        assert f"at <{place}>" in result.text
