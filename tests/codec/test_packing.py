"""Words lie in beats as the contract says, and come back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hls4ml_soc.fixed_point import FixedPoint
from hls4ml_soc.packing import beats, container_bits, lanes, pack, unpack, words_in


def random_words(form: FixedPoint, count: int, size: int) -> Any:
    """Return words of the whole range, the ends among them."""
    low, high = form.word_range
    draw = np.random.default_rng(3)
    kind = np.int64 if form.signed else np.uint64
    words = draw.integers(low, high, (count, size), kind, endpoint=True)
    words[:, 0] = low
    words[:, -1] = high
    return words.astype(form.dtype)


def slow_pack(words: Any, form: FixedPoint, beat_bits: int, packing: str) -> Any:
    """Pack with Python's integers, element by element, as the contract is written."""
    bits = container_bits(form, packing)
    rows = []
    for row in words.tolist():
        data = b""
        for start in range(0, len(row), beat_bits // bits):
            elements = enumerate(row[start : start + beat_bits // bits])
            beat = sum((word & ((1 << bits) - 1)) << (lane * bits) for lane, word in elements)
            data += beat.to_bytes(beat_bits // 8, "little")
        rows.append(np.frombuffer(data, np.uint8))
    return np.stack(rows)


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(
    st.integers(1, 64),
    st.booleans(),
    st.sampled_from(["aligned", "dense"]),
    st.sampled_from([8, 16, 32, 64, 128, 256, 1024]),
    st.integers(1, 40),
    st.integers(1, 3),
)
def test_pack_is_the_contract_and_unpack_its_inverse(
    width: int, signed: bool, packing: str, beat_bits: int, size: int, count: int
) -> None:
    form = FixedPoint(width, 3, signed)
    if container_bits(form, packing) > beat_bits:
        with pytest.raises(ValueError, match=f"a beat has only {beat_bits}$"):
            beats(form, size, beat_bits, packing)
        return
    words = random_words(form, count, size)
    expected = slow_pack(words, form, beat_bits, packing)
    out = np.full(expected.shape, 0xA5, np.uint8)
    pack(words, form, beat_bits, packing, out)
    assert out.tolist() == expected.tolist()
    back = unpack(out, form, size, beat_bits, packing)
    out[...] = 0  # what came back is a copy: the buffer may be used again
    assert back.dtype == form.dtype
    assert back.tolist() == words.tolist()


def test_dense_beat_by_hand() -> None:
    form = FixedPoint(10, 4)
    out = np.full((1, 8), 0xFF, np.uint8)
    words = np.array([[1, -1, 0, -512]], np.int16)
    pack(words, form, 32, "dense", out)
    # Three elements of 10 bits and 2 bits of padding, then the fourth in a beat of its own.
    assert out.view("<u4").tolist() == [[1 | 0x3FF << 10, 0x200]]
    assert lanes(form, 32, "dense") == 3
    assert beats(form, 4, 32, "dense") == 2


def test_pack_writes_only_its_columns_of_a_buffer() -> None:
    form = FixedPoint(12, 4)
    for packing, width in (("aligned", 8), ("dense", 8)):
        buffer = np.full((3, 20), 0x5A, np.uint8)
        words = random_words(form, 3, 3)
        pack(words, form, 64, packing, buffer[:, 4 : 4 + width])
        assert (buffer[:, :4] == 0x5A).all() and (buffer[:, 4 + width :] == 0x5A).all()
        assert buffer[:, 4 : 4 + width].tolist() == slow_pack(words, form, 64, packing).tolist()
        assert unpack(buffer[:, 4 : 4 + width], form, 3, 64, packing).tolist() == words.tolist()


def test_encode_works_in_place_on_a_buffer() -> None:
    form = FixedPoint.parse("ap_fixed<16,6>")
    buffer = np.zeros((2, 24), np.uint8)
    words = words_in(buffer[:, 8:16], form, 3)
    assert form.encode([[0.7, -0.7, 40.0], [1.0, 2.0, -3.0]], out=words) is words
    assert words.tolist() == [[716, -717, -24576], [1024, 2048, -3072]]
    assert buffer[:, 8:14].copy().view("<i2").tolist() == words.tolist()
    assert not buffer[:, :8].any() and not buffer[:, 14:].any()
    buffer.flags.writeable = False
    assert not words_in(buffer, form, 3).flags.writeable


WIDE = FixedPoint.parse("ap_fixed<38,18>")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lanes(WIDE, 32, "dense"), f"{WIDE} takes 38 bits when dense, a beat has only 32"),
        (
            lambda: lanes(WIDE, 32, "aligned"),
            f"{WIDE} takes 64 bits when aligned, a beat has only 32",
        ),
        (lambda: lanes(WIDE, 64, "tight"), "'tight' is no packing: write aligned or dense"),
        (
            lambda: lanes(WIDE, 48, "dense"),
            "a beat of 48 bits: it must be a power of two from 8 to 1024",
        ),
        (
            lambda: pack(np.zeros((2, 3), np.int64), WIDE, 64, "dense", np.zeros((2, 8), np.uint8)),
            "the beats need uint8 (2, 24), not uint8 (2, 8)",
        ),
        (
            lambda: pack(
                np.zeros((2, 3), np.int32), WIDE, 64, "dense", np.zeros((2, 24), np.uint8)
            ),
            f"words of {WIDE} must be int64 (n, size), not int32 (2, 3)",
        ),
        (
            lambda: unpack(np.zeros((2, 8), np.uint8), WIDE, 2, 64, "aligned"),
            "the beats need uint8 (2, 16), not uint8 (2, 8)",
        ),
        (
            lambda: words_in(np.zeros((2, 8), np.uint8), WIDE, 2),
            f"2 words of {WIDE} need uint8 (n, 16), not uint8 (2, 8)",
        ),
        (
            lambda: words_in(np.zeros((16, 2), np.uint8).T, WIDE, 2),
            f"the 2 words of {WIDE} must be contiguous bytes in each row",
        ),
    ],
)
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == message
