"""Faults put into what ships, each caught by the stand-ins, the virtual board or the driver:
never by comparing texts."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from hls4ml_soc.bundle import Bundle
from hls4ml_soc.errors import ToolError
from hls4ml_soc.reference import Reference
from hls4ml_soc.report import compare

PREDICT = """
import numpy as np
from hls4ml_overlay import AcceleratorError, AcceleratorOverlay
from hls4ml_soc import deploy

x = np.load(deploy.example()[1])
"""


@pytest.fixture(scope="session")
def expected(digits, images):
    (values,) = Reference(digits.contract.accelerator, digits.folder / "reference").predict(
        [images]
    )
    return values


def outcome(done) -> str:
    """The last line of a run that ended well."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().splitlines()[-1]


def with_expected(code: str, expected, folder) -> str:
    np.save(folder / "expected.npy", expected)
    return f"{PREDICT}\nexpected = np.load({str(folder / 'expected.npy')!r})\n{code}"


def test_without_a_fault_every_sample_is_right(digits, expected, tmp_path) -> None:
    code = (
        "with AcceleratorOverlay('digits.bit') as a: print(np.array_equal(a.predict(x), expected))"
    )
    assert outcome(digits.on_board(with_expected(code, expected, tmp_path))) == "True"


@pytest.mark.parametrize("method", ["flush", "invalidate"])
def test_a_cache_operation_that_is_left_out_gives_wrong_results(
    digits, expected, tmp_path, method: str
) -> None:
    code = f"""
import pynq.buffer
pynq.buffer.PynqBuffer.{method} = lambda self: None
a = AcceleratorOverlay('digits.bit')
print(int((a.predict(x) == expected).all(axis=1).sum()))
"""
    assert int(outcome(digits.on_board(with_expected(code, expected, tmp_path)))) < 10


def test_earlier_results_stay_right(digits, expected, tmp_path) -> None:
    code = """
a = AcceleratorOverlay('digits.bit')
first = a.predict(x[:50])
a.predict(x[50:])
print(np.array_equal(first, expected[:50]))
"""
    assert outcome(digits.on_board(with_expected(code, expected, tmp_path))) == "True"


def test_any_batch_size_and_a_partial_last_chunk(digits, expected, tmp_path) -> None:
    code = """
from hls4ml_overlay import buffers
buffers.BUFFER_BYTES = 100 * 128   # a hundred samples a buffer
a = AcceleratorOverlay('digits.bit')
sizes = [1, 2, 99, 100, 101, 200, 201, 360, 0]
print([n for n in sizes if not np.array_equal(a.predict(x[:n]), expected[:n])])
"""
    assert outcome(digits.on_board(with_expected(code, expected, tmp_path))) == "[]"


def test_a_batch_longer_than_the_length_register(digits, expected, tmp_path) -> None:
    """46080 bytes through a DMA whose register holds 14 bits."""
    short = digits.variant(
        tmp_path / "short",
        ("vivado/steps/dma.tcl", "c_sg_length_width 26", "c_sg_length_width 14"),
    )
    code = """
a = AcceleratorOverlay('digits.bit')
print(a._dma.longest, *(np.array_equal(a.predict(x), expected) for _ in range(2)))
"""
    assert outcome(short.on_board(with_expected(code, expected, tmp_path))) == "16383 True True"


def test_a_transfer_cut_in_mid_sample_is_reported_and_the_next_is_right(
    digits, expected, tmp_path
) -> None:
    code = """
a = AcceleratorOverlay('digits.bit', timeout=0.3)
start = a._dma.start
a._dma.start = lambda source, sent, sink, wanted: start(source, sent - 64, sink, wanted)
try:
    a.predict(x[:5])
except AcceleratorError as error:
    print(error)
a._dma.start = start
print(np.array_equal(a.predict(x[:5]), expected[:5]))
"""
    lines = digits.on_board(with_expected(code, expected, tmp_path)).stdout.strip().splitlines()
    assert lines[0].startswith(
        "no result within timeout=0.3 s: all 576 input bytes were sent, but no TLAST ended the "
        "output"
    )
    assert lines[1] == "True"


def test_without_the_dmas_reset_on_the_core_a_cut_transfer_spoils_the_next(
    digits, expected, tmp_path
) -> None:
    """Shows that the reset arrangement is needed, and that the Tcl refuses a design without it."""
    reset = "net dma/mm2s_prmry_reset_out_n start/aresetn accelerator/ap_rst_n"
    other = "net reset/peripheral_aresetn start/aresetn accelerator/ap_rst_n"
    with pytest.raises(ToolError) as error:
        digits.variant(tmp_path / "refused", ("vivado/steps/network.tcl", reset, other))
    assert "start/aresetn is not driven by dma/mm2s_prmry_reset_out_n" in str(error.value)
    broken = digits.variant(
        tmp_path / "broken",
        ("vivado/steps/network.tcl", reset, other),
        ("vivado/steps/run.tcl", "    [setting core]_check\n", ""),
    )
    code = """
a = AcceleratorOverlay('digits.bit', timeout=0.3)
start = a._dma.start
a._dma.start = lambda source, sent, sink, wanted: start(source, sent - 64, sink, wanted)
try:
    a.predict(x[:5])
except AcceleratorError:
    pass
a._dma.start = start
try:
    print(np.array_equal(a.predict(x[:5]), expected[:5]))
except AcceleratorError as error:
    print(error)
"""
    assert outcome(broken.on_board(with_expected(code, expected, tmp_path))) != "True"


