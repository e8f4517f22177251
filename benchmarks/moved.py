"""Bytes and beats of a sample, against the float stream of hls4ml's VivadoAccelerator backend."""

from __future__ import annotations

from typing import Any

from hls4ml_soc.accelerator import Tensor
from hls4ml_soc.contract import Stream
from hls4ml_soc.fixed_point import FixedPoint

from .goals import Goal, Part
from .networks import JET_TAGGER, PRECISION

#: name -> elements, format, bits of the memory port, goals for bytes and for beats
INPUTS = {
    "jet tagger, 64-bit port": (JET_TAGGER[0], PRECISION, 64, ">= 2", ">= 4"),
    "784 features of 8 bits, 128-bit port": (784, "ap_ufixed<8,0>", 128, ">= 4", ">= 16"),
}
#: hls4ml 1.3 puts one float32 into a beat.
THEIR_BYTES = 4


def measure() -> tuple[list[Goal], dict[str, Any]]:
    """Return the row of input bytes and beats; both come from the contract that hardware and
    drivers are made from."""
    parts, seen, totals = [], {}, []
    for name, (elements, precision, port, fewer_bytes, fewer_beats) in INPUTS.items():
        tensor = Tensor("x", (elements,), FixedPoint.parse(precision), "input_t")
        found = {p: Stream.of((tensor,), p, port) for p in ("aligned", "dense")}
        ours = found["aligned"]
        parts += [
            Part(f"times fewer bytes, {name}", THEIR_BYTES * elements / ours.bytes, fewer_bytes),
            Part(f"times fewer beats, {name}", elements / ours.beats, fewer_beats),
        ]
        seen[name] = {
            "hls4ml": {"bytes": THEIR_BYTES * elements, "beats": elements},
            **{
                packing: {"bytes": s.bytes, "beats": s.beats, "bits": s.bits, "padding": s.padding}
                for packing, s in found.items()
            },
        }
        totals += [f"{name}: {THEIR_BYTES * elements} bytes in {elements} beats"]
        totals += [
            f"{packing} {s.bytes} ({s.padding:g} of padding) in {s.beats}"
            for packing, s in found.items()
        ]
    goal = Goal(
        "input bytes and beats per sample",
        "hls4ml's float stream",
        tuple(parts),
        clock="count",
        note="; ".join(totals),
    )
    return [goal], {"moved": seen}
