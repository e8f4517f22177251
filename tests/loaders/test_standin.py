"""The stand-ins for tools that make programs and load boards: what they refuse, by name."""

import re
from pathlib import Path

import pytest

from hls4ml_soc.virtual.vitis import elf, filters, words
from hls4ml_soc.virtual.vitis.__main__ import main
from hls4ml_soc.virtual.vitis.errors import Refused
from tests.loaders.test_boot_image import elf as an_elf


def said(capsys, *arguments: object) -> str:
    assert main([str(word) for word in arguments]) != 0
    told = capsys.readouterr()
    return (told.out + told.err).strip()


@pytest.fixture
def script(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "script.tcl"
        path.write_text(text)
        return path

    return write


def test_releases_that_lack_a_tool(capsys, script) -> None:
    path = script("")
    assert said(capsys, "--release", "2026.1", "xsct", path) == (
        "ERROR: XSCT is no longer available starting in 2026.1"
    )
    assert said(capsys, "--release", "2023.1", "vitis", "-s", path) == (
        "ERROR: vitis 2023.1 has no -s: it came with 2023.2"
    )
    assert said(capsys, "--release", "next", "vitis", "-s", path) == (
        "ERROR: stand-in: 'next' is no release"
    )


def test_tools_and_scripts_that_are_not_there(capsys, tmp_path, lab) -> None:
    assert said(capsys, "vivado") == (
        "ERROR: stand-in: name a tool: xsct, xsdb, vitis, updatemem, bootgen, openFPGALoader"
    )
    lab.put("pynq-z2")
    for tool in ("xsct", "xsdb"):
        assert said(capsys, tool) == "ERROR: stand-in: a script is needed; it has no prompt"
        assert said(capsys, tool, tmp_path / "no.tcl") == (
            f'ERROR: couldn\'t read file "{tmp_path}/no.tcl": no such file or directory'
        )
    assert said(capsys, "vitis", "-i") == (
        "ERROR: stand-in: of vitis it knows -s SCRIPT [ARGUMENT ...]"
    )
    assert said(capsys, "vitis", "-s", "no.py") == "ERROR: no.py: no such file"


def test_without_a_bench_no_board_is_reached(capsys, script, lab) -> None:
    lab.monkeypatch.delenv("HLS4ML_SOC_VIRTUAL_BENCH", raising=False)
    none = "ERROR: stand-in: no board is on the bench: HLS4ML_SOC_VIRTUAL_BENCH names none"
    assert said(capsys, "xsdb", script("connect")) == none
    assert said(capsys, "openFPGALoader", "-b", "arty_a7_100t", "x.bit") == none
    lab.put("pynq-z2", fault="smoke")
    assert said(capsys, "xsdb", script("connect")) == (
        "ERROR: stand-in: no fault 'smoke': there is off, done, unplugged"
    )


COMMANDS = [
    ("xsdb", "connect\ntargets -set -filter {name =~ APU}\nbpadd -addr &exit",
     "stand-in: the command bpadd is not modelled"),
    ("xsdb", "conect", 'invalid command name "conect"'),
    ("xsdb", "targets", 'Invalid target. Use "connect" command to connect to hw_server'),
    ("xsdb", "connect -url TCP:localhost:3121 -host localhost",
     "connect: -url and -host are alternatives"),
    ("xsdb", "connect -host nowhere", "Connection refused: no hw_server at TCP:NOWHERE:3121"),
    ("xsdb", "connect\ntargets 4",
     "stand-in: numbers of targets change from run to run: use -filter"),
    ("xsdb", "connect\nmrd 0xF8000000", "no target is selected: use `targets -set`"),
    ("xsdb", "connect\ntargets -set -filter {name == \"APU\"}\nmrd 0x100000",
     "Blocked address 0x100000. DDR controller is not initialized"),
    ("xsdb", "connect\ntargets -set -filter {name == \"APU\"}\nmrd 0x40000000",
     "Blocked address 0x40000000. Address is not in the memory map"),
    ("xsdb", "connect\ntargets -set -filter {name == \"APU\"}\nmwr 0xF8000900 0xF\n"
     "mrd -force 0x40000000", "Cannot access FPGA: Level shifters are not enabled"),
    ("xsdb", "connect\ntargets -set -filter {name == \"APU\"}\nmwr 0xF8000008 0xDF0D\n"
     "mwr 0xF8000900 0xF\nmrd -force 0x40000000",
     "stand-in: the fabric is held in reset (FPGA_RST_CTRL): no answer"),
    ("xsdb", "connect\ntargets -set -filter {name == \"xc7z020\"}\nrst -system",
     "rst -system: select APU or a processor, not the fabric"),
    ("xsdb", "connect\ntargets -set -filter {name == \"APU\"}\nrst -processor",
     "stand-in: of resets it knows `rst -system`"),
    ("xsdb", "connect\ntargets -set -filter {name == \"APU\"}\nmwr 0 zero",
     'mwr: expected integer but got "zero"'),
    ("xsdb", "connect\ntargets -set -filter {name =~ \"*#0\"}\nstop", "Already stopped"),
    ("xsct", "domain create -name d", "stand-in: the command domain is not modelled"),
    ("xsct", "setws w\nsetws w",
     "setws: a workspace is set already; -switch is not modelled"),
    ("xsct", "setws w\nplatform list", "stand-in: platform list is not modelled"),
    ("xsct", "setws w\nplatform create -hw a.xsa", "platform create: -name is missing"),
    ("xsct", "setws w\nplatform create -name p -hw a.xsa -proc x -os standalone",
     "a.xsa: not a hardware hand-off: [Errno 2] No such file or directory"),
    ("xsct", "setws w\nplatform generate", "platform generate: no platform is active"),
    ("xsct", "importsources -name a -path .", "importsources: no application a"),
    ("xsct", "setws w\napp build", "app build: -name is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "text", "message"), COMMANDS)
def test_commands_that_fail(capsys, script, lab, tool: str, text: str, message: str) -> None:
    lab.put("pynq-z2")
    lab.monkeypatch.chdir(lab.folder)
    assert message in said(capsys, tool, script(text)).splitlines()[0]


NAMES = {"name": "ARM Cortex-A9 MPCore #0", "jtag_cable_name": "Digilent 210A"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('name =~ "*A9*#0"', True),
        ('name =~ "*a9*#0"', False),
        ('name =~ "*A9*" && jtag_cable_name =~ "*210B*"', False),
        ('name =~ "*A53*" || jtag_cable_name =~ "*210A*"', True),
        ('!(name =~ "*A9*") || name == "x"', False),
        ('name != "APU"', True),
        ('name !~ "ARM*"', False),
        ("name =~ ARM*", True),
    ],
)
def test_filters(text: str, holds: bool) -> None:
    assert filters.compile_filter(text)(NAMES) is holds


def test_filters_without_case() -> None:
    assert filters.compile_filter('name =~ "*a9*#0"', nocase=True)(NAMES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = "x"', 'invalid filter "name = "x"": cannot read " = "x""'),
        ("name", 'invalid filter "name": a comparison is missing'),
        ('(name == "x"', 'invalid filter "(name == "x"": ")" is missing'),
        ('name == "x" name', 'invalid filter "name == "x" name": "name" is not expected'),
        ('level == "0"', 'invalid filter "level == "0"": no property "level"'),
    ],
)
def test_filters_that_are_none(text: str, message: str) -> None:
    with pytest.raises(Refused, match=f"^{re.escape(message)}$"):
        filters.compile_filter(text)(NAMES)


def test_words_of_a_command() -> None:
    takes = words.Takes("mrd", flags="-force", options="-size", least=1, most=2)
    found = takes.parse(["-force", "-size", "w", "0x10", "-4"])
    assert (found.flags, found.options, found.rest) == ({"-force"}, {"-size": "w"}, ["0x10", "-4"])
    for given, message in (
        (["-fource", "1"], "mrd: unknown option -fource (known here: -force -size)"),
        (["1", "-size"], "mrd: option -size needs a value"),
        (["-size", "w", "-size", "b", "1"], "mrd: option -size is given twice"),
        ([], "mrd: wrong number of arguments: none"),
        (["1", "2", "3"], "mrd: wrong number of arguments: 1 2 3"),
    ):
        with pytest.raises(Refused, match=f"^{re.escape(message)}$"):
            takes.parse(given)


@pytest.mark.parametrize("machine", [elf.ARM, elf.AARCH64])
def test_what_an_elf_brings_into_memory(tmp_path, machine: int) -> None:
    found = elf.read(an_elf(tmp_path / "a.elf", machine))
    assert (found.machine, found.wide, found.entry) == (machine, machine == 183, 0xFFFC0000)
    assert found.segments == ((0xFFFC0000, bytes(16)),)
    (tmp_path / "b.elf").write_bytes(bytes(100))
    with pytest.raises(Refused, match="b.elf: not an ELF file$"):
        elf.read(tmp_path / "b.elf")
