"""Loading over JTAG by xsdb: the start-up orders, executed on models of the devices."""

import json
import re
import shutil
from pathlib import Path

import pytest

from hls4ml_soc import loaders, resources
from hls4ml_soc.board import Board
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.errors import LinkError, ModelError, SocError, ToolError
from hls4ml_soc.loaders import tools, xsdb
from hls4ml_soc.virtual.vitis.__main__ import main as standin
from tests.loaders.conftest import DEVICES, MARK

CORES = {"pynq-z2": "ARM Cortex-A9 MPCore #0", "zcu102": "Cortex-A53 #0", "arty-a7-100": "Hart #0"}


def load(lab, bundle: Bundle, cable: str = "tcp:localhost") -> list[str]:
    remarks: list[str] = []
    loader = loaders.choose(Board.load(bundle.manifest["board"]), cable)
    loader.load(bundle, lab.folder / "scratch", remarks.append)
    return remarks


def refused(lab, bundle: Bundle, error: type[SocError] = LinkError, **more: str) -> str:
    with pytest.raises(error) as caught:
        load(lab, bundle, **more)
    return str(caught.value)


@pytest.mark.parametrize("name", CORES)
def test_a_board_is_loaded_and_its_program_runs(lab, bundles, name: str) -> None:
    lab.tool("xsdb")
    lab.put(name)
    assert load(lab, bundles(name)) == ["loaded by xsdb"]
    assert lab.state == {
        "running": CORES[name],
        "cable": "Digilent 210319A",
        "program": str(bundles(name).folder / "loopback.elf"),
        "configured": True,
        "forced": False,
        "waited_ms": {"pynq-z2": 3000, "zcu102": 5500, "arty-a7-100": 6000}[name],
    }


@pytest.mark.parametrize("name", CORES)
def test_a_board_that_is_there_is_found_and_left_alone(lab, name: str) -> None:
    lab.tool("xsdb")
    lab.put(name)
    loaders.choose(Board.load(name), "tcp:localhost:3121").check()
    assert lab.idle


