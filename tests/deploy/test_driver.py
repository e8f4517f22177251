"""The shipped driver on the virtual board: what a user's program may do with it."""

import shutil
from dataclasses import replace

import pytest

from hls4ml_soc.bundle import Bundle

BEGIN = """
import numpy as np
from pynq import Device, MMIO
from hls4ml_overlay import AcceleratorError, AcceleratorOverlay
from hls4ml_soc import deploy

x = np.load(deploy.example()[1])
def accesses():
    counted = Device.active_device.statistics
    return counted.reads, counted.writes
"""


def said(done) -> list[str]:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().splitlines()


def test_results_go_into_arrays_of_the_callers(digits) -> None:
    code = """
a = AcceleratorOverlay('digits.bit')
y = np.full((7, 10), np.nan)
a.predict_into(y, x[:7])
print(np.array_equal(y, a.predict(x[:7])))
for wrong in (np.zeros((6, 10)), np.zeros((7, 10), int), np.zeros((10, 7)).T, [y, y]):
    try:
        a.predict_into(wrong, x[:7])
    except (ValueError, TypeError) as error:
        print(error)
"""
    need = "layer6_out: results need a writeable, contiguous array of shape (7, 10), not "
    assert said(digits.on_board(BEGIN + code)) == [
        "True",
        need + "(6, 10)",
        "layer6_out: results are float32 or float64, not int64",
        need + "(7, 10)",
        "2 arrays for 1 outputs: layer6_out",
    ]


def test_a_call_touches_few_registers(digits) -> None:
    code = """
a = AcceleratorOverlay('digits.bit')
a.predict(x[:5])
before = accesses()
a.predict(x[:5])
print(*np.subtract(accesses(), before))
"""
    assert said(digits.on_board(BEGIN + code)) == [
        "3 4"
    ]  # two status reads, length; addresses, lengths


def test_the_loaded_bitstream_can_be_used_again(digits) -> None:
    code = """
first = AcceleratorOverlay('digits.bit')
again = AcceleratorOverlay('digits.bit', download=False)
same = np.array_equal(first.predict(x[:3]), again.predict(x[:3]))
print(same, Device.active_device.statistics.downloads)
"""
    assert said(digits.on_board(BEGIN + code)) == ["True 1"]


def test_without_a_bitstream_nothing_is_touched(digits) -> None:
    code = """
try:
    AcceleratorOverlay('digits.bit', download=False)
except AcceleratorError as error:
    print(error, accesses())
"""
    assert said(digits.on_board(BEGIN + code)) == [
        "no bitstream is loaded; use download=True (0, 0)"
    ]


def test_a_foreign_bitstream_is_not_touched(digits, tmp_path) -> None:
    """The same files but for one bit of the bitstream's payload: another build."""
    other = tmp_path / "other"
    shutil.copytree(digits.bundle.folder, other)
    code = f"""
from hls4ml_soc.virtual import bitfile
from pathlib import Path
was = bitfile.read(Path('digits.bit'))
other = Path({str(other / "digits.bit")!r})
contents = was.contents | {{'note': b'other'}}
bitfile.write(other, was.design.split(';')[0], was.part, was.version, contents)
loaded = AcceleratorOverlay({str(other / "digits.bit")!r})
before = accesses()
try:
    AcceleratorOverlay('digits.bit', download=False)
except AcceleratorError as error:
    print(error)
print(accesses() == before)
"""
    mine = digits.bundle.folder / "digits.bit"
    assert said(digits.on_board(BEGIN + code)) == [
        f"the fabric holds {other / 'digits.bit'}, not {mine}; use download=True",
        "True",
    ]


def test_a_virtual_bitstream_is_refused_on_a_real_board(digits) -> None:
    code = """
del Device.active_device.capabilities['VIRTUAL']
try:
    AcceleratorOverlay('digits.bit')
except AcceleratorError as error:
    print(error, Device.active_device.statistics.downloads)
"""
    path = digits.bundle.folder / "digits.bit"
    assert said(digits.on_board(BEGIN + code)) == [
        f"{path} was made without Vivado, for a virtual board; build it with `deploy --tools "
        "vendor` "
        "for a real one 0"
    ]


def test_a_bitstream_of_another_part_is_refused(digits, tmp_path) -> None:
    bundle = Bundle(shutil.copytree(digits.bundle.folder, tmp_path / "bundle"), {})
    described = bundle.folder / "accelerator.json"
    described.write_text(described.read_text().replace("xc7z020clg400-1", "xc7z010clg400-1"))
    code = """
try:
    AcceleratorOverlay('digits.bit')
except AcceleratorError as error:
    print(error)
"""
    (line,) = said(replace(digits, bundle=bundle).on_board(BEGIN + code))
    assert line.endswith("digits.bit is for 7z020clg400, accelerator.json for xc7z010clg400-1")


def test_an_interrupt_in_mid_call_leaves_a_working_accelerator(digits) -> None:
    code = """
a = AcceleratorOverlay('digits.bit')
expected = a.predict(x[:4])
wait = a._dma.wait
def interrupted(seconds):
    raise KeyboardInterrupt
a._dma.wait = interrupted
try:
    a.predict(x[4:8])
except KeyboardInterrupt:
    print('interrupted')
a._dma.wait = wait
print(np.array_equal(a.predict(x[:4]), expected))
"""
    assert said(digits.on_board(BEGIN + code)) == ["interrupted", "True"]


def test_buffers_are_given_back(digits) -> None:
    code = """
live = Device.active_device._cma._live
with AcceleratorOverlay('digits.bit') as a:
    a.predict(x[:2])
    a.predict(x)
    print(len(live))
print(len(live))
"""
    assert said(digits.on_board(BEGIN + code)) == ["4", "0"]


@pytest.mark.deep
def test_ten_thousand_calls_do_not_grow(digits) -> None:
    code = """
import gc, resource
a = AcceleratorOverlay('digits.bit')
expected = a.predict(x[:3])
def run(calls):
    for _ in range(calls):
        assert np.array_equal(a.predict(x[:3]), expected)
    gc.collect()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, len(gc.get_objects())
run(500)
before = run(500)
after = run(10000)
print(after[0] - before[0] < 1024, after[1] - before[1] < 100)
"""
    assert said(digits.on_board(BEGIN + code)) == ["True True"]
