"""How the words of a tensor lie in the beats of a stream, and the way there and back.

Runs on the host and on the board: Python 3.8 syntax, numpy 1.19 to 2.x, nothing else. `form` is a
`FixedPoint` everywhere: of it only `width`, `signed`, `container_bits` and `dtype` are used.
"""

from __future__ import annotations

from typing import Any

import numpy as np

PACKINGS = ("aligned", "dense")

# Words at a time: with what is made of them they fit the 512 KiB L2 cache of a Zynq-7000.
CHUNK = 32768


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
    fields = _Fields.of(form, lane_count)
    for first, last in _parts(count, size):
        part = out[first:last]
        beat = part.reshape(len(part), -1, beat_bits // 8)
        _lay(fields, _lanes_of(words[first:last], fields, lane_count), beat)


def unpack(rows: Any, form: Any, size: int, beat_bits: int, packing: str) -> np.ndarray[Any, Any]:
    """Return the words of samples laid out by `pack`, sign-extended, as an array of its own.

    `rows`: uint8 (n, beats * beat_bits / 8), its rows contiguous; result: (n, size) of the
    format's `dtype`. Raises ValueError as `pack` does.
    """
    lane_count = lanes(form, beat_bits, packing)
    _check_bytes(rows, rows.shape[0], beats(form, size, beat_bits, packing) * beat_bits // 8)
    if packing == "aligned":
        return words_in(rows, form, size).copy()
    fields = _Fields.of(form, lane_count)
    words = np.empty((rows.shape[0], size), form.dtype)
    for first, last in _parts(rows.shape[0], size):
        part = rows[first:last]
        taken = _take(fields, part.reshape(len(part), -1, beat_bits // 8), lane_count)
        bare = taken.reshape(len(part), -1)[:, :size]
        if form.signed:
            sign = bare.dtype.type(1 << (form.width - 1))
            bare = bare ^ sign
            bare -= sign
        words[first:last] = bare.view(form.dtype)
    return words


class _Fields:
    """How the lanes of a beat become one word: neighbours are joined two by two, in registers that
    hold many at once, for as long as their number is even.

    `joins`: container and width before each join, and whether the joined pair fits the container
    of one. After them `lanes` fields of `width` lie in containers of `container` bits.
    """

    def __init__(self, container: int, width: int, lanes: int) -> None:
        self.joins: list[tuple[int, int, bool]] = []
        self.masked = container > width
        while lanes % 2 == 0 and width < container < 64:
            narrow = 2 * width <= container
            self.joins.append((container, width, narrow))
            container *= 1 if narrow else 2
            width, lanes = 2 * width, lanes // 2
        self.container, self.width, self.lanes = container, width, lanes

    @classmethod
    def of(cls, form: Any, lanes: int) -> _Fields:
        return cls(form.container_bits, form.width, lanes)

    @property
    def whole(self) -> bool:
        """Whether fields fill their containers: then memory is the beat."""
        return self.width == self.container


def _unsigned(bits: int) -> Any:
    return np.dtype(f"<u{bits // 8}").type


def _parts(count: int, size: int) -> Any:
    """Yield the samples to go through at a time: what is made of them stays in the cache."""
    step = max(1, CHUNK // max(1, size))
    return ((first, min(first + step, count)) for first in range(0, count, step))


def _lanes_of(words: Any, fields: _Fields, lane_count: int) -> Any:
    """Return words as unsigned (beats, lanes), zeros after the last."""
    count, size = words.shape
    kind = _unsigned(8 * words.dtype.itemsize)
    if size % lane_count == 0:
        whole = np.ascontiguousarray(words).view(kind)
    else:
        whole = np.zeros((count, -(-size // lane_count) * lane_count), kind)
        whole[:, :size] = words.view(kind)
    return whole.reshape(-1, lane_count)


def _lay(fields: _Fields, lane: Any, beat: Any) -> None:
    """Write lanes (beats, lanes) into uint8 (samples, beats, bytes)."""
    for container, width, narrow in fields.joins:
        kind, low = _unsigned(2 * container), (1 << width) - 1
        pair = lane.view(kind)
        lane = pair >> kind(container - width)
        lane &= kind(low << width)
        lane |= pair & kind(low)
        if narrow:
            lane = lane.astype(_unsigned(container))
    if fields.whole:
        made = np.ascontiguousarray(lane).view(np.uint8)
    elif beat.flags.c_contiguous and beat.shape[2] % 8 == 0:
        _join(fields, lane, beat.reshape(-1).view("<u8").reshape(len(lane), -1))
        return
    else:
        wide = np.empty((len(lane), max(1, beat.shape[2] // 8)), np.uint64)
        _join(fields, lane, wide)
        made = wide.view(np.uint8)
    used = min(made.shape[1], beat.shape[2])
    beat[:, :, :used] = made[:, :used].reshape(beat.shape[0], -1, used)
    beat[:, :, used:] = 0


def _join(fields: _Fields, lane: Any, wide: Any) -> None:
    """Write the fields of beats into their words of 64 bits, all of them."""
    field = np.empty(len(lane), np.uint64)
    mask = np.uint64((1 << fields.width) - 1)
    part = 0
    for j in range(fields.lanes):
        part, shift = divmod(j * fields.width, 64)
        np.copyto(field, lane[:, j])
        if fields.masked and not fields.joins:
            field &= mask
        if shift + fields.width > 64:
            part += 1
            np.right_shift(field, np.uint64(64 - shift), out=wide[:, part])
            field <<= np.uint64(shift)
            wide[:, part - 1] |= field
        elif shift:
            field <<= np.uint64(shift)
            wide[:, part] |= field
        else:
            wide[:, part] = field
    wide[:, part + 1 :] = 0


def _take(fields: _Fields, beat: Any, lane_count: int) -> Any:
    """Return the lanes in uint8 (samples, beats, bytes) as unsigned (beats, lanes), the bits above
    the width zero."""
    kind = _unsigned(fields.container)
    if fields.whole:
        used = fields.lanes * fields.width // 8
        lane = np.ascontiguousarray(beat[:, :, :used]).reshape(-1, used).view(kind)
    else:
        wide = _words_of(beat)
        lane = np.empty((len(wide), fields.lanes), kind)
        for j in range(fields.lanes):
            part, shift = divmod(j * fields.width, 64)
            field = wide[:, part] >> np.uint64(shift)
            if shift + fields.width > 64:
                field |= wide[:, part + 1] << np.uint64(64 - shift)
            lane[:, j] = field
        if not fields.joins:
            lane &= kind((1 << fields.width) - 1)
    for container, width, narrow in reversed(fields.joins):
        kind, low = _unsigned(2 * container), (1 << width) - 1
        pair = lane.astype(kind) if narrow else lane
        lane = pair & kind(low << width)
        lane <<= kind(container - width)
        lane |= pair & kind(low)
        lane = lane.view(_unsigned(container))
    return lane.reshape(-1, lane_count)


def _words_of(beat: Any) -> Any:
    """Return beats as (beats, words) of 64 bits."""
    size = beat.shape[2]
    flat = np.ascontiguousarray(beat).reshape(-1)
    if size >= 8:
        return flat.view("<u8").reshape(-1, size // 8)
    return flat.view(_unsigned(8 * size)).astype(np.uint64).reshape(-1, 1)


def _check_bytes(rows: Any, count: int, width: int) -> None:
    if rows.dtype != np.uint8 or rows.shape != (count, width):
        raise ValueError(f"the beats need uint8 ({count}, {width}), not {_kind(rows)}")


def _kind(array: Any) -> str:
    return f"{array.dtype} {array.shape}"