#: Board, line of its start-up order, what stands there instead, what the model says.
MUTATIONS = [
    # Zynq-7000
    ("pynq-z2", "    rst -system\n", "", "runs what it has found at power-on: `rst -system` first"),
    ("pynq-z2", "    after 3000\n", "", "less than a second ago"),
    ("pynq-z2", '    target "xc7z*"\n', "", "fpga: APU is no FPGA: select it with `targets`"),
    ("pynq-z2", '"xc7z*"', '"xc7a*"', 'no targets found with "name =~ "xc7a*"". available targets: '
     "APU, ARM Cortex-A9 MPCore #0, ARM Cortex-A9 MPCore #1, xc7z020"),
    ("pynq-z2", "    fabric\n", "", "0x41200000 is in the fabric, and it is not configured"),
    ("pynq-z2", "    fabric\n", "    fabric\n    target APU\n    rst -system\n    after 3000\n",
     "0x41200000 is in the fabric, and it is not configured"),
    ("pynq-z2", "    ps_source\n", "", 'invalid command name "ps7_init"'),
    ("pynq-z2", "    ps7_init\n", "", "DDR controller is not initialized"),
    ("pynq-z2", "    ps7_post_config\n", "", "Cannot access FPGA: Level shifters are not enabled"),
    ("pynq-z2", "    ps7_init\n    ps7_post_config\n    identity\n",
     "    identity\n    ps7_init\n    ps7_post_config\n",
     "Cannot access FPGA: Level shifters are not enabled"),
    ("pynq-z2", '    target "*A9*#0"\n', "", "dow: APU is no processor"),
    ("pynq-z2", '"*A9*#0"', '"*A9*"', "more than one target found with"),
    ("pynq-z2", "    program\n", "", "ARM Cortex-A9 MPCore #0 has no program since the last reset"),
    ("pynq-z2", "    con\n", "", "loopback.elf was downloaded and never started: `con`"),
    ("pynq-z2", "loadhw -hw", "loadhw -hardware", "loadhw: unknown option -hardware"),
    ("pynq-z2", "force-mem-access 1", "force-mem-acces 1",
     "of `configparams` it knows force-mem-access 0 or 1"),
    ("pynq-z2", "    server\n    #", "    #",
     'Invalid target. Use "connect" command to connect to hw_server'),
    # Zynq UltraScale+
    ("zcu102", "    mwr 0xff5e0200 0x0100\n", "", "Cortex-A53 #0: EDITR not ready"),
    ("zcu102", "0x0100\n    rst -system\n", "0x0100\n", "Cortex-A53 #0: EDITR not ready"),
    ("zcu102", "    rst -system\n    after 3000\n", "    rst -system\n", "less than a second ago"),
    ("zcu102", "    fabric\n", "", "the fabric is isolated from the PS"),
    ("zcu102", "    psu_init\n", "", "DDR controller is not initialized"),
    ("zcu102", "    psu_ps_pl_isolation_removal\n", "",
     "the fabric is isolated from the PS: psu_ps_pl_isolation_removal"),
    ("zcu102", "    psu_ps_pl_reset_config\n", "", "pl_resetn0 is low: psu_ps_pl_reset_config"),
    ("zcu102", "    mwr 0xffff0000 0x14000000\n", "", "left reset with no code at 0xffff0000"),
    ("zcu102", "    mwr 0xfd1a0104 0x380e\n", "", "Cortex-A53 #0 is held in reset (RST_FPD_APU)"),
    ("zcu102", "0x380e", "0x3c0e", "Cortex-A53 #0 is held in reset (RST_FPD_APU)"),
    ("zcu102", "    mwr 0xffff0000 0x14000000\n    mwr 0xfd1a0104 0x380e\n",
     "    mwr 0xfd1a0104 0x380e\n    mwr 0xffff0000 0x14000000\n",
     "left reset with no code at 0xffff0000"),
    ("zcu102", '"*A53*#0"', '"*A53*#1"', "Cortex-A53 #1 is held in reset (RST_FPD_APU)"),
    ("zcu102", '"*A53*#0"', "APU", "dow: APU is no processor"),
    ("zcu102", "catch { psu_protection }", "psu_protection", "no protection here"),
    # MicroBlaze V
    ("arty-a7-100", "    fabric\n    after 3000\n", "    fabric\n",
     'no targets found with "name =~ "*Hart*#0"". available targets: xc7a100t'),
    ("arty-a7-100", "*Hart*#0", "*microblaze*#0",
     'no targets found with "name =~ "*microblaze*#0""'),
    ("arty-a7-100", "    rst -system\n", "", "Hart #0 runs what it has found at power-on"),
    ("arty-a7-100", '    after 3000\n    target "*Hart*#0"\n    program\n', "    program\n",
     "less than a second ago"),
    ("arty-a7-100", '    target "xc*"\n    fabric\n', "    fabric\n", "no target is selected"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "said"), MUTATIONS)
def test_another_order_fails_as_on_the_device(lab, settings, capsys, name, old, new, said) -> None:
    family = Board.load(name).processing_system.family
    printed = run_changed(lab, settings(name), f"{family}.tcl", old, new, capsys)
    assert said in printed
    assert lab.idle or said == "loopback.elf was downloaded and never started: `con`"


@pytest.fixture(scope="module")
def settings(bundles, tmp_path_factory):
    """Give the settings of a load, as the loader writes them."""

    def give(name: str) -> Path:
        if name not in made:
            scratch = tmp_path_factory.mktemp(name)
            loader = xsdb.Xsdb(Board.load(name), loaders.cable.Cable())
            monkeypatch = pytest.MonkeyPatch()
            with monkeypatch.context() as patch:
                patch.setattr(
                    tools, "run", lambda *_, passing: tools.Told(0, "soc: load done", scratch)
                )
                loader.load(bundles(name), scratch, lambda text: None)
            made[name] = scratch / "load_settings.tcl"
        return made[name]

    made: dict[str, Path] = {}
    return give


def run_changed(lab, settings: Path, file: str, old: str, new: str, capsys) -> str:
    """Execute a copy of the start-up orders with one change, and return what the stand-in says."""
    name = "pynq-z2" if "zynq7" in settings.read_text() else "zcu102"
    name = "arty-a7-100" if "microblaze" in settings.read_text() else name
    lab.put(name)
    folder = lab.folder / "load"
    shutil.copytree(resources.folder("baremetal_c") / "vitis" / "load", folder)
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))
    assert standin(["xsdb", str(folder / "load.tcl"), "load", str(settings)]) == 1
    return str(capsys.readouterr().out)


