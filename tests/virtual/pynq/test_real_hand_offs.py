"""Hand-off files that Vivado wrote, of other people's designs, under the real pynq package."""

import gzip
import subprocess
import sys
from pathlib import Path

import pynqmetadata
import pytest

from hls4ml_soc.virtual.board.compiled import CompiledCore

ROOT = Path(__file__).parents[3]
FILES = ROOT / "tests" / "data" / "hwh"
#: Come with pynq's own package: its resizer for the Pynq-Z2 (2019.2), a radio (2020.2).
RESIZER = Path(pynqmetadata.__file__).parent / "tests" / "hwhs" / "resizer.hwh"
RADIO = RESIZER.with_name("rfsoc_sam.hwh")
HLS4ML_CORE = "CERN:hls4ml:myproject_axi:1.0"
RESIZE_CORE = "xilinx.com:hls:resize_accel:1.0"
LOAD = "import sys, pynq\npynq.Overlay(sys.argv[1])"
NAME = "python -m hls4ml_soc.virtual.pynq"


@pytest.fixture
def unpacked(tmp_path):
    """A file of tests/data/hwh."""

    def unpack(name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(gzip.decompress((FILES / f"{name}.gz").read_bytes()))
        return path

    return unpack


@pytest.fixture
def run(tmp_path):
    """Run a script on the board of a hand-off file."""

    def start(script: str, hwh: Path, *options: str) -> "subprocess.CompletedProcess[str]":
        (tmp_path / "program.py").write_text(script)
        argv = [sys.executable, "-m", "hls4ml_soc.virtual.pynq", "--hwh", str(hwh), *options]
        return subprocess.run(
            [*argv, str(tmp_path / "program.py"), "{bit}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return start


def last_line(done: "subprocess.CompletedProcess[str]") -> str:
    return done.stderr.splitlines()[-1]


@pytest.fixture(scope="module")
def resize_core(tmp_path_factory):
    library = tmp_path_factory.mktemp("core") / "core.so"
    source = Path(__file__).with_name("resize_core.c")
    command = ["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", str(source)]
    subprocess.run([*command, "-o", str(library)], check=True, timeout=60)
    return library


# hls4ml's own accelerator for the Pynq-Z2


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project of backend VivadoAccelerator, and what hls4ml predicts: samples.npz."""
    folder = tmp_path_factory.mktemp("accelerator")
    command = [sys.executable, str(Path(__file__).with_name("make_accelerator.py")), str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)
    return folder


PREDICT = """
import sys
import numpy as np
sys.path.insert(0, {project!r})
from axi_stream_driver import NeuralNetworkOverlay
samples = np.load({project!r} + "/samples.npz")
x = np.floor(samples["x"] * 2**10).astype(np.int16)
network = NeuralNetworkOverlay(sys.argv[1], x.shape, samples["y"].shape, dtype=np.int16)
for _ in range(2):
    y = network.predict(x)
    print((y * 2.0**-10 == samples["y"]).sum(), y.size)
print(sorted(network.ip_dict))
network.hier_0.myproject_axi_0.register_map.vector_rows = 7
"""


def test_a_board_made_by_hls4ml_runs_its_own_driver(run, unpacked, project):
    hwh = unpacked("pynqz2_hls4ml_axidma_2019.2.hwh")
    script = PREDICT.format(project=str(project))
    done = run(script, hwh, "--cores", f"{HLS4ML_CORE}={project}")
    assert done.stdout.splitlines() == [
        "120 120",
        "120 120",
        "['hier_0/axi_dma_0', 'hier_0/myproject_axi_0', 'processing_system7_0']",
    ]
    # The author of this design had given the core an argument.
    assert last_line(done) == (
        "hls4ml_soc.virtual.board.errors.BusFault: hier_0_myproject_axi_0 "
        "(CERN:hls4ml:myproject_axi:1.0): register vector_rows (0x10) is an argument that its "
        "compiled core does not take"
    )


def test_a_core_whose_streams_are_not_those_of_the_design(run, unpacked, resize_core):
    hwh = unpacked("pynqz2_hls4ml_axidma_2019.2.hwh")
    done = run(LOAD, hwh, "--cores", f"{HLS4ML_CORE}={resize_core}")
    assert last_line(done).endswith(
        "pynqz2_hls4ml_axidma_2019.2.bit: hier_0_myproject_axi_0/in_r is 16 bits wide, the "
        "compiled core 24"
    )


def test_a_board_made_by_hls4ml_without_its_core(run, unpacked):
    done = run(LOAD, unpacked("pynqz2_hls4ml_axidma_2019.2.hwh"))
    assert last_line(done).endswith(
        "pynqz2_hls4ml_axidma_2019.2.bit: no model of hier_0/myproject_axi_0 "
        "(CERN:hls4ml:myproject_axi:1.0): no compiled core was given for it "
        "(--cores CERN:hls4ml:myproject_axi:1.0=core.so)"
    )


def test_wrong_cores(run, unpacked, resize_core, tmp_path):
    hwh = unpacked("pynqz2_hls4ml_axidma_2019.2.hwh")
    for option, message in (
        (
            f"{HLS4ML_CORE[:-1]}1={resize_core}",
            f"{hwh}: no cell is a CERN:hls4ml:myproject_axi:1.1; cores that its streams need: "
            f"{HLS4ML_CORE}",
        ),
        (
            f"{HLS4ML_CORE}={tmp_path}",
            f"{tmp_path}: not an hls4ml project of backend VivadoAccelerator: it has 0 files "
            "firmware/*_axi.cpp, not one",
        ),
    ):
        done = run("", hwh, "--cores", option)
        assert (done.returncode, last_line(done)) == (2, f"{NAME}: error: {message}")


# PYNQ's resizer: width converters, and a core started by registers

RESIZE = """
import sys
import numpy as np
import pynq
design = pynq.Overlay(sys.argv[1])
dma, core = design.axi_dma_0, design.resize_accel_0
picture = np.random.default_rng(5).integers(0, 256, (12, 10, 3), np.uint8)
source, target = pynq.allocate((12, 10, 3), "u1"), pynq.allocate((6, 5, 3), "u1")
source[:] = picture
core.register_map.src_rows, core.register_map.src_cols = 12, 10
core.register_map.dst_rows, core.register_map.dst_cols = 6, 5
for _ in range(2):
    dma.sendchannel.transfer(source)
    dma.recvchannel.transfer(target)
    print(dma.sendchannel.idle, core.register_map.CTRL.AP_IDLE)
    core.register_map.CTRL.AP_START = 1
    dma.sendchannel.wait()
    dma.recvchannel.wait()
    print((target == picture[::2, ::2]).all(), dma.recvchannel.transferred)
    print(core.register_map.CTRL.AP_DONE, core.register_map.CTRL.AP_DONE, core.read(0) & 4)
"""


def test_a_core_started_by_registers_between_width_converters(run, resize_core):
    done = run(RESIZE, RESIZER, "--cores", f"{RESIZE_CORE}={resize_core}")
    assert done.stderr == ""
    # 90 bytes are 22 beats of 32 bits and a half: the last one comes with TKEEP 0b0011.
    once = ["False 1", "True 90", "1 0 4"]
    assert done.stdout.splitlines() == once * 2


def test_arguments_of_a_library(resize_core):
    core = CompiledCore(resize_core)
    assert core.takes_arguments
    core.write_argument(0x10, 0xFFFF_FFFF)
    assert core.read_argument(0x10) == 0xFFFF_FFFF
    core.reset()
    assert core.read_argument(0x10) == 0
    core.close()


def test_a_core_that_nobody_starts(run, resize_core):
    script = RESIZE.replace("core.register_map.CTRL.AP_START = 1", "sys.exit()")
    done = run(script, RESIZER, "--trace", "--cores", f"{RESIZE_CORE}={resize_core}")
    assert "has not been started: nobody wrote ap_start to its registers" in done.stderr


def test_the_resizer_without_its_core(run):
    done = run(LOAD, RESIZER)
    assert last_line(done).endswith(
        "resizer.bit: no model of resize_accel_0 (xilinx.com:hls:resize_accel:1.0): no compiled "
        "core was given for it (--cores xilinx.com:hls:resize_accel:1.0=core.so)"
    )


# Designs of which the board knows a part

MEMORY = """
import sys
import numpy as np
import pynq
design = pynq.Overlay(sys.argv[1])
window = pynq.MMIO(0x82000000, 0x20000)
window.write(0x1FFFC, 0xCAFE)
print(hex(window.read(0x1FFFC)), window.read(0))
buffer = design.axi_bram_ctrl_0.allocate(4, np.uint32)
buffer[:] = [1, 2, 3, 4]
print(hex(buffer.device_address), hex(window.read(4)))
buffer.flush()
print(window.read(4))
design.dma_core_wrap_v_1.read(0)
"""


def test_block_ram_is_memory_and_a_foreign_master_faults_when_touched(run, unpacked):
    done = run(MEMORY, unpacked("zynqmp_idma_2024.2.hwh"))
    lines = done.stderr.splitlines()
    assert lines[0] == (
        "zynqmp_idma_2024.2.hwh: no model of ddr4_0 (xilinx.com:ip:ddr4:2.2), dma_core_wrap_v_1 "
        "(user.org:user:dma_core_wrap_v:1.0): a bus fault for whoever touches them"
    )
    assert lines[-1] == (
        "hls4ml_soc.virtual.board.errors.BusFault: offset 0x0: dma_core_wrap_v_1 "
        "(user.org:user:dma_core_wrap_v:1.0) has no model"
    )
    assert done.stdout.splitlines() == ["0xcafe 0", "0x82000000 0xd5d5d5d5", "2"]


def test_a_radio_loads_and_none_of_its_cells_can_be_touched(run):
    done = run(LOAD + ".radio.rfdc.read(0)", RADIO)
    assert done.stderr.startswith(
        "rfsoc_sam.hwh: no model of radio/receiver/channel_00/decimator "
        "(strath.ac.uk:RFSoC:xsg_bwselector:1.1), radio/receiver/channel_00/spectrum_analyser "
    )
    assert last_line(done).endswith(
        "radio_rfdc (xilinx.com:ip:usp_rf_data_converter:2.4) has no model"
    )


def test_a_board_without_a_processing_system(run, unpacked):
    hwh = unpacked("a7_100t_mb_mig_2020.2.hwh")
    done = run("", hwh)
    assert (done.returncode, last_line(done)) == (
        2,
        f"{NAME}: error: {hwh}: no Zynq processing system: PYNQ does not run on it",
    )
