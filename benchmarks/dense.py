"""Dense packing of odd widths, against finn-plus-driver."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from hls4ml_soc import packing
from hls4ml_soc.fixed_point import FixedPoint

from .goals import Goal, Part
from .race import medians, race, ratio
from .rival import FinnPlus

ELEMENTS = 150_528  # an image of 224 x 224 x 3
FORMS = {"INT4": "ap_int<4>", "INT6": "ap_int<6>", "UINT10": "ap_uint<10>", "INT24": "ap_int<24>"}
#: Theirs has no beats: only widths that fill them lie alike, others are compared by the element.
BEAT = 64


def measure(rival: FinnPlus, rounds: int) -> tuple[list[Goal], dict[str, Any]]:
    """Return the row of packing. Raises AssertionError where bytes or words differ."""
    parts, seen = [], {}
    for name, spelling in FORMS.items():
        form = FixedPoint.parse(spelling)
        low, high = form.word_range
        x = np.random.default_rng(0).integers(low, high + 1, (1, ELEMENTS))
        words = x.astype(form.dtype)
        beats = packing.beats(form, ELEMENTS, BEAT, "dense")
        out = np.empty((1, beats * BEAT // 8), np.uint8)
        rival.give(name, x.astype(np.float32))
        rival.pack(name, name)
        pack = partial(packing.pack, words, form, BEAT, "dense", out)
        unpack = partial(packing.unpack, out, form, ELEMENTS, BEAT, "dense")
        pack()
        _check(rival, name, form, x, out, unpack())
        calls = {
            "pack": pack,
            "unpack": unpack,
            "finn-plus pack": partial(rival.pack, name, name),
            "finn-plus unpack": partial(rival.unpack, name, name, x.shape),
        }
        times = race(calls, rounds)
        for way in ("pack", "unpack"):
            faster = ratio(times, f"finn-plus {way}", way)
            parts.append(Part(f"times faster, {way} {name}", faster, ">= 20"))
        seen[name] = medians(times)
    goal = Goal("dense pack and unpack, 150,528 elements", "finn-plus-driver", tuple(parts))
    return [goal], {"dense": seen}


def _check(rival: FinnPlus, name: str, form: FixedPoint, x: Any, out: Any, back: Any) -> None:
    np.testing.assert_array_equal(back, x)
    if BEAT % form.width == 0:
        np.testing.assert_array_equal(out, rival.result())
    # Bit by bit, for every width: element i lies in lane i of its beat, from the lowest bit on.
    lanes = BEAT // form.width
    bits = np.unpackbits(out.reshape(-1, BEAT // 8), axis=1, bitorder="little")
    fields = bits[:, : lanes * form.width].reshape(-1, form.width)[:ELEMENTS]
    expected = (x.reshape(-1, 1) >> np.arange(form.width)) & 1
    np.testing.assert_array_equal(fields, expected)
    rival.unpack(name, name, x.shape)
    np.testing.assert_array_equal(rival.result(), x)