SHARED = [
    ("fpga -file [setting bit]", "fpga -file soc.bit", 'couldn\'t open "soc.bit": no such file'),
    ("fpga -file", "fpga -f", "fpga: unknown option -f"),
    ("uplevel #0 [list source [setting ps_init]]", "source [setting ps_init]",
     'can\'t read "DEVICE_NAME": no such variable'),
    ("-set -nocase -filter", "-set -nocase -filtr", "targets: unknown option -filtr"),
    ("targets -set", "targets", "no target is selected: use `targets -set`"),
    ('name =~ \\"$name\\"', 'name = \\"$name\\"', 'invalid filter "name = "APU*""'),
    ("dow [setting elf]", "dow [setting xsa]", "loopback.xsa: not an ELF file"),
    ("mrd -force -value", "mrd -force", 'expected integer but got "41200008:'),
    ("$base + 8", "$base + 4", "the fabric holds design"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), SHARED)
def test_what_all_orders_share_is_executed_too(lab, settings, capsys, old, new, said) -> None:
    assert said in run_changed(lab, settings("pynq-z2"), "jtag.tcl", old, new, capsys)
    assert lab.idle


def test_another_design_in_the_fabric_is_noticed(lab, bundles, tmp_path) -> None:
    lab.tool("xsdb")
    lab.put("pynq-z2")
    folder = tmp_path / "other"
    shutil.copytree(bundles("pynq-z2").folder, folder)
    bundle = Bundle(folder, bundles("pynq-z2").manifest)
    described = json.loads((folder / "accelerator.json").read_text())
    there = int(described["design_id"], 16)
    described["design_id"] = "0x00000000deadbeef"
    (folder / "accelerator.json").write_text(json.dumps(described))
    assert refused(lab, bundle).startswith(
        f"pynq-z2: the fabric holds design 0x{there:016x}, not 0x00000000deadbeef"
    )


ON = "is the board switched on, its JTAG cable plugged in, and closed in every other program such "
FAULTS = [
    ({"fault": "off"}, 'no targets found with "name =~ "APU*"". available targets: none\n  ' + ON),
    ({"fault": "unplugged"}, 'no targets found with "name =~ "APU*"". available targets: none'),
    ({"fault": "done"}, "fpga configuration failed. DONE PIN is not HIGH\n  is the bitstream for"),
    ({"device": "xc7z010"}, "fpga configuration failed. DONE PIN is not HIGH"),
]


@pytest.mark.parametrize(("how", "said"), FAULTS)
def test_a_board_that_fails(lab, bundles, how: dict[str, str], said: str) -> None:
    lab.tool("xsdb")
    lab.put("pynq-z2", **how)
    assert refused(lab, bundles("pynq-z2")).startswith(f"pynq-z2: {said}")
    if how.get("fault") in ("off", "unplugged"):
        with pytest.raises(LinkError) as caught:
            loaders.choose(Board.load("pynq-z2"), None).check()
        assert str(caught.value).startswith(f"pynq-z2: {said}")


def test_a_server_that_does_not_answer(lab, bundles) -> None:
    lab.tool("xsdb")
    board = {"family": "zynq7", "device": "xc7z020", "cable": "A"}
    lab.bench(board, server="TCP:bench.example:3122")
    hint = "start hw_server where the cable is, and let the firewall pass its port"
    for cable, url in (("tcp:localhost", "TCP:LOCALHOST:3121"), ("tcp:b.c:1", "TCP:B.C:1")):
        said = refused(lab, bundles("pynq-z2"), cable=cable)
        assert said.startswith(f"pynq-z2: Connection refused: no hw_server at {url}\n  {hint}")
    load(lab, bundles("pynq-z2"), cable="TCP:bench.example:3122")
    assert lab.state["running"] == CORES["pynq-z2"]


def test_of_two_boards_the_cable_tells(lab, bundles) -> None:
    lab.tool("xsdb")
    each = {"family": "zynq7", "device": "xc7z020"}
    lab.bench({**each, "cable": "Digilent 210A"}, {**each, "cable": "Digilent 210B"})
    assert refused(lab, bundles("pynq-z2")).startswith(
        'pynq-z2: more than one target found with "name =~ "APU*"": APU (Digilent 210A), APU '
        "(Digilent 210B)"
    )
    load(lab, bundles("pynq-z2"), cable="210b")
    assert lab.state["cable"] == "Digilent 210B"


def test_a_tool_that_is_missing(lab) -> None:
    lab.monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError) as caught:
        loaders.choose(Board.load("zcu102"), None).check()
    assert str(caught.value) == (
        "xsdb not found: source the settings64.sh of Vivado, or set HLS4ML_SOC_XSDB or "
        "HLS4ML_SOC_XILINX"
    )


