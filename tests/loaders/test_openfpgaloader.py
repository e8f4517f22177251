"""Boards without a processing system: updatemem, then openFPGALoader."""

import shutil
from pathlib import Path

import pytest

from hls4ml_soc import loaders
from hls4ml_soc.board import Board
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.errors import LinkError, ModelError, SocError, ToolError
from hls4ml_soc.loaders import openfpgaloader
from hls4ml_soc.virtual.vitis import merged_bit
from hls4ml_soc.virtual.vitis.__main__ import main as standin

ARTY = "arty-a7-100"


@pytest.fixture
def ready(lab):
    """Both tools and the board."""
    lab.tool("updatemem")
    lab.tool("openFPGALoader")
    lab.put(ARTY)
    return lab


def load(lab, bundle: Bundle, cable: str | None = None) -> list[str]:
    remarks: list[str] = []
    loaders.choose(Board.load(ARTY), cable).load(bundle, lab.folder / "scratch", remarks.append)
    return remarks


def refused(lab, bundle: Bundle, error: type[SocError], cable: str | None = None) -> str:
    with pytest.raises(error) as caught:
        load(lab, bundle, cable)
    return str(caught.value)


def test_the_program_goes_in_with_the_bitstream(ready, bundles) -> None:
    bundle = bundles(ARTY)
    loaders.choose(Board.load(ARTY)).check()
    assert ready.idle
    assert load(ready, bundle) == [
        "program merged into the bitstream by updatemem",
        "loaded by openFPGALoader",
    ]
    elf = (bundle.folder / "loopback.elf").read_bytes()
    assert merged_bit.program(ready.folder / "scratch/loopback_with_program.bit") == elf
    assert merged_bit.program(bundle.folder / "loopback.bit") is None
    assert ready.state == {"running": "cpu", "program_bytes": len(elf)}


def test_another_cable(ready, bundles) -> None:
    load(ready, bundles(ARTY), "digilent_hs3")
    told = (ready.folder / "scratch/openFPGALoader.log").read_text()
    assert told.startswith("Board default cable overridden with digilent_hs3\n")
    assert refused(ready, bundles(ARTY), LinkError, "hs9") == (
        "arty-a7-100: error : hs9 not found\n  openFPGALoader does not know the name: see "
        "--list-boards and --list-cables, and the board file's `program`\n"
        f"  log: {ready.folder}/scratch/openFPGALoader.log"
    )


@pytest.mark.parametrize("fault", ["off", "unplugged"])
def test_a_board_that_is_not_there(ready, bundles, fault: str) -> None:
    ready.put(ARTY, fault=fault)
    said = (
        "arty-a7-100: unable to open ftdi device: -3 (device not found)\n  is the board switched "
        "on and its USB cable plugged in? On Linux openFPGALoader's udev rules let users open it "
        "(99-openfpgaloader.rules)"
    )
    with pytest.raises(LinkError) as caught:
        loaders.choose(Board.load(ARTY)).check()
    assert str(caught.value) == said
    log = ready.folder / "scratch/openFPGALoader.log"
    assert refused(ready, bundles(ARTY), LinkError) == f"{said}\n  log: {log}"


@pytest.mark.parametrize("how", [{"fault": "done"}, {"device": "xc7a35t"}])
def test_a_device_that_does_not_take_it(ready, bundles, how: dict[str, str]) -> None:
    """It ends with 0 all the same. 0.10 does not even tell: the silence of the port does."""
    ready.put(ARTY, **how)
    load(ready, bundles(ARTY))
    assert ready.idle
    ready.tool("openFPGALoader", "0.12")
    assert refused(ready, bundles(ARTY), LinkError) == (
        "arty-a7-100: the device did not take the bitstream (DONE stays low): is xc7a100tcsg324-1 "
        f"its part?\n  log: {ready.folder}/scratch/openFPGALoader.log"
    )
    assert ready.idle


