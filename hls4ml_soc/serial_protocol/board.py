"""A board with the bare-metal program on a serial line: ``predict`` and what else it can do."""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ..errors import LinkError
from ..sample_bytes import Array, SampleBytes
from .exchange import BoardFailure, Exchange, Line, Request

INFO, ECHO, INFER, LOAD, RUN, FETCH, BENCH, SELFTEST, RESET = range(1, 10)

#: Frames that fit the board's window.
FRAMES = 5

#: Bytes of samples in a frame; codes of failures.
DATA, INCOMPLETE = 4096, 4

#: Seconds that the self-test and a reset take at most, and that the board itself waits for a
#: transfer before it reports that the core hangs.
LONG = 5.0

_INFO = struct.Struct("<IIQQIIIIIIIIIII")
_SAMPLES = struct.Struct("<Q")
_PIECE = struct.Struct("<QII")


@dataclass(frozen=True)
class Info:
    """What a board tells of itself.

    ``design_id`` is that of the program, ``found`` that in the fabric; ``chunk`` the samples of one
    transfer; ``error`` what failed last, in a sentence. ``measurable`` is False on a virtual board,
    whose time means nothing."""

    version: int
    measurable: bool
    design_id: int
    found: int
    window: int
    chunk: int
    bytes_in: int
    bytes_out: int
    ticks_per_second: int
    clock_hz: int
    damaged: int
    overruns: int
    failures: int
    name: str
    board: str
    program: str
    error: str
    inputs: tuple[tuple[str, str, str], ...]
    outputs: tuple[tuple[str, str, str], ...]

    @classmethod
    def read(cls, payload: bytes) -> Info:
        """Read the answer to INFO. Raises LinkError for another version of the protocol."""
        if len(payload) < _INFO.size or payload[0] != 1:
            raise LinkError("the board's program speaks another version of the protocol than 1")
        version, measurable, *numbers, inputs, outputs = _INFO.unpack_from(payload)
        text = [part.decode("utf-8", "replace") for part in payload[_INFO.size :].split(b"\0")]
        rows = [(text[i], text[i + 1], text[i + 2]) for i in range(4, len(text) - 3, 3)]
        names = [field.name for field in fields(cls)]
        told = dict(zip(names, (version, bool(measurable), *numbers, *text[:4]), strict=False))
        return cls(**told, inputs=tuple(rows[:inputs]), outputs=tuple(rows[inputs:][:outputs]))


@dataclass(frozen=True)
class Bench:
    """Times of transfers of ``samples`` each, in us; cycles are of the fabric's clock."""

    runs: int
    samples: int
    least_us: float
    mean_us: float
    most_us: float
    mean_cycles: float


@dataclass(frozen=True)
class Selftest:
    """How many samples were computed, how many wrongly, and the first difference in words."""

    samples: int
    wrong: int
    first: str


