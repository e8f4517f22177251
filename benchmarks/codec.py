"""Floats to words and back: against hls4ml's documented way, finn-plus-driver, and bare numpy."""

from __future__ import annotations

from typing import Any

import numpy as np

from hls4ml_soc import fixed_point
from hls4ml_soc.fixed_point import FixedPoint

from .goals import Goal, Part
from .race import medians, race, ratio
from .rival import FinnPlus

SHAPE = (1000, 784)
FORM = FixedPoint.parse("ap_fixed<16,6>")
SATURATING = FixedPoint.parse("ap_fixed<16,6,AP_TRN,AP_SAT>")
SCALE = np.float32(1024)


def measure(rival: FinnPlus, rounds: int) -> tuple[list[Goal], dict[str, Any]]:
    """Return the rows of encode and decode, and what they were made of.

    Raises AssertionError where one of the ways gives another bit."""
    random = np.random.default_rng(0)
    # On the grid: off it the rivals round, which is not what the network does.
    codes = random.integers(-(2**13), 2**13, SHAPE)
    x = (codes / 1024).astype(np.float32)
    beyond = x.copy()
    beyond[::7, 3] = 100.0  # in every chunk
    words, floored, values = np.empty(SHAPE, np.int16), np.empty(SHAPE, np.int16), x.copy()
    scratch = np.empty_like(x)
    documented = np.vectorize(lambda value: np.int16(round(value * 2**10)))

    def floor() -> None:
        np.multiply(x, SCALE, out=scratch)
        np.floor(scratch, out=scratch)
        np.copyto(floored, scratch, casting="unsafe")

    rival.give("x", x)
    rival.give("words.packed", FORM.encode(x).view(np.uint8))
    _check(rival, documented, x, codes)
    calls = {
        "floor": floor,
        "encode": lambda: FORM.encode(x, out=words),
        "encode, wrapping": lambda: FORM.encode(beyond, out=words),
        "encode, saturating": lambda: SATURATING.encode(beyond, out=words),
        "decode": lambda: FORM.decode(floored, out=values),
        "finn-plus encode": lambda: rival.pack("x", "FIXED<16,6>"),
        "finn-plus decode": lambda: rival.unpack("words", "INT16", SHAPE),
    }
    times = race(calls, rounds)
    slow = race({"encode": calls["encode"], "hls4ml": lambda: documented(x)}, 3)
    steps = race(_steps(x), rounds)
    goals = [
        Goal(
            "encode float32 to ap_fixed<16,6>, 1,000 x 784",
            "hls4ml's documented encode",
            (Part("times faster", ratio(slow, "hls4ml", "encode"), ">= 1000"),),
        ),
        Goal(
            "the same",
            "finn-plus-driver",
            (Part("times faster", ratio(times, "finn-plus encode", "encode"), ">= 15"),),
        ),
        Goal(
            "the same, all checks on",
            "bare numpy floor",
            (
                Part("of its time", ratio(times, "encode", "floor"), "<= 2.5"),
                Part(
                    "of its time, saturating in every chunk",
                    ratio(times, "encode, saturating", "floor"),
                    "<= 4.5",
                ),
                Part(
                    "of its time, wrapping in every chunk",
                    ratio(times, "encode, wrapping", "floor"),
                    "<= 4.5",
                ),
            ),
            note=_costs(medians(steps)),
        ),
        Goal(
            "decode of the same",
            "finn-plus-driver, INT16 (words as floats, not values)",
            (Part("of its time", ratio(times, "decode", "finn-plus decode"), "<= 1.1"),),
            note="they cast; values take a multiplication more",
        ),
    ]
    return goals, {"codec": medians(times | slow), "steps of encode": medians(steps)}


def _check(rival: FinnPlus, documented: Any, x: Any, codes: Any) -> None:
    np.testing.assert_array_equal(FORM.encode(x), codes)
    np.testing.assert_array_equal(documented(x[:10]), codes[:10])
    np.testing.assert_array_equal(FORM.decode(codes.astype(np.int16), dtype=np.float32), x)
    rival.pack("x", "FIXED<16,6>")
    np.testing.assert_array_equal(rival.result(), FORM.encode(x).view(np.uint8))
    rival.unpack("words", "INT16", SHAPE)
    np.testing.assert_array_equal(rival.result(), codes)
    random = np.random.default_rng(1)
    off = random.uniform(-64, 64, SHAPE).astype(np.float32)  # between the words, and beyond them
    exact = np.floor(off.astype(np.float64) * 1024)
    np.testing.assert_array_equal(FORM.encode(off), exact.astype(np.int64).astype(np.int16))
    clipped = np.clip(exact, -(2**15), 2**15 - 1)
    np.testing.assert_array_equal(SATURATING.encode(off), clipped)


def _steps(x: Any) -> dict[str, Any]:
    """Return what encode does to a chunk, step by step, each for all chunks of the array."""
    flat, size = x.reshape(-1), fixed_point.CHUNK
    parts = [flat[i : i + size] for i in range(0, flat.size, size)]
    scaled, words = np.empty(size, np.float32), np.empty(size, np.int16)
    cut = [(part, scaled[: part.size], words[: part.size]) for part in parts]
    highest = np.full(size, 2.0**15 - 1, np.float32)
    return {
        "multiply": lambda: [np.multiply(p, SCALE, out=s) for p, s, _ in cut],
        "floor": lambda: [np.floor(s, out=s) for _, s, _ in cut],
        "smallest": lambda: [np.minimum.reduce(s) for _, s, _ in cut],
        "largest": lambda: [np.maximum.reduce(s) for _, s, _ in cut],
        "clip, one side": lambda: [np.minimum(s, highest[: s.size], out=s) for _, s, _ in cut],
        "cast": lambda: [np.copyto(w, s, casting="unsafe") for _, s, w in cut],
    }


def _costs(steps: dict[str, dict[str, float]]) -> str:
    bare = sum(steps[name]["cpu"] for name in ("multiply", "floor", "cast"))
    tests = sum(steps[name]["cpu"] for name in ("smallest", "largest"))
    clip = 2 * steps["clip, one side"]["cpu"]
    return (
        "the test of range, NaN and infinity (smallest and largest of a chunk) costs "
        f"{tests / bare:.2f} of the bare steps, a clip {clip / bare:.2f}"
    )
