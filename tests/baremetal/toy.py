"""A made-up network, and the application around a model of it, for the build machine."""

from __future__ import annotations

import os
import select
import subprocess
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hls4ml_soc import resources
from hls4ml_soc.accelerator import Tensor
from hls4ml_soc.contract import Stream
from hls4ml_soc.fixed_point import FixedPoint
from hls4ml_soc.targets.c_header import Header, tensor_lines

HOST = Path(__file__).resolve().parent / "hal_host"
BSP = HOST.parent / "bsp"
SOURCES = resources.folder("baremetal_c")
WARNINGS = ("-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Werror")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")


def stream(packing: str = "aligned", bits: int = 64, **tensors: tuple) -> Stream:
    """Return a stream of ``name=(precision, *shape)``."""
    made = (Tensor(n, tuple(s), FixedPoint.parse(p), "") for n, (p, *s) in tensors.items())
    return Stream.of(tuple(made), packing, bits)


@dataclass(frozen=True)
class Toy:
    """The network of ``hal_host/model.c``: output byte j is 3 * input[j % bytes in] + j."""

    inputs: Stream
    outputs: Stream
    chunk: int = 64
    window: int = 1 << 14
    design_id: str = "0x0123456789ABCDEF"
    measurable: bool = True

    def compute(self, raw: np.ndarray) -> np.ndarray:
        """Return uint8 (samples, bytes out) for uint8 (samples, bytes in)."""
        j = np.arange(self.outputs.bytes)
        return (3 * raw[:, j % self.inputs.bytes].astype(int) + j).astype(np.uint8)

    def raw(self, samples: int, seed: int = 0) -> np.ndarray:
        """Return random samples as bytes, every one of which is a value of the formats."""
        shape = (samples, self.inputs.bytes)
        return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)

    @property
    def described(self) -> dict:
        """Return what accelerator.json would say."""
        sides = {"inputs": self.inputs, "outputs": self.outputs}
        return {
            "format": 1, "name": "toy", "design_id": self.design_id, "packing": "aligned",
            "stream_bits": {"in": self.inputs.bits, "out": self.outputs.bits},
            **{name: [port.describe() for port in side.ports] for name, side in sides.items()},
        }  # fmt: skip

    @property
    def header(self) -> Header:
        return Header(
            name="toy", board="host", version="hls4ml_soc test", design_id=self.design_id,
            measurable=self.measurable, clock_hz=100_000_000,
            inputs=tensor_lines(self.inputs), outputs=tensor_lines(self.outputs),
            bytes_in=self.inputs.bytes, bytes_out=self.outputs.bytes,
            chunk=self.chunk, window=self.window,
            dma_base="0x40400000", dma_address_bits=64, dma_longest="0x3FFFFFF",
            identity_base="0x41200000", memory=(("0x0", "0xFFFFFFFFFFFFFFFF"),),
            system={
                "UART_BASE": "0xE0000000U", "UART_CLOCK_HZ": "100000000U",
                "UART_BAUD": "115200U", "TIMER_HZ": "1000000000U",
            },
        )  # fmt: skip

    def write(self, folder: Path) -> None:
        """Write the generated headers, with two samples for the self-test."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "accelerator.h").write_text(self.header.render("For a test."))
        raw = self.raw(2, seed=7)
        both = (" ".join(f"{b}," for b in side.flat) for side in (raw, self.compute(raw)))
        lines = zip(("VECTOR_INPUTS", "VECTOR_OUTPUTS"), both, strict=True)
        text = "".join(f"#define {name} {values}\n" for name, values in lines)
        (folder / "vectors.h").write_text("#define VECTORS 2U\n" + text)


SMALL = Toy(stream(x=("ap_fixed<16,6>", 12)), stream(y=("ap_fixed<16,6>", 5)))


def compile_c(out: Path, include: tuple[Path, ...], *sources: Path, options: tuple = ()) -> Path:
    """Compile C for the build machine, all warnings being errors."""
    argv = ["gcc", "-O1", "-g", *WARNINGS, *options, *(f"-I{path}" for path in include)]
    done = subprocess.run(
        [*argv, *map(str, sources), "-o", str(out)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return out


def common_sources() -> list[Path]:
    """Return the application's sources but for its main()."""
    return sorted(path for path in (SOURCES / "src").glob("*.c") if path.name != "main.c")


def application(folder: Path, toy: Toy, *options: str) -> Path:
    """Compile the application around the model, with AddressSanitizer and UBSan."""
    toy.write(folder)
    return compile_c(
        folder / "application",
        (folder, HOST, SOURCES / "src", SOURCES / "hal_bare"),
        *common_sources(),
        SOURCES / "hal_bare" / "fabric.c",
        *sorted(HOST.glob("*.c")),
        options=(*SANITIZERS, *options),
    )


def vendor_application(folder: Path, toy: Toy, *options: str) -> Path:
    """Compile the application on hal_xilinx, over a BSP that works on the model."""
    toy.write(folder)
    kind = "sdt" if "-DSDT" in options else "classic"
    vendor = SOURCES / "hal_xilinx"
    return compile_c(
        folder / "application",
        (folder, HOST, SOURCES / "src", vendor, BSP, BSP / kind),
        *common_sources(),
        vendor / "hal.c",
        BSP / "bsp.c",
        HOST / "model.c",
        HOST / "console.c",
        options=(*SANITIZERS, *options),
    )


@dataclass
class Board:
    """The application at one end of a pseudo-terminal; a line for an exchange at the other."""

    program: Path
    arguments: tuple[str, ...]
    master: int
    slave: int
    process: subprocess.Popen | None = None

    @classmethod
    @contextmanager
    def on(cls, program: Path, *arguments: str) -> Iterator[Board]:
        """Switch a board on, and off at the end; a sanitizer's complaint fails the test."""
        master, slave = os.openpty()
        tty.setraw(slave)
        board = cls(program, arguments, master, slave)
        board.start()
        try:
            yield board
        finally:
            board.stop()
            os.close(slave)
            os.close(master)

    def start(self) -> None:
        """Let the program begin."""
        argv = [str(self.program), os.ttyname(self.slave), *self.arguments]
        self.process = subprocess.Popen(argv, stderr=subprocess.PIPE)

    def stop(self) -> None:
        """Take the power away."""
        assert self.process is not None
        ended = self.process.poll()
        self.process.kill()
        complaint = self.process.communicate(timeout=10)[1].decode()
        assert ended is None and not complaint, complaint

    def read(self, seconds: float) -> bytes:
        """Return what has come from the board."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        return os.read(self.master, 4096) if ready else b""

    def write(self, data: bytes) -> None:
        """Send bytes to the board."""
        os.write(self.master, data)

    def reopen(self) -> None:
        """Never needed here."""
        raise AssertionError

    def until(self, text: str, seconds: float = 20.0) -> str:
        """Return what the board says until it has said a text."""
        heard = ""
        deadline = time.monotonic() + seconds
        while text not in heard:
            assert time.monotonic() < deadline, f"no {text!r} in {heard!r}"
            heard += self.read(0.2).decode("latin-1")
        return heard