class SerialBoard:
    """A board that runs the bare-metal program.

    ``line`` is a SerialPort or another Line, ``described`` the bundle's accelerator.json. Raises
    LinkError if the board does not answer, or has another design than that.
    """

    def __init__(
        self,
        line: Line,
        described: dict[str, Any],
        baud: int = 115200,
        patience: float = 2.0,
        attempts: int = 10,
    ) -> None:
        self.exchange = Exchange(line, baud, patience, attempts)
        self._layout = SampleBytes.of(described)
        self._design = int(described["design_id"], 16)
        # What is on its way to a prompt or to a frame half received ends here.
        line.write(b"\0\0")
        info = self.info()
        self._check(info)
        self.exchange.window = info.window
        self._info = info

    def info(self) -> Info:
        """Return what the board tells of itself now."""
        return Info.read(self.exchange.call(INFO))

    def predict(self, *inputs: Any) -> Any:
        """Compute the network on the board.

        Takes one array per input, (samples, *shape) or (samples, elements). Returns one array
        (samples, *shape) per output, alone or as a tuple. Raises ModelError for arrays that do not
        fit, LinkError where the board fails; the next call starts afresh."""
        results = tuple(self.predict_named(*inputs).values())
        return results[0] if len(results) == 1 else results

    def predict_named(self, *inputs: Any) -> dict[str, Array]:
        """Compute as ``predict`` does, and return the outputs by name."""
        return self._layout.decode(self.compute(self._layout.encode(inputs)))

    def compute(self, raw: Array) -> Array:
        """Compute samples given as uint8 (samples, bytes in); return uint8 (samples, bytes out)."""
        size_in, size_out = self._info.bytes_in, self._info.bytes_out
        # One computed, one received, one sent, and two for the time that a host takes to go on.
        room = min(DATA, self.exchange.window // FRAMES - 64)
        each = min(room // size_in, DATA // size_out, self._info.chunk)
        parts = self._in_frames(raw, each) if each else (self._in_pieces(row) for row in raw)
        data = b"".join(parts)
        return np.frombuffer(data, np.uint8).reshape(len(raw), size_out)

    def echo(self, data: bytes) -> bytes:
        """Send bytes there and back."""
        return self.exchange.call(ECHO, data)

    def bench(self, runs: int = 100, samples: int = 1) -> Bench:
        """Time ``runs`` transfers of ``samples`` each, 1 to 10000 and 1 to ``info().chunk``.

        Raises LinkError on a virtual board, whose time means nothing."""
        if not self._info.measurable:
            raise LinkError("not measured: this is a virtual board, whose time means nothing")
        answer = self.exchange.call(BENCH, struct.pack("<II", runs, samples), runs * 1.0)
        hertz = self._info.ticks_per_second
        least, most, total = (ticks * 1e6 / hertz for ticks in struct.unpack("<QQQ", answer))
        mean = total / runs
        cycles = mean * self._info.clock_hz / 1e6
        return Bench(runs, samples, least, mean, most, cycles)

    def selftest(self) -> Selftest:
        """Have the board compute the samples that came with its program."""
        answer = self.exchange.call(SELFTEST, b"", LONG)
        samples, wrong = struct.unpack_from("<II", answer)
        return Selftest(samples, wrong, answer[8:].rstrip(b"\0").decode())

    def reset(self) -> None:
        """Reset DMA and core, and have the identity compared anew."""
        self.exchange.call(RESET, b"", LONG)

    def _check(self, info: Info) -> None:
        if info.design_id != self._design:
            raise LinkError(
                f"the board's program is of design 0x{info.design_id:016x} ({info.name}), this "
                f"bundle of 0x{self._design:016x}: load the board from this bundle"
            )
        if info.found != info.design_id:
            raise LinkError(f"{info.board}: {info.error}")
        layout = self._layout
        if (info.bytes_in, info.bytes_out) != (layout.inputs.bytes, layout.outputs.bytes):
            raise LinkError("the board's samples have other sizes than accelerator.json gives")

    def _in_frames(self, raw: Array, each: int) -> Iterator[bytes]:
        """Yield results of frames that hold whole samples."""
        head = _SAMPLES.pack(self._design)
        starts = range(0, len(raw), each)
        yield from self.exchange.many(
            Request(INFER, head + raw[at : at + each].tobytes()) for at in starts
        )

    def _in_pieces(self, row: Array) -> bytes:
        """Return the result of one sample that is larger than a frame, or whose result is."""
        data = row.tobytes()
        for _ in range(5):
            upload = secrets.randbelow((1 << 32) - 1) + 1
            try:
                self._load(upload, data)
                answer = self.exchange.call(RUN, struct.pack("<II", upload, len(data)))
                return self._fetch(upload, struct.unpack("<I", answer)[0])
            except BoardFailure as error:
                if error.code != INCOMPLETE:
                    raise
                # The board was reset in between; it has forgotten, and knows that.
        raise LinkError("the board was reset again and again while it received a sample")

    def _load(self, upload: int, data: bytes) -> None:
        """Send a sample: the board takes pieces in their order, and tells how far it has come.

        After a reset it has come to nothing, and takes the first piece again."""
        received = 0
        for _ in range(1000):
            requests = (
                Request(LOAD, _PIECE.pack(self._design, upload, at) + data[at : at + DATA])
                for at in range(received, len(data), DATA)
            )
            for answer in self.exchange.many(requests):
                (received,) = struct.unpack("<I", answer)
            if received == len(data):
                return
        raise LinkError("the line loses so much that a sample does not come through")

    def _fetch(self, upload: int, length: int) -> bytes:
        requests = (
            Request(FETCH, struct.pack("<III", upload, at, min(DATA, length - at)))
            for at in range(0, length, DATA)
        )
        return b"".join(self.exchange.many(requests))
