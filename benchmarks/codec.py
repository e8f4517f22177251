"""Floats to words and back: against hls4ml's documented way, finn-plus-driver, and bare numpy."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from hls4ml_soc import codec_kernel, fixed_point
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
        "encode, compiled": lambda: _compiled(lambda: FORM.encode(x, out=words)),
        "encode, wrapping": lambda: FORM.encode(beyond, out=words),
        "encode, saturating": lambda: SATURATING.encode(beyond, out=words),
        "decode": lambda: FORM.decode(floored, out=values),
        "decode, compiled": lambda: _compiled(lambda: FORM.decode(floored, out=values)),
        "finn-plus encode": lambda: rival.pack("x", "FIXED<16,6>"),
        "finn-plus decode": lambda: rival.unpack("words", "INT16", SHAPE),
    }
    times = race(calls, rounds)
    ours = ("encode", "encode, compiled")
    slow = race({n: calls[n] for n in ours} | {"hls4ml": lambda: documented(x)}, 3)
    steps = race(_steps(x), rounds)
    seen = {"codec": medians(times | {"hls4ml": slow["hls4ml"]}), "steps of encode": medians(steps)}
    documented_by, finn_by = (
        [ratio(found, rival, name) for name in ours]
        for found, rival in ((slow, "hls4ml"), (times, "finn-plus encode"))
    )
    decoded = [ratio(times, f"decode{kind}", "finn-plus decode") for kind in ("", ", compiled")]
    goals = [
        Goal(
            "encode float32 to ap_fixed<16,6>, 1,000 x 784",
            "hls4ml's documented encode",
            (Part("times faster, compiled kernel", documented_by[1], ">= 1000"),),
            note=f"numpy alone: {documented_by[0]:.0f} times",
        ),
        Goal(
            "the same",
            "finn-plus-driver",
            (Part("times faster, compiled kernel", finn_by[1], ">= 15"),),
            note=f"numpy alone: {finn_by[0]:.1f} times",
        ),
        Goal(
            "the same, all checks on, numpy alone",
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
            note=f"{_costs(seen['steps of encode'])}; the compiled kernel, which checks too, takes "
            f"{ratio(times, 'encode, compiled', 'floor'):.2f}",
        ),
        Goal(
            "decode of the same",
            "finn-plus-driver, INT16 (words as floats, not values)",
            (Part("of its time, compiled kernel", decoded[1], "<= 1.1"),),
            note=f"numpy alone: {decoded[0]:.2f}; the rival casts, values take a multiplication "
            "more, which in numpy is another pass over memory",
        ),
    ]
    return goals, seen


def _compiled(call: Any) -> Any:
    """Call with the compiled kernel in the place of numpy."""
    fixed_point.KERNEL = _kernel()
    try:
        return call()
    finally:
        codec_kernel.leave()


@cache
def _kernel() -> Any:
    codec_kernel.use(Path(__file__).parents[1] / "build" / "bench")
    return fixed_point.KERNEL


def _check(rival: FinnPlus, documented: Any, x: Any, codes: Any) -> None:
    np.testing.assert_array_equal(FORM.encode(x), codes)
    np.testing.assert_array_equal(documented(x[:10]), codes[:10])
    words = codes.astype(np.int16)
    for convert in (_compiled, lambda call: call()):
        back = convert(lambda: FORM.decode(words, dtype=np.float32))
        np.testing.assert_array_equal(back, x)
    rival.pack("x", "FIXED<16,6>")
    np.testing.assert_array_equal(rival.result(), FORM.encode(x).view(np.uint8))
    rival.unpack("words", "INT16", SHAPE)
    np.testing.assert_array_equal(rival.result(), codes)
    for convert in (_compiled, lambda call: call()):
        _check_rounding(convert)


def _check_rounding(convert: Any) -> None:
    random = np.random.default_rng(1)
    off = random.uniform(-64, 64, SHAPE).astype(np.float32)  # between the words, and beyond them
    exact = np.floor(off.astype(np.float64) * 1024)
    np.testing.assert_array_equal(
        convert(lambda: FORM.encode(off)), exact.astype(np.int64).astype(np.int16)
    )
    clipped = np.clip(exact, -(2**15), 2**15 - 1)
    np.testing.assert_array_equal(convert(lambda: SATURATING.encode(off)), clipped)


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