FREE = (
    "vivado/steps/network.tcl",
    "    net start/ap_start accelerator/ap_start\n",
    "    create_cell xilinx.com:ip:xlconstant high\n    net high/dout accelerator/ap_start\n",
)


def test_a_core_that_runs_freely_is_refused_by_the_tcl(digits, tmp_path) -> None:
    with pytest.raises(ToolError) as error:
        digits.variant(tmp_path / "free", FREE)
    assert "accelerator/ap_start is not driven by start/ap_start" in str(error.value)


def test_a_core_that_runs_freely_keeps_its_last_samples(digits, tmp_path) -> None:
    """On the board the stalled pipeline shows as a missing TLAST; with one start per sample it
    does not."""
    free = digits.variant(
        tmp_path / "free", FREE, ("vivado/steps/run.tcl", "    [setting core]_check\n", "")
    )
    code = f"{PREDICT}\nprint(AcceleratorOverlay('digits.bit', timeout=0.3).predict(x[:5]).shape)"
    stuck = free.on_board(code, "--fault", "stalling")
    assert stuck.returncode != 0
    assert (
        "AcceleratorError: no result within timeout=0.3 s: all 640 input bytes were sent, but no "
        "TLAST" in stuck.stderr
    )
    assert outcome(digits.on_board(code, "--fault", "stalling")) == "(5, 10)"


def test_a_core_without_tlast_is_named_and_does_not_hang(digits, tmp_path) -> None:
    name, old = next(
        (name, line)
        for name, text in digits.plan.files.items()
        if name.startswith("hls/soc_") and name.endswith(".h")
        for line in text.splitlines(keepends=True)
        if "beat.last = " in line and "tlast" not in line.lower()
    )
    mute = digits.variant(tmp_path, (name, old, old.split("=")[0] + "= 0;\n"))
    done = mute.on_board(f"{PREDICT}\nAcceleratorOverlay('digits.bit', timeout=0.3).predict(x[:5])")
    assert done.returncode != 0
    assert "no TLAST ended the output" in done.stderr


def test_memory_in_the_wrong_place_is_a_decode_error(digits, tmp_path) -> None:
    moved = digits.variant(
        tmp_path,
        (
            "vivado/settings.tcl",
            "memory_ranges {0x00000000 0x20000000}",
            "memory_ranges {0x00000000 0x00100000}",
        ),
    )
    done = moved.on_board(f"{PREDICT}\nAcceleratorOverlay('digits.bit').predict(x[:5])")
    assert done.returncode != 0
    assert (
        "MM2S (DMADecErr): reading the input, the DMA met an address that the design does not map"
        in done.stderr
    )


def test_a_register_address_outside_the_port_is_refused(digits, tmp_path) -> None:
    with pytest.raises(ToolError) as error:
        digits.variant(
            tmp_path,
            (
                "vivado/steps/address.tcl",
                "dma/S_AXI_LITE/Reg 0x400000",
                "dma/S_AXI_LITE/Reg 0x90000000",
            ),
        )
    assert "Vivado failed (exit code 1)" in str(error.value)


def test_the_id_of_another_build_is_refused(digits, tmp_path) -> None:
    other = tmp_path / "bundle"
    shutil.copytree(digits.bundle.folder, other)
    described = json.loads((other / "accelerator.json").read_text())
    described["design_id"] = "0x0123456789abcdef"
    (other / "accelerator.json").write_text(json.dumps(described))
    done = replace(digits, bundle=Bundle(other, {})).on_board(
        f"{PREDICT}\nAcceleratorOverlay('digits.bit')"
    )
    assert (
        f"AcceleratorError: the fabric holds design {digits.contract.design_id}, accelerator.json "
        "is of "
        "0x0123456789abcdef: use the .bit, .hwh and accelerator.json of one build"
    ) in done.stderr


@pytest.mark.parametrize(
    ("way", "byte", "bit"),
    [("encode", 40, 5), ("encode", 73, 0), ("decode", 0, 0), ("decode", 19, 7)],
)
def test_a_bit_flipped_on_the_way_is_reported_with_its_place(
    digits, expected, tmp_path, way: str, byte: int, bit: int
) -> None:
    """In the input buffer (pixels that the network looks at) and in the output buffer."""
    code = f"""
a = AcceleratorOverlay('digits.bit')
{way} = a.layout.{way}
def flipped(first, second):
    {"encode(first, second); second" if way == "encode" else "first"}[3, {byte}] ^= {1 << bit}
    {"" if way == "encode" else "decode(first, second)"}
a.layout.{way} = flipped
np.save({str(tmp_path / "got.npy")!r}, a.predict(x[:6]))
"""
    done = digits.on_board(with_expected(code, expected, tmp_path))
    assert done.returncode == 0, done.stderr
    found = compare({"y": np.load(tmp_path / "got.npy")}, {"y": expected[:6]})
    assert found.bit_exact == 5
    assert found.first is not None and found.first.sample == 3
    if way == "decode":
        assert (found.mismatches, found.first.index) == (1, (byte // 2,))
        assert abs(found.first.got - found.first.expected) == 2.0 ** (bit + 8 * (byte % 2) - 10)