def test_a_tool_that_waits_for_ever_is_ended(lab, bundles) -> None:
    lab.tool("xsdb", body="echo connecting; exec sleep 60")
    lab.put("pynq-z2")
    lab.monkeypatch.setattr(xsdb, "LOAD_SECONDS", 1.0)
    log = lab.folder / "scratch/xsdb.log"
    assert refused(lab, bundles("pynq-z2")) == f"xsdb did not end within 1 s\n  log: {log}"
    lab.monkeypatch.setattr(xsdb, "CHECK_SECONDS", 1.0)
    with pytest.raises(LinkError, match="^xsdb did not end within 1 s$"):
        loaders.choose(Board.load("pynq-z2")).check()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("exit 0", "xsdb ended without a word"),
        ("echo 'rlwrap: segmentation fault'; exit 139", "rlwrap: segmentation fault"),
        ("echo 'soc: load done'; exit 3", "soc: load done"),
    ],
)
def test_a_tool_that_ends_early_is_no_success(lab, bundles, body: str, said: str) -> None:
    lab.tool("xsdb", body=body)
    lab.put("pynq-z2")
    log = lab.folder / "scratch/xsdb.log"
    assert refused(lab, bundles("pynq-z2")) == f"pynq-z2: {said}\n  log: {log}"


def test_what_is_for_virtual_boards_goes_into_no_real_one(lab, bundles, tmp_path) -> None:
    lab.tool("xsdb")
    lab.put("pynq-z2")
    bundle = bundles("pynq-z2")
    virtual = Bundle(bundle.folder, {**bundle.manifest, "origin": "standin"})
    assert refused(lab, virtual, ModelError) == (
        f"{bundle.folder} was built by stand-ins for the vendor's tools, and its bitstream is for "
        "virtual boards: build with --tools vendor"
    )
    shutil.copytree(bundle.folder, tmp_path / "other")
    bit = tmp_path / "other" / "loopback.bit"
    bit.write_bytes(bit.read_bytes().replace(b";UserID=0XFFFFFFFF", MARK))
    assert refused(lab, Bundle(tmp_path / "other", bundle.manifest), ModelError) == (
        f"{bit} is a bitstream for virtual boards: build with --tools vendor"
    )
    bit.unlink()
    assert refused(lab, Bundle(tmp_path / "other", bundle.manifest), ModelError) == (
        f"{tmp_path}/other holds no loopback.bit: build it anew with --tools vendor"
    )
    assert lab.idle


def test_a_hand_off_that_vivado_did_not_write(lab, bundles, tmp_path) -> None:
    bundle = bundles("arty-a7-100")
    shutil.copytree(bundles("pynq-z2").folder, tmp_path / "other")
    xsa = tmp_path / "other" / "loopback.xsa"
    shutil.copy(bundle.folder / "loopback.xsa", xsa)
    other = Bundle(tmp_path / "other", bundles("pynq-z2").manifest)
    assert refused(lab, other, ModelError) == (
        f"{xsa} holds no ps7_init.tcl, without which clocks and DDR stay off: Vivado's "
        "write_hw_platform writes it"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tcp:", "--cable tcp:: write tcp:HOST or tcp:HOST:PORT of a hw_server"),
        ("tcp:h:0", "--cable tcp:h:0: write tcp:HOST or tcp:HOST:PORT of a hw_server"),
        ("tcp:h:99999", "--cable tcp:h:99999: write tcp:HOST or tcp:HOST:PORT of a hw_server"),
        ('x"} ; exec', '--cable x"} ; exec: a cable\'s name has letters, digits, blanks and _ . / '
         ": - only"),
    ],
)  # fmt: skip
def test_cables_that_are_none(text: str, said: str) -> None:
    with pytest.raises(ModelError, match=f"^{re.escape(said)}$"):
        loaders.choose(Board.load("zcu102"), text)


def test_the_loader_follows_board_and_cable() -> None:
    chosen = {
        (name, cable): loaders.choose(Board.load(name), cable).name
        for name in DEVICES
        for cable in (None, "digilent_hs2", "tcp:lab")
    }
    soft = {
        ("arty-a7-100", None): "openFPGALoader",
        ("arty-a7-100", "digilent_hs2"): "openFPGALoader",
    }
    assert chosen == {key: soft.get(key, "xsdb") for key in chosen}
