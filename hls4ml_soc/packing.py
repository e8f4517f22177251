"""How the words of a tensor lie in the beats of a stream, and the way there and back.

Runs on the host and on the board: Python 3.8 syntax, numpy 1.19 to 2.x, nothing else. `form` is a
`FixedPoint` everywhere: of it only `width`, `signed`, `container_bits` and `dtype` are used.
"""

from __future__ import annotations

from typing import Any

import numpy as np

PACKINGS = ("aligned", "dense")


def container_bits(form: Any, packing: str) -> int:
    """Return the bits an element takes: its 8, 16, 32 or 64 bits if aligned, its width if dense.

    Raises ValueError for another packing.
    """
    if packing not in PACKINGS:
        raise ValueError(f"{packing!r} is no packing: write aligned or dense")
    return int(form.container_bits if packing == "aligned" else form.width)


def lanes(form: Any, beat_bits: int, packing: str) -> int:
    """Return the whole elements in a beat; none straddles two.

    Raises ValueError where a beat holds none, or is no power of two from 8 to 1024 bits.
    """
    if beat_bits not in (8, 16, 32, 64, 128, 256, 512, 1024):
        raise ValueError(f"a beat of {beat_bits} bits: it must be a power of two from 8 to 1024")
    bits = container_bits(form, packing)
    if bits > beat_bits:
        raise ValueError(f"{form} takes {bits} bits when {packing}, a beat has only {beat_bits}")
    return beat_bits // bits


def beats(form: Any, size: int, beat_bits: int, packing: str) -> int:
    """Return the beats of a tensor of `size` elements, which starts on a beat of its own.

    Raises ValueError as `lanes` does.
    """
    return -(-size // lanes(form, beat_bits, packing))


def words_in(rows: Any, form: Any, size: int) -> np.ndarray[Any, Any]:
    """Return the aligned words in the bytes of `rows` as an array that shares their memory.

    `rows`: uint8 (n, bytes), each row contiguous, such as columns of a DMA buffer; result:
    (n, size) of the format's `dtype`, which encode and decode of the format take as they are.
    Raises ValueError where the bytes are too few or not contiguous.
    """
    needed = size * form.dtype.itemsize
    if rows.dtype != np.uint8 or rows.ndim != 2 or rows.shape[1] < needed:
        raise ValueError(f"{size} words of {form} need uint8 (n, {needed}), not {_kind(rows)}")
    if rows.strides[1] != 1 and rows.shape[1] > 1:
        raise ValueError(f"the {size} words of {form} must be contiguous bytes in each row")
    return np.asarray(_View(rows, form.dtype, size))


class _View:
    """Offer memory as another array; numpy before 1.23 has no view() for rows with gaps."""

    def __init__(self, rows: Any, dtype: Any, size: int) -> None:
        self.rows = rows
        self.__array_interface__ = {
            "version": 3,
            "data": rows.__array_interface__["data"],
            "typestr": dtype.str,
            "shape": (rows.shape[0], size),
            "strides": (rows.strides[0], dtype.itemsize),
        }


def pack(words: Any, form: Any, beat_bits: int, packing: str, out: Any) -> None:
    """Lay the words of samples out in beats, zeros wherever there is no word.

    `words`: (n, size) of the format's `dtype`; `out`: uint8 (n, beats * beat_bits / 8), its rows
    contiguous, its own memory. Raises ValueError where these do not fit, and as `lanes` does.
    """
    if words.ndim != 2 or words.dtype != form.dtype:
        raise ValueError(f"words of {form} must be {form.dtype} (n, size), not {_kind(words)}")
    count, size = words.shape
    lane_count = lanes(form, beat_bits, packing)
    _check_bytes(out, count, beats(form, size, beat_bits, packing) * beat_bits // 8)
    if packing == "aligned":
        words_in(out, form, size)[...] = words
        out[:, size * form.dtype.itemsize :] = 0
        return
    padded = np.zeros((count, -(-size // lane_count) * lane_count), np.uint64)
    np.copyto(padded[:, :size], words, casting="unsafe")
    padded &= np.uint64((1 << form.width) - 1)
    lane = padded.reshape(count, -1, lane_count)
    wide = np.zeros(lane.shape[:2] + (max(1, beat_bits // 64),), np.uint64)
    for j in range(lane_count):
        part, shift = divmod(j * form.width, 64)
        wide[:, :, part] |= lane[:, :, j] << np.uint64(shift)
        if shift + form.width > 64:
            wide[:, :, part + 1] |= lane[:, :, j] >> np.uint64(64 - shift)
    beat = wide.astype(_beat_dtype(beat_bits))
    out[...] = beat.reshape(-1).view(np.uint8).reshape(out.shape)


def unpack(rows: Any, form: Any, size: int, beat_bits: int, packing: str) -> np.ndarray[Any, Any]:
    """Return the words of samples laid out by `pack`, sign-extended, as an array of its own.

    `rows`: uint8 (n, beats * beat_bits / 8), its rows contiguous; result: (n, size) of the
    format's `dtype`. Raises ValueError as `pack` does.
    """
    lane_count = lanes(form, beat_bits, packing)
    _check_bytes(rows, rows.shape[0], beats(form, size, beat_bits, packing) * beat_bits // 8)
    if packing == "aligned":
        return words_in(rows, form, size).copy()
    beat = np.ascontiguousarray(rows).reshape(-1).view(_beat_dtype(beat_bits))
    wide = beat.astype(np.uint64).reshape(rows.shape[0], -1, max(1, beat_bits // 64))
    lane = np.empty(wide.shape[:2] + (lane_count,), np.uint64)
    for j in range(lane_count):
        part, shift = divmod(j * form.width, 64)
        lane[:, :, j] = wide[:, :, part] >> np.uint64(shift)
        if shift + form.width > 64:
            lane[:, :, j] |= wide[:, :, part + 1] << np.uint64(64 - shift)
    words = lane.reshape(rows.shape[0], -1)[:, :size]
    words = words & np.uint64((1 << form.width) - 1)
    if form.signed:
        sign = np.uint64(1 << (form.width - 1))
        words = (words ^ sign) - sign
    return words.astype(form.dtype)


def _beat_dtype(beat_bits: int) -> str:
    return f"<u{min(beat_bits, 64) // 8}"


def _check_bytes(rows: Any, count: int, width: int) -> None:
    if rows.dtype != np.uint8 or rows.shape != (count, width):
        raise ValueError(f"the beats need uint8 ({count}, {width}), not {_kind(rows)}")


def _kind(array: Any) -> str:
    return f"{array.dtype} {array.shape}"
