"""``accelerator.h`` and ``vectors.h``: what the C program knows about one design, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .. import render
from ..contract import Port, Stream
from ..errors import DesignError
from ..sample_bytes import pack

#: Bytes of samples in a frame (``FRAME_PAYLOAD`` less what goes with them), and in a DMA buffer
#: where memory is no matter: a transfer of this length takes far longer than its start.
FRAME_BYTES, BUFFER_BYTES = 4096, 1 << 17

#: Bytes that the program holds while it is busy: at least twice a frame.
WINDOWS = (1 << 14, 1 << 13, 1 << 12)


@dataclass(frozen=True)
class TensorLine:
    """A tensor as a row of the C table; the names are those of ``struct accelerator_tensor``."""

    name: str
    shape: str
    type: str
    elements: int
    offset: int
    bytes: int
    lanes: int
    stream_bits: int
    element_bits: int
    width: int
    fraction: int
    signed: bool
    integral: bool
    rounding: str
    overflow: str
    saturation_bits: int

    @classmethod
    def of(cls, port: Port, stream_bits: int, offset: int) -> TensorLine:
        """Describe one tensor of a stream, ``offset`` bytes into a sample."""
        precision = port.tensor.precision
        return cls(
            name=port.tensor.name,
            shape="x".join(map(str, port.tensor.shape)),
            type=str(precision),
            elements=port.tensor.size,
            offset=offset,
            bytes=port.beats * stream_bits // 8,
            lanes=port.lanes,
            stream_bits=stream_bits,
            element_bits=port.container_bits,
            width=precision.width,
            fraction=precision.fraction,
            signed=precision.signed,
            integral=precision.integral,
            rounding=precision.rounding,
            overflow=precision.overflow,
            saturation_bits=precision.saturation_bits,
        )


def tensor_lines(stream: Stream) -> tuple[TensorLine, ...]:
    """Describe the tensors of a stream."""
    lines: list[TensorLine] = []
    for port in stream.ports:
        offset = lines[-1].offset + lines[-1].bytes if lines else 0
        lines.append(TensorLine.of(port, stream.bits, offset))
    return tuple(lines)


@dataclass(frozen=True)
class Header:
    """The values in ``accelerator.h``, by the names of the template.

    ``memory`` holds the (base, size) that the DMA reaches, ``system`` the processor's own
    peripherals."""

    name: str
    board: str
    version: str
    design_id: str
    measurable: bool
    clock_hz: int
    inputs: tuple[TensorLine, ...]
    outputs: tuple[TensorLine, ...]
    bytes_in: int
    bytes_out: int
    chunk: int
    window: int
    dma_base: str
    dma_address_bits: int
    dma_longest: str
    identity_base: str
    memory: tuple[tuple[str, str], ...]
    system: dict[str, str] = field(default_factory=dict)

    def render(self, generated: str) -> str:
        """Return the text of ``accelerator.h``."""
        return render.render("baremetal_c/accelerator.h.j2", generated=generated, header=self)


def chunk(bytes_in: int, bytes_out: int, buffers: int, longest: int) -> int:
    """Return the samples of one DMA transfer for ``buffers`` bytes in all and a longest transfer.

    Raises DesignError where not even one fits.
    """
    # Both buffers fill whole cache lines of 64 bytes.
    fits = min(
        (buffers - 128) // (bytes_in + bytes_out), longest // max(bytes_in, bytes_out), 1 << 16
    )
    if fits < 1:
        raise DesignError(
            f"one sample of {bytes_in} + {bytes_out} bytes does not fit the {buffers} bytes of DMA "
            "buffers on this board: choose a narrower precision, or a board with more memory"
        )
    return fits


def vectors(
    inputs: Sequence[np.ndarray[Any, Any]],
    outputs: Sequence[np.ndarray[Any, Any]],
    streams: tuple[Stream, Stream],
    packed: str,
    generated: str,
) -> str:
    """Return ``vectors.h``: samples and results as bytes.

    ``inputs`` and ``outputs`` are arrays (samples, ...) of numbers, in port order."""
    sides = [
        pack(arrays, stream, packed)
        for arrays, stream in zip((inputs, outputs), streams, strict=True)
    ]
    return render.render(
        "baremetal_c/vectors.h.j2",
        generated=generated,
        count=len(sides[0]),
        inputs=_lines(sides[0]),
        outputs=_lines(sides[1]),
    )


def _lines(raw: np.ndarray[Any, Any]) -> list[str]:
    values = raw.reshape(-1).tolist() or [0]  # C has no empty arrays
    rows = [values[i : i + 16] for i in range(0, len(values), 16)]
    return [" ".join(f"{value}," for value in row) for row in rows]
