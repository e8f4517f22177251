"""Samples of several tensors as bytes, bit by bit, and back from memory that is read only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hls4ml_soc.accelerator import Tensor
from hls4ml_soc.contract import Stream
from hls4ml_soc.errors import ModelError
from hls4ml_soc.fixed_point import FixedPoint
from hls4ml_soc.sample_bytes import SampleBytes

TENSORS = (
    Tensor("a", (3, 3), FixedPoint.parse("ap_fixed<6,3>"), "a_t"),
    Tensor("b", (5,), FixedPoint.parse("ap_fixed<14,6,AP_RND_CONV,AP_SAT>"), "b_t"),
    Tensor("c", (2,), FixedPoint.parse("ap_ufixed<10,2>"), "c_t"),
)


def layout(packing: str, bits: int) -> SampleBytes:
    stream = Stream.of(TENSORS, packing, bits)
    return SampleBytes(stream, stream, packing)


def numbers(samples: int) -> list[Any]:
    random = np.random.default_rng(0)
    return [
        t.precision.decode(
            random.integers(*t.precision.word_range, (samples, *t.shape), t.precision.dtype, True)
        )
        for t in TENSORS
    ]


def expected(stream: Stream, arrays: list[Any], sample: int) -> bytes:
    """One sample, word by word: element 0 lowest, every tensor on beats of its own."""
    beats = b""
    for port, values in zip(stream.ports, arrays, strict=True):
        form = port.tensor.precision
        words = [round(v / form.step) for v in values[sample].reshape(-1).tolist()]
        for first in range(0, len(words), port.lanes):
            beat = 0
            for lane, word in enumerate(words[first : first + port.lanes]):
                beat |= (word % (1 << port.container_bits)) << (lane * port.container_bits)
            beats += beat.to_bytes(stream.bits // 8, "little")
    return beats


@pytest.mark.parametrize("packing", ["aligned", "dense"])
@pytest.mark.parametrize("bits", [32, 64, 128])
def test_there_and_back(packing: str, bits: int) -> None:
    made, arrays = layout(packing, bits), numbers(7)
    raw = made.encode(arrays)
    assert raw.shape == (7, made.inputs.bytes)
    for sample in range(7):
        assert raw[sample].tobytes() == expected(made.inputs, arrays, sample)
    sent = np.frombuffer(raw.tobytes(), np.uint8).reshape(raw.shape)
    assert not sent.flags.writeable
    back = made.decode(sent)
    assert list(back) == ["a", "b", "c"]
    for tensor, values in zip(TENSORS, arrays, strict=True):
        assert back[tensor.name].dtype == np.float32
        assert back[tensor.name].shape == (7, *tensor.shape)
        np.testing.assert_array_equal(back[tensor.name], values)
        back[tensor.name][:] = 0  # the caller's own


@pytest.mark.parametrize("packing", ["aligned", "dense"])
def test_a_nan_is_refused_by_name(packing: str) -> None:
    arrays = numbers(2)
    arrays[1][1, 4] = np.nan
    with pytest.raises(ModelError) as error:
        layout(packing, 64).encode(arrays)
    form = TENSORS[1].precision
    assert str(error.value) == f"b: nan at index [1, 4] has no word in {form}"
