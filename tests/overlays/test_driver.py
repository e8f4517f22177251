"""The driver on a virtual board: its path to the hardware and back."""

import pytest

BEGIN = """
import numpy as np
from pynq import Device
from hls4ml_overlay import AcceleratorError, AcceleratorOverlay

a = AcceleratorOverlay('echo.bit')
x = np.arange(-2000, 2000, dtype=np.float32).reshape(400, 10) / 2**8
def accesses():
    counted = Device.active_device.statistics
    return np.array([counted.reads, counted.writes])
"""


def test_one_sample_takes_seven_register_accesses_and_few_calls(echo, plain) -> None:
    """Two status registers and the length are read; two addresses and two lengths written."""
    code = """
import sys
a.predict(x[:1])
before = accesses()
a.predict(x[:1])
print(*accesses() - before)
events = []
def count(frame, event, function):
    if event == 'call' and 'hls4ml_overlay' in frame.f_code.co_filename:
        events.append(frame.f_code.co_name)
sys.setprofile(count)
a.predict(x[:1])
sys.setprofile(None)
print(len(events) <= 30, events.count('start'), events.count('wait'))
"""
    assert echo.run(BEGIN + code, plain) == ["3 4", "True 1 1"]


def test_while_a_chunk_is_on_its_way_its_neighbours_are_converted(echo, plain) -> None:
    code = """
from hls4ml_overlay import measure
last = {}
for what, at, count, begin, end in measure.trace(a, [x], 100):
    last[what, at] = (begin, end)
def inside(what, at, transfer):
    begin, end = last['transfer', transfer]
    return begin < last[what, at][0] and last[what, at][1] < end
print(sorted({at for _, at in last}))
print([inside('encode', at + 100, at) for at in (0, 100, 200)])
print([inside('decode', at - 100, at) for at in (100, 200, 300)])
print(a.trace, np.array_equal(a.predict(x), x))
"""
    assert echo.run(BEGIN + code, plain) == [
        "[0, 100, 200, 300]",
        "[True, True, True]",
        "[True, True, True]",
        "None True",
    ]


def test_times_are_those_of_the_last_call(echo, plain) -> None:
    code = """
a.predict(x)
times = a.times
a.predict(x[:1])
print(sorted(times), all(value > 0 for value in times.values()), a.times is times)
"""
    assert echo.run(BEGIN + code, plain) == ["['decode', 'encode', 'transfer'] True False"]


def test_raw_buffers_are_the_dmas_own(echo, plain) -> None:
    code = """
words = np.arange(-30, 30, dtype=np.int16).reshape(6, 10)
live = Device.active_device._cma._live
with a.raw(6) as raw:
    print(raw.inputs[0].dtype, raw.inputs[0].shape, raw.outputs[0].shape, len(live))
    raw.inputs[0][:] = words
    before = accesses()
    raw.run()
    print(np.array_equal(raw.outputs[0], words), *accesses() - before)
    raw.inputs[0][2] = 7
    raw.run()
    print(raw.outputs[0][1:4, 0])
    kept = raw.outputs[0]
    print(np.shares_memory(kept, raw.outputs[0]), sorted(a.times))
print(kept[2, 0], len(live))
del kept
import gc; gc.collect()
print(len(live), np.array_equal(a.predict(x), x))
try:
    raw.run()
except AcceleratorError as error:
    print(error)
"""
    assert echo.run(BEGIN + code, plain) == [
        "int16 (6, 10) (6, 10) 2",
        "True 3 4",
        "[-20   7   0]",
        "True ['decode', 'encode', 'transfer']",
        "7 1",
        "0 True",
        "these buffers have been given back: the with block has ended",
    ]


def test_raw_bytes_of_dense_samples(echo_dense) -> None:
    code = """
values = np.arange(-5, 5, dtype=np.float32).reshape(1, 10)
with a.raw(2) as raw:
    print(raw.inputs[0].dtype, raw.inputs[0].shape)
    raw.inputs[0][:] = np.arange(2 * 16).reshape(2, 16)
    raw.run()
    print(np.array_equal(raw.outputs[0], raw.inputs[0]))
print(np.array_equal(a.predict(values), values))
"""
    assert echo_dense.run(BEGIN + code, echo_dense.bundle("plain")) == [
        "uint8 (2, 16)",
        "True",
        "True",
    ]


def test_raw_buffers_have_a_most(echo, plain) -> None:
    code = """
for samples in (0, 1 << 26):
    try:
        with a.raw(samples):
            pass
    except ValueError as error:
        print(error)
"""
    assert echo.run(BEGIN + code, plain) == [
        f"{samples} samples were asked for; one transfer takes 1 to 2796202"
        for samples in (0, 1 << 26)
    ]


def test_a_buffer_of_another_class_keeps_its_own_flush_and_invalidate(echo, plain) -> None:
    code = """
from hls4ml_soc.virtual.pynq.memory import VirtualBuffer
calls = []
for name in ('flush', 'invalidate'):
    def counted(self, name=name, own=getattr(VirtualBuffer, name)):
        calls.append(name)
        own(self)
    setattr(VirtualBuffer, name, counted)
a.predict(x[:1])
calls.clear()
print(np.array_equal(a.predict(x[:1]), x[:1]), calls)
"""
    assert echo.run(BEGIN + code, plain) == ["True ['flush', 'invalidate']"]


def test_coherent_buffers_are_left_alone(driver) -> None:
    from hls4ml_overlay.buffers import Pair
    from pynq.buffer import PynqBuffer

    class Device:
        def __init__(self) -> None:
            self.asked: list[str] = []

        def __getattr__(self, name: str) -> object:
            return lambda *_: self.asked.append(name)

    device = Device()
    buffers = [PynqBuffer((1, 8), "u1", coherent=True, device=device) for _ in range(2)]
    pair = Pair(*buffers)
    pair.flush(1)
    pair.invalidate(1)
    assert device.asked == []


@pytest.mark.parametrize("packing", ["aligned", "dense"])
def test_any_number_of_samples(echo, echo_dense, packing: str) -> None:
    design = echo if packing == "aligned" else echo_dense
    code = """
from hls4ml_overlay import buffers
a._buffers.most = 7
x = x.clip(-8, 7.9375)
print(*(np.array_equal(a.predict(x[:n]), x[:n]) for n in (0, 1, 2, 7, 8, 13, 14, 15, 64)))
"""
    assert design.run(BEGIN + code, design.bundle("plain")) == [" ".join(["True"] * 9)]


def test_an_overlay_is_not_searched_for_where_the_file_is(echo, plain) -> None:
    code = """
try:
    AcceleratorOverlay('missing.bit')
except OSError as error:
    print(error)
print(AcceleratorOverlay('./echo.bit').bitfile_name == a.bitfile_name)
"""
    assert echo.run(BEGIN + code, plain) == ["Bitstream file missing.bit does not exist.", "True"]


@pytest.mark.deep
def test_ten_thousand_calls_and_a_thousand_raw_buffers_do_not_grow(echo, plain) -> None:
    code = """
import gc, resource
def run(calls):
    for i in range(calls):
        assert np.array_equal(a.predict(x[i % 400 : i % 400 + 1]), x[i % 400 : i % 400 + 1])
        if i % 10 == 0:
            with a.raw(5) as raw:
                raw.run()
    del raw
    gc.collect()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, len(gc.get_objects())
run(500)
before = run(500)
after = run(10000)
print(after[0] - before[0] < 1024, after[1] - before[1] < 100)
a.close()
print(len(Device.active_device._cma._live))
"""
    assert echo.run(BEGIN + code, plain) == ["True True", "0"]
