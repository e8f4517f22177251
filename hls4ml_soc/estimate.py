"""What can be said of a design's size before anything is built: an estimate, and called one."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .contract import Contract, Stream

#: Cycles until a transfer flows: MM2S from command to first beat, S2MM from first beat to its first
#: write (PG021, Latency and Throughput). The memory's own latency comes on top.
DMA_CYCLES = 28 + 6 + 39
#: Microseconds that a call costs the processor whatever the network is, as published: PYNQ_IA on a
#: Pynq-Z2; MLPerf Tiny v0.7 on the same, network included; conifer's pull request 38 on a U200.
CALL_US = {"pynq": 85.0, "baremetal": 17.5, "vitis": 100.0}

# Convolutions have a dense_config too, for their multiplications.
_CONFIG = re.compile(r"struct\s+\w+\s*:\s*nnet::dense_config\s*\{(.*?)\n\};", re.DOTALL)
_NUMBER = re.compile(r"static const unsigned (\w+)\s*=\s*(\d+)\s*;")


def multipliers(project: Path) -> int | None:
    """Return about how many multipliers an hls4ml project asks for at once, at the least.

    hls4ml's own limit: (inputs x outputs - zero weights) / reuse factor for each layer, from
    ``firmware/parameters.h``. None where that cannot be read.
    """
    try:
        text = (project / "firmware" / "parameters.h").read_text(encoding="utf-8")
    except OSError:
        return None
    total = 0
    for body in _CONFIG.findall(text):
        numbers = {key: int(value) for key, value in _NUMBER.findall(body)}
        if not {"n_in", "n_out", "reuse_factor"} <= numbers.keys():
            return None
        weights = numbers["n_in"] * numbers["n_out"] - numbers.get("n_zeros", 0)
        total += -(-weights // max(1, numbers["reuse_factor"]))
    return total or None


@dataclass(frozen=True)
class Cycles:
    """What a sample takes on its whole path, by estimate: cycles of the fabric's clock at
    ``clock_mhz``.

    ``network`` (interval) and ``latency`` of the core are HLS's own figures; None where it has not
    run. ``call_us`` is the processor's share of a call, ``units`` the cores that share the work."""

    beats_in: int
    beats_out: int
    network: int | None
    latency: int | None
    clock_mhz: float
    call_us: float
    units: int = 1
    advice: str = ""

    @property
    def interval(self) -> int:
        """Cycles from sample to sample in a long batch; without HLS's figures, at the least."""
        return max(self.beats_in, self.beats_out, self.network or 0)

    @property
    def limit(self) -> str:
        """What takes that long: ``input stream``, ``output stream`` or ``network``."""
        if self.network is not None and self.network > max(self.beats_in, self.beats_out):
            return "network"
        return "input stream" if self.beats_in >= self.beats_out else "output stream"

    @property
    def per_second(self) -> float:
        """Samples per second of a long batch, if processor and memory keep up: at the most."""
        return 1e6 * self.clock_mhz * self.units / self.interval

    @property
    def single_us(self) -> float:
        """Microseconds of a call on one sample; without HLS's figures, at the least."""
        latency = self.latency if self.latency is not None else self.beats_in + self.beats_out
        return self.call_us + (DMA_CYCLES + latency) / self.clock_mhz

    @property
    def worth_batching(self) -> int:
        """Samples from which the fabric takes longer than what every call costs."""
        return math.ceil(self.call_us * self.per_second / 1e6)

    def __str__(self) -> str:
        """Return one line: what limits, what to change, what a call costs."""
        what = "cycle" if self.limit == "network" else "beat"
        plural = "" if self.interval == 1 else "s"
        limit = f"{self.limit} limits at {self.interval} {what}{plural} per sample"
        least = "" if self.network is not None else "at most "
        unknown = "" if self.network is not None else "; the network's own interval is not known"
        return (
            f"estimate: {limit}, {least}{self.per_second:,.0f} per second at {self.clock_mhz:g} MHz"
            f"{unknown}{'; ' if self.advice else ''}{self.advice}; a call costs the processor "
            f"{self.call_us:g} us, which batches of more than {self.worth_batching:,} outweigh"
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as a report has them."""
        return {
            "beats": {"in": self.beats_in, "out": self.beats_out},
            "network_interval_cycles": self.network,
            "latency_cycles": self.latency,
            "dma_cycles": DMA_CYCLES,
            "call_us": self.call_us,
            "interval_cycles": self.interval,
            "limit": self.limit,
            "per_second": self.per_second,
            "advice": self.advice,
        }


def cycles(contract: Contract, target: str, hls: dict[str, Any] | None) -> Cycles:
    """Estimate the cycles of a sample on ``target``.

    ``hls`` are the figures of the wrapper's HLS report (``toolchains.reports.hls``); None, as the
    stand-in has it, leaves the streams only."""
    figures = hls or {}
    spans = [figures.get(name) for name in ("interval_cycles", "latency_cycles")]
    interval, latency = (span[-1] if span else None for span in spans)
    made = Cycles(
        contract.inputs.beats,
        contract.outputs.beats,
        interval,
        latency,
        contract.clock_mhz,
        CALL_US[target],
        max(1, len(contract.units)),
    )
    return replace(made, advice=_advice(contract, made))


def _advice(contract: Contract, made: Cycles) -> str:
    """Say what to change next, with the figure that it would bring; empty if nothing is known."""
    if made.limit == "network":
        return "a lower --reuse would bring the network's interval down"
    stream = contract.inputs if made.limit == "input stream" else contract.outputs
    if stream.beats == 1:
        return ""
    dense = _dense(stream, contract)
    if dense < stream.beats:
        return f"dense packing would give {dense}"
    if len(stream.ports) > 1 and stream.beats == len(stream.ports):
        return "every tensor takes a beat of its own: one instead would share them"
    return "narrower numbers would give fewer"


def _dense(stream: Stream, contract: Contract) -> int:
    tensors = tuple(port.tensor for port in stream.ports)
    return type(stream).of(tensors, "dense", contract.board.memory.bits).beats
