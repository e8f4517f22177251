"""What hardware and software agree on: how samples lie in memory and on the streams, clock,
identity."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from . import estimate
from .accelerator import Accelerator, Tensor
from .board import Board
from .board.check import MOST_COMPUTE_UNITS
from .packing import container_bits

#: What of a board goes into its hardware; the rest is for people, loaders and software.
_HARDWARE = ("part", "processing_system", "clock", "memory", "pins", "console", "preset")
#: The same of a data-centre card; the rest of the processing system is the platform's.
_CARD = ("part", "data_centre", "clock", "memory")


@dataclass(frozen=True)
class Port:
    """One tensor on a stream.

    A beat holds ``lanes`` elements, element 0 in the least significant bits, each in
    ``container_bits``. The tensor starts on a new beat, and what it leaves free in its last beat is
    zero."""

    tensor: Tensor
    container_bits: int
    lanes: int

    @property
    def beats(self) -> int:
        """Beats of one sample."""
        return -(-self.tensor.size // self.lanes)

    def describe(self) -> dict[str, Any]:
        """Return the tensor as ``accelerator.json`` has it."""
        return {
            "name": self.tensor.name,
            "shape": list(self.tensor.shape),
            "precision": str(self.tensor.precision),
            "container_bits": self.container_bits,
            "beats": self.beats,
        }


@dataclass(frozen=True)
class Stream:
    """One direction: the tensors of a sample in port order, on an AXI4-Stream of ``bits``."""

    bits: int
    ports: tuple[Port, ...]

    @classmethod
    def of(cls, tensors: tuple[Tensor, ...], packing: str, port_bits: int) -> Stream:
        """Choose the width: the smallest power of two that takes each tensor in one beat, up to the
        memory port.

        Not less than 8 bits, and never less than a container.
        """
        containers = [container_bits(t.precision, packing) for t in tensors]
        widest = max(t.size * c for t, c in zip(tensors, containers, strict=True))
        bits = 8
        while bits < port_bits and (bits < widest or bits < max(containers)):
            bits *= 2
        return cls(
            bits,
            tuple(Port(t, c, max(1, bits // c)) for t, c in zip(tensors, containers, strict=True)),
        )

    @property
    def beats(self) -> int:
        """Beats of one sample."""
        return sum(port.beats for port in self.ports)

    @property
    def bytes(self) -> int:
        """Bytes of one sample, padding included."""
        return self.beats * self.bits // 8

    @property
    def padding(self) -> float:
        """Bytes of a sample that carry nothing, the free bits of containers included."""
        used = sum(port.tensor.size * port.tensor.precision.width for port in self.ports)
        return self.bytes - used / 8


@dataclass(frozen=True)
class Contract:
    """Accelerator x board. ``clock_mhz`` is what the design asks for; the real divider result is
    in the ``.hwh``. ``compute_units`` 0 stands for as many as the board has by default."""

    accelerator: Accelerator
    board: Board
    packing: str = "aligned"
    compute_units: int = 0

    @cached_property
    def inputs(self) -> Stream:
        """The stream from the DMA to the core."""
        return Stream.of(self.accelerator.inputs, self.packing, self.board.memory.bits)

    @cached_property
    def outputs(self) -> Stream:
        """The stream from the core to the DMA."""
        return Stream.of(self.accelerator.outputs, self.packing, self.board.memory.bits)

    @property
    def clock_mhz(self) -> float:
        """The clock that the network was made for, as far as the board goes."""
        return round(min(self.board.clock.max_mhz, 1000.0 / self.accelerator.clock_ns), 6)

    @property
    def top(self) -> str:
        """The name of the wrapper, of its HLS project and of the IP."""
        return f"{self.accelerator.name}_soc"

    @property
    def units(self) -> tuple[str, ...]:
        """The names of the compute units on a data-centre card, as the linker gives them by
        itself."""
        card = self.board.data_centre
        count = self.compute_units or card.compute_units if card else 0
        return tuple(f"{self.top}_{number + 1}" for number in range(count))

    @cached_property
    def design_id(self) -> str:
        """64 bits in hexadecimal, the same for the same network, contract and hardware settings.

        The first 8 bytes of a SHA-256; hls4ml's random stamp, dates and paths do not enter.
        """
        board = asdict(self.board)
        hardware = {name: board[name] for name in (_CARD if self.board.data_centre else _HARDWARE)}
        told = [self.accelerator.digest(), self._described(), hardware]
        digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
        return "0x" + digest[:16]

    def check(self) -> list[str]:
        """Return what keeps accelerator and contract from this board, all of it."""
        problems = []
        tensors = (*self.accelerator.inputs, *self.accelerator.outputs)
        for tensor in tensors:
            bits = container_bits(tensor.precision, self.packing)
            if bits > self.board.memory.bits:
                problems.append(
                    f"{tensor.name}: elements of {bits} bits do not fit the "
                    f"{self.board.memory.bits}-bit "
                    f"memory port of {self.board.name}: choose a narrower format"
                )
        if self.compute_units and not self.board.data_centre:
            problems.append(f"{self.board.name} is no data-centre card: it has no compute units")
        if not 0 <= self.compute_units <= MOST_COMPUTE_UNITS:
            problems.append(
                f"{self.compute_units} compute units: it must be 1 to {MOST_COMPUTE_UNITS}"
            )
        return problems

    def notes(self) -> list[str]:
        """Return what is worth a line before hours of building, though it stops nothing."""
        notes = []
        wanted = 1000.0 / self.accelerator.clock_ns
        if wanted > self.clock_mhz * 1.001:
            notes.append(
                f"the network asks for {wanted:g} MHz, {self.board.name} gives "
                f"{self.clock_mhz:g} MHz at most: it is built for that"
            )
        count = estimate.multipliers(self.accelerator.project)
        if count is not None and self.units:
            count *= len(self.units)
        dsp = self.board.resources.dsp
        if count is not None and count > dsp:
            notes.append(
                f"about {count} multipliers at once, by estimate; {self.board.part} has {dsp} DSP "
                f"blocks: it may not fit without --reuse {-(-count // dsp)} or more"
            )
        return notes

    def describe(self) -> dict[str, Any]:
        """Return ``accelerator.json``: what drivers, hosts and bundles read."""
        return {
            "format": 1,
            "name": self.accelerator.name,
            "design_id": self.design_id,
            **self._described(),
        }

    def _described(self) -> dict[str, Any]:
        return {
            "part": self.board.part,
            "clock_mhz": self.clock_mhz,
            "packing": self.packing,
            "stream_bits": {"in": self.inputs.bits, "out": self.outputs.bits},
            "memory": [{"base": r.base, "size": r.size} for r in self.board.memory.ranges],
            **self._reached_by(),
            "inputs": [port.describe() for port in self.inputs.ports],
            "outputs": [port.describe() for port in self.outputs.ports],
        }

    def _reached_by(self) -> dict[str, Any]:
        if self.board.data_centre:
            return {"kernel": {"name": self.top, "compute_units": list(self.units)}}
        return {"cells": {"dma": "dma", "identity": "identity"}}