def test_a_processor_that_the_bitstream_has_not(ready, bundles) -> None:
    """updatemem ends with 0 all the same, and an earlier result does not count."""
    load(ready, bundles(ARTY))
    ready.monkeypatch.setattr(openfpgaloader, "processor", lambda path: "soc_i/other")
    (ready.folder / "bench.state").unlink()
    assert refused(ready, bundles(ARTY), ToolError) == (
        "updatemem: ERROR: [Updatemem 57-85] Invalid processor specification of: soc_i/other. The "
        f"known processors are: soc_i/cpu\n  log: {ready.folder}/scratch/updatemem.log"
    )
    assert ready.idle


def test_an_updatemem_that_writes_nothing(ready, bundles) -> None:
    ready.tool("updatemem", body="exit 0")
    merged = ready.folder / "scratch/loopback_with_program.bit"
    assert refused(ready, bundles(ARTY), ToolError) == (
        f"updatemem reported no error but wrote no {merged}\n"
        f"  log: {ready.folder}/scratch/updatemem.log"
    )


def test_a_program_beyond_the_block_ram(ready, bundles, tmp_path) -> None:
    folder = tmp_path / "other"
    shutil.copytree(bundles(ARTY).folder, folder)
    text = (folder / "loopback.mmi").read_text()
    assert 'End="131071"' in text
    (folder / "loopback.mmi").write_text(text.replace('End="131071"', 'End="8191"'))
    said = refused(ready, Bundle(folder, bundles(ARTY).manifest), ToolError)
    assert "is in no block RAM of the processor" in said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-meminfo", "-mem"),
        ("-force", "-overwrite"),
        ("-data", "-elf"),
        ("-bit", "-bitstream"),
        ("-proc", "-processor"),
        ("-out", "-o"),
    ],
)
def test_switches_of_updatemem(bundles, tmp_path, capsys, old: str, new: str) -> None:
    stem = bundles(ARTY).folder / "loopback"
    out = tmp_path / "out.bit"
    argv = ["-force", "-meminfo", f"{stem}.mmi", "-data", f"{stem}.elf", "-bit", f"{stem}.bit"]
    argv += ["-proc", "soc_i/cpu", "-out", str(out)]
    assert standin(["updatemem", *argv]) == 0 and out.is_file()
    out.unlink()
    assert standin(["updatemem", *(new if word == old else word for word in argv)]) == 0
    assert f"ERROR: updatemem: unknown option {new}" in capsys.readouterr().out
    assert not out.exists()


def test_a_bundle_of_stand_ins(ready, bundles) -> None:
    bundle = bundles(ARTY)
    virtual = Bundle(bundle.folder, {**bundle.manifest, "origin": "standin"})
    assert "its bitstream is for virtual boards" in refused(ready, virtual, ModelError)


@pytest.mark.parametrize("missing", ["updatemem", "openFPGALoader"])
def test_tools_that_are_missing(lab, missing: str) -> None:
    lab.monkeypatch.setenv("PATH", "/usr/bin:/bin")
    lab.put(ARTY)
    lab.tool({"updatemem": "openFPGALoader", "openFPGALoader": "updatemem"}[missing])
    remedy = {
        "updatemem": "source the settings64.sh of Vivado, or set HLS4ML_SOC_UPDATEMEM or "
        "HLS4ML_SOC_XILINX",
        "openFPGALoader": "install it (Debian: openfpgaloader), or set HLS4ML_SOC_OPENFPGALOADER",
    }[missing]
    lab.monkeypatch.setenv("PATH", str(lab.folder / "Vitis/2023.2/bin"))
    with pytest.raises(ToolError) as caught:
        loaders.choose(Board.load(ARTY)).check()
    assert str(caught.value) == f"{missing} not found: {remedy}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<MemInfo>", "is not XML: no element found: line 1, column 9"),
        ("<MemInfo/>", "names 0 processors, not one: build it anew"),
        (
            '<MemInfo><Processor InstPath="a"/><Processor InstPath="b"/></MemInfo>',
            "names 2 processors, not one: build it anew",
        ),
    ],
)
def test_memory_information_that_does_not_tell(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "soc.mmi"
    path.write_text(text)
    with pytest.raises(ModelError) as caught:
        openfpgaloader.processor(path)
    assert str(caught.value) == f"{path} {said}"
