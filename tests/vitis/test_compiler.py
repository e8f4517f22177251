"""The stand-in for v++: what it takes, and what it refuses, in one sentence."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hls4ml_soc.virtual.vitis_compiler import __main__ as vpp
from hls4ml_soc.virtual.vitis_compiler import arguments
from hls4ml_soc.virtual.xrt import xclbin
from hls4ml_soc.virtual.xrt.errors import XclbinError
from hls4ml_soc.virtual.xrt.xclbin import Xclbin

from .conftest import Build

U250 = "xilinx_u250_gen3x16_xdma_4_1_202210_1"
U55C = "xilinx_u55c_gen3x16_xdma_3_202210_1"
LINK = ["-l", "-t", "hw", "--platform", U250, "--config", "link.cfg", "-o", "k.xclbin"]
COMPILE = ["-c", "-t", "hw", "--platform", U250, "-k", "loopback_soc", "-I.", "-o", "k.xo"]
TAKEN = "sp=loopback_soc_1.in:DDR[0]\nsp=loopback_soc_1.out:DDR[1]\n"


def told(capsys: pytest.CaptureFixture[str], words: list[str], code: int = 1) -> str:
    assert vpp.main(words) == code
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("****** ")
    return "\n".join(rest)


@pytest.fixture
def objects(loopback: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(loopback.folder / "kernel" / "loopback_soc.xo", tmp_path / "k.xo")
    for source in (loopback.folder / "kernel").glob("*.[ch]*"):
        shutil.copy(source, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configured(folder: Path, text: str) -> list[str]:
    (folder / "link.cfg").write_text(text)
    return [*LINK, "k.xo"]


@pytest.mark.parametrize("release", arguments.RELEASES)
def test_every_release_links(
    release: str, objects: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = configured(objects, "[connectivity]\nnk=loopback_soc:2:a,b\n" + "".join(
        f"sp={unit}.{port}:DDR[{n}]\nslr={unit}:SLR{n}\n"[: None if port == "in" else -12]
        + ("" if port == "in" else "\n")
        for n, unit in enumerate("ab") for port in ("in", "out")
    ))  # fmt: skip
    assert told(capsys, ["--release", release, *named], 0) == ""
    linked = Xclbin.read(objects / "k.xclbin")
    assert linked.vbnv == "xilinx:u250:gen3x16_xdma_4_1:202210.1"
    assert linked.mode == xclbin.SW_EMU
    assert xclbin.read_connectivity(linked.sections["CONNECTIVITY"]) == [
        (0, 0, 0), (1, 0, 0), (0, 1, 1), (1, 1, 1),
    ]  # fmt: skip
    banks = xclbin.read_mem_topology(linked.sections["MEM_TOPOLOGY"])
    assert [(b.tag, b.size >> 30) for b in banks] == [(f"DDR[{n}]", 16) for n in range(4)]


def test_equal_input_gives_equal_bytes(objects: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = configured(objects, f"[connectivity]\n{TAKEN}")
    assert told(capsys, words, 0) == ""
    first = (objects / "k.xclbin").read_bytes()
    assert told(capsys, words, 0) == ""
    assert (objects / "k.xclbin").read_bytes() == first


MISTAKES = {
    "nk=loopback_soc:2:a.b": "link.cfg:2: Vitis 2023.2 separates compute units by ',': a.b",
    "nk=loopback_soc:3:a,b": "link.cfg:2: 2 names for 3 compute units",
    "nk=other:1": "link.cfg:2: there is no kernel 'other' in the objects",
    "nk=loopback_soc:1\nnk=loopback_soc:1": "link.cfg:3: 'loopback_soc' has its nk already",
    "nk=loopback_soc:2:a,a": "two compute units have the same name",
    "nk=loopback_soc": "link.cfg:2: nk is KERNEL:NUMBER[:NAMES], 1 to 60: loopback_soc",
    "sp=loopback_soc_2.in:DDR[0]": "link.cfg:2: there is no compute unit 'loopback_soc_2': "
    "loopback_soc_1",
    "sp=loopback_soc_1.in=DDR[0]": "link.cfg:2: sp is UNIT.ARGUMENT:MEMORY[N] or [N:M]: "
    "loopback_soc_1.in=DDR[0]",
    "sp=loopback_soc_1.in:DDR[0]": "loopback_soc_1.out has no sp: v++ would choose a memory, and "
    "the same one for all compute units",
    f"{TAKEN}sp=loopback_soc_1.in:DDR[1]": "link.cfg:4: loopback_soc_1.in has its memory already",
    f"{TAKEN}sp=loopback_soc_1.batch:DDR[1]": "sp=loopback_soc_1.batch: loopback_soc has no m_axi "
    "port of that name",
    TAKEN.replace("DDR[1]", "DDR[4]"): f"sp=loopback_soc_1.out:DDR[4:4]: {U250} has DDR[0:3]",
    TAKEN.replace("DDR[1]", "HBM[1]"): f"sp=loopback_soc_1.out:HBM[1:1]: {U250} has DDR[0:3]",
    TAKEN.replace("DDR[1]", "DDR[1:2]"): "sp=loopback_soc_1.out: the stand-in models one bank per "
    "port",
    f"{TAKEN}slr=loopback_soc_1:SLR4": f"slr=loopback_soc_1:SLR4: {U250} has SLR0 to SLR3",
    f"{TAKEN}slr=loopback_soc_1:4": "link.cfg:4: slr is UNIT:SLRn: loopback_soc_1:4",
    f"{TAKEN}stream_connect=a:b": "link.cfg:4: key 'stream_connect' is not known in [connectivity] "
    "(in the stand-in)",
    f"{TAKEN}[vivado]\nprop=x": "link.cfg:4: section [vivado] is not known (in the stand-in)",
    "nonsense": "link.cfg:2: not 'key=value': nonsense",
}


@pytest.mark.parametrize("lines", MISTAKES)
def test_a_wrong_configuration(
    lines: str, objects: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = configured(objects, f"[connectivity]\n{lines}\n")
    assert told(capsys, words) == f"ERROR: {MISTAKES[lines]}"
    assert not (objects / "k.xclbin").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-t", "hw"], "one of --compile, --link and --package is needed"),
        (["-c", "-l"], "-l cannot go with compile"),
        ([*LINK, "--optimise", "3"], "option '--optimise' is not known (in the stand-in)"),
        ([*LINK, "-k", "k"], "option '--kernel' is not known with link (in the stand-in)"),
        ([*LINK, "-I."], "'-I.' has no meaning with link"),
        ([*LINK, "-t", "hw"], "option '--target' cannot be specified more than once"),
        (["-l", "-t", "board"], "target 'board' is none of sw_emu, hw_emu, hw"),
        (["-l", "-t", "hw", "-o"], "option '-o' has no value"),
        (["-l", "-t", "hw"], "option '--platform' is missing"),
        (
            ["-l", "-t", "hw", "--platform", "u250"],
            "[v++ 60-1258] no platform was found that matches 'u250'; the stand-in models "
            "xilinx_u200_gen3x16_xdma_2_202110_1, xilinx_u250_gen3x16_xdma_4_1_202210_1, "
            "xilinx_u50_gen3x16_xdma_5_202210_1, xilinx_u55c_gen3x16_xdma_3_202210_1",
        ),
        ([*LINK, "--kernel_frequency", "0.3"], "--kernel_frequency 0.3 is no frequency in MHz"),
        (LINK, "0 objects are given; the stand-in links one kernel"),
        ([*LINK, "link.cfg"], "link.cfg is no object of this stand-in: compile it with v++ -c"),
        (
            [w.replace(U250, U55C) for w in [*LINK, "k.xo"]],
            f"k.xo was compiled for {U250}, not for {U55C}",
        ),
        (
            ["-p", "-t", "hw", "--platform", U250, "-o", "p.xclbin", "k.xo"],
            "k.xo is no .xclbin",
        ),
        (["--release", "2025.1", *LINK], "there is no v++ 2025.1: 2022.2, 2023.1, 2023.2, 2024.1, "
         "2024.2"),
        ([*COMPILE, "nowhere.cpp"], "the source {folder}/nowhere.cpp does not exist"),
        ([*COMPILE, "--hls.clock", "300MHz"], "--hls.clock is HERTZ:loopback_soc, not 300MHz"),
        ([*COMPILE, "loopback_soc.cpp", "--kernel_frequency", "300"],
         "option '--kernel_frequency' is not known with compile (in the stand-in)"),
        (["--as", "emconfigutil", "--platform", U250, "-o", "x"],
         "option '--output' is not known with emconfigutil (in the stand-in)"),
    ],
)  # fmt: skip
def test_a_wrong_command_line(
    words: list[str], message: str, objects: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configured(objects, f"[connectivity]\n{TAKEN}")
    assert told(capsys, words) == f"ERROR: {message.format(folder=objects)}"


KERNEL = {
    ('extern "C" ', ""): 'loopback_soc.cpp:7: loopback_soc is not extern "C": the linker would not '
    "find it",
    ("m_axi port=in ", "m_axi port=into "): "[HLS 207-5501] loopback_soc.cpp:8: port=into is not "
    "an argument of loopback_soc",
    ("m_axi port=in ", "m_axi port=batch "): "[HLS 207-5501] loopback_soc.cpp:8: batch is no "
    "pointer: it cannot be m_axi",
    ("port=in offset=slave", "port=in offset=off"): "[HLS 207-5501] loopback_soc.cpp:8: in: a host "
    "sets addresses only with offset=slave",
    ("s_axilite port=out", "s_axilite port=out bundle=other"): "[HLS 207-5501] loopback_soc.cpp:11:"
    " the Vitis flow allows one s_axilite bundle",
    ("ap_ctrl_chain", "ap_ctrl_none"): "[HLS 207-5501] loopback_soc.cpp:14: a host cannot start a "
    "kernel of ap_ctrl_none",
    ("s_axilite port=batch", "axi_lite port=batch"): "[HLS 207-5501] loopback_soc.cpp:12: unknown "
    "interface mode axi_lite",
    ("depth=64", "dept=64"): "loopback_soc.cpp:17: pragma HLS STREAM has no option dept=",
    ("received, batch, out)", "received, batch)"): "[HLS 200-70] Compilation errors found: no "
    "matching function for call to",
}


@pytest.mark.parametrize("change", KERNEL, ids=lambda change: change[1] or "plain")
def test_a_wrong_kernel(
    change: tuple[str, str], objects: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = objects / "loopback_soc.cpp"
    text = source.read_text()
    assert change[0] in text
    (objects / "k.xo").unlink()
    source.write_text(text.replace(*change, 1))
    assert told(capsys, [*COMPILE, source.name]).startswith(f"ERROR: {KERNEL[change]}")
    assert not (objects / "k.xo").exists()


def test_an_object_has_no_trace_of_its_place(loopback: Build) -> None:
    with zipfile.ZipFile(loopback.folder / "kernel" / "loopback_soc.xo") as file:
        assert str(loopback.folder).encode() not in b"".join(map(file.read, file.namelist()))


@pytest.mark.parametrize("size", [0, 100, 500])
def test_a_file_that_is_cut_short(size: int, loopback: Build, tmp_path: Path) -> None:
    short = tmp_path / "short.xclbin"
    content = loopback.xclbin.read_bytes()
    short.write_bytes(content[:size])
    with pytest.raises(XclbinError) as error:
        Xclbin.read(short)
    said = {500: f"short.xclbin has 500 bytes, its header says {len(content)}"}
    assert str(error.value) == said.get(size, "short.xclbin is no .xclbin")


def test_the_command_as_a_process(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "hls4ml_soc.virtual.vitis_compiler", "--as", "emconfigutil"]
    argv += ["--platform", U55C, "--od", str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert (tmp_path / "emconfig.json").read_text().count('"512MB"') == 32
