"""The same programs on another emulator, QEMU, whose machines have all but the fabric: there, reads
give 0 and writes nothing. Start-up code, MMU, UART, timer, frames, exceptions and the timeout of a
transfer are checked; caches have no effect in QEMU, and the fabric's registers none."""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hls4ml_soc.errors import LinkError
from hls4ml_soc.serial_protocol.board import ECHO, INFO, RESET, SELFTEST, Info
from hls4ml_soc.serial_protocol.exchange import BoardFailure, Exchange
from tests.baremetal import lab

pytestmark = pytest.mark.deep

#: Program and machine, as its manual names it; "secure" starts the A53 at EL3.
MACHINES = {
    "pynq-z2": ("qemu-system-arm", "-M xilinx-zynq-a9 -m 512M -kernel {}"),
    "zcu102": (
        "qemu-system-aarch64",
        "-M xlnx-zcu102,secure=on -m 2G -device loader,file={},cpu-num=0",
    ),
}
#: A key that makes the program execute what is no instruction.
RECKLESS = (
    "    case 'i': tell_identity(); break;\n",
    "    case 'i': tell_identity(); break;\n    case '1': __asm__ volatile(\"udf #0\"); break;\n",
)
#: The identity as if the fabric were there, so that the program goes on to the DMA.
PRESENT = (
    "    return high << 32 | register_read(ACCELERATOR_IDENTITY_BASE, GPIO_DATA);\n",
    "    return (high << 32 | register_read(ACCELERATOR_IDENTITY_BASE, GPIO_DATA)) +\n"
    "           ACCELERATOR_DESIGN_ID;\n",
)


class Qemu:
    """A machine's serial port, as a line for an exchange."""

    def __init__(self, port: socket.socket) -> None:
        self.port, self.said = port, ""

    def read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self.port], [], [], seconds)
        data = self.port.recv(4096) if ready else b""
        self.said += data.decode("latin-1")
        return data

    def write(self, data: bytes) -> None:
        # The model of the UART drops what its FIFO has no room for: a real line is slow.
        for at in range(0, len(data), 32):
            self.port.sendall(data[at : at + 32])
            time.sleep(0.001)

    def reopen(self) -> None:
        raise AssertionError

    def until(self, text: str) -> str:
        end = time.monotonic() + 60
        while text not in self.said:
            assert time.monotonic() < end, self.said
            self.read(0.1)
        return self.said


@contextmanager
def machine(name: str, elf: Path, folder: Path) -> Iterator[Qemu]:
    """Start a machine; it is ended at the end."""
    command, options = MACHINES[name]
    program = shutil.which(command)
    if program is None:
        pytest.skip(f"not run: {command} is not installed")
    door = folder / "serial"
    argv = [program, *options.format(elf).split(), "-display", "none", "-monitor", "none"]
    argv += ["-serial", f"unix:{door},server=on,wait=on"]
    environment = {**os.environ, "QEMU_AUDIO_DRV": "none"}
    with (folder / "qemu.log").open("wb") as log, socket.socket(socket.AF_UNIX) as port:
        process = subprocess.Popen(argv, stdout=log, stderr=log, env=environment)
        try:
            end = time.monotonic() + 30
            while port.connect_ex(str(door)):
                assert time.monotonic() < end and process.poll() is None
                time.sleep(0.05)
            yield Qemu(port)
        finally:
            process.kill()
            process.wait(20)


@pytest.fixture(params=MACHINES)
def build(request, tmp_path_factory: pytest.TempPathFactory) -> lab.Build:
    return lab.made(request.param, tmp_path_factory)


def test_the_program_that_ships_starts_and_misses_the_fabric(build: lab.Build, tmp_path: Path):
    name, design = build.contract.board.name, build.contract.design_id
    for compiler in lab.compilers(build.processor):
        folder = tmp_path / compiler.choice
        elf = build.program(folder, compiler.choice)
        with machine(name, elf, folder) as line:
            said = line.until("ready\r\n")
            sentence = (
                f"the fabric holds design 0x{0:016x}, this program is of {design}: load the "
                "bitstream and the program of one build"
            )
            assert f"network loopback on {name}\r\ndesign {design}\r\n" in said
            assert f"error: {sentence}\r\nkeys: " in said
            exchange = Exchange(line, build.contract.board.console.baud)
            line.write(b"\0\0")
            info = Info.read(exchange.call(INFO))
            assert (info.board, info.found, info.error) == (name, 0, sentence)
            for size in (0, 1, 300, 4096):
                data = bytes(range(256)) * 16
                assert exchange.call(ECHO, data[:size]) == data[:size]
            with pytest.raises(LinkError, match=f"^{sentence}$"):
                exchange.call(RESET, b"", 5.0)


def test_a_dma_that_is_not_there_is_a_timeout_and_an_exception_a_sentence(
    build: lab.Build, tmp_path: Path
):
    edits = {
        "program/hal_bare/fabric.c": (PRESENT,),
        "program/src/terminal.c": (RECKLESS,),
    }
    elf = build.program(tmp_path, edits=edits)
    with machine(build.contract.board.name, elf, tmp_path) as line:
        line.until("ready\r\n")
        late = (
            "no result after 1000 ms: the core stopped taking its input: it has not read all of "
            "the 1024 bytes (MM2S_DMASR 0x00000000, S2MM_DMASR 0x00000000)"
        )
        assert f"self-test: FAIL\r\nerror: {late}\r\n" in line.said
        exchange = Exchange(line, build.contract.board.console.baud)
        line.write(b"\0\0")
        with pytest.raises(BoardFailure) as error:
            exchange.call(SELFTEST, b"", 5.0)
        assert str(error.value) == late
        time.sleep(0.4)
        line.write(b"1")
        said = line.until(": is the bitstream of this program loaded?\r\n")
        assert " (undefined instruction) at pc 0x" in said
