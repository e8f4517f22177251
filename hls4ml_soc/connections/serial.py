"""Boards on a serial port: a device, a pseudo-terminal, or a URL of pyserial."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import serial
from serial.tools import list_ports

from .. import loaders
from ..board import Board
from ..bundle import Bundle
from ..errors import LinkError
from ..report import Arrays
from ..serial_protocol.board import SerialBoard
from ..serial_protocol.exchange import LineLost
from . import Run

#: USB bridges on development boards, vendor and product -> name.
BRIDGES = {
    (0x0403, 0x6010): "FTDI FT2232H (Digilent Arty, Zybo, Pynq)",
    (0x0403, 0x6011): "FTDI FT4232H (AMD ZCU104, KV260)",
    (0x0403, 0x6014): "FTDI FT232H",
    (0x0403, 0x6001): "FTDI FT232R",
    (0x10C4, 0xEA60): "Silicon Labs CP2102",
    (0x10C4, 0xEA71): "Silicon Labs CP2108 (AMD ZCU102)",
    (0x04B4, 0x0008): "Cypress CY7C64225 (ZedBoard)",
}

#: Seconds after which a silent board has nothing more to say by itself: a self-test takes less.
WELCOME_SECONDS = 2.0
#: Seconds that a port may be away, as while a board is switched off and on.
REOPEN_SECONDS = 15.0


class SerialPort:
    """A line for an exchange. ``where`` is ``/dev/ttyUSB1``, ``COM4``, ``socket://host:port``,
    ``rfc2217://host:port``, or ``usb:VID:PID`` in hexadecimal.

    Raises LinkError where it cannot be opened."""

    def __init__(self, where: str, baud: int = 115200) -> None:
        self._where, self._baud = where, baud
        self._port = self._open()

    def _open(self) -> Any:
        where = find(self._where) if self._where.startswith("usb:") else self._where
        more: dict[str, Any] = {}
        if "://" not in where:
            more["exclusive"] = True  # two programs on one line would take each other's answers
        if not where.startswith("rfc2217://"):
            more["write_timeout"] = 5.0  # which pyserial 3.5 refuses there
        try:
            return serial.serial_for_url(where, self._baud, timeout=0.05, **more)
        except (OSError, ValueError, serial.SerialException) as error:
            raise LinkError(f"{where} cannot be opened: {error}") from None

    def read(self, seconds: float) -> bytes:
        """Return what has come, after so many seconds at most. Raises LineLost."""
        deadline = time.monotonic() + seconds
        try:
            while True:
                if data := bytes(self._port.read(1)):
                    return data + self._rest()
                if time.monotonic() >= deadline:
                    return b""
        except (OSError, serial.SerialException, TypeError) as error:
            # TypeError: pyserial's read on a port that another thread has closed.
            raise LineLost(str(error)) from None

    def _rest(self) -> bytes:
        """Return what has come already: a socket tells only whether there is something."""
        parts: list[bytes] = []
        while waiting := self._port.in_waiting:
            parts.append(bytes(self._port.read(waiting)))
            if sum(map(len, parts)) > 4096:
                break
        return b"".join(parts)

    def write(self, data: bytes) -> None:
        """Send bytes. Raises LineLost."""
        try:
            self._port.write(data)
        except (OSError, serial.SerialException) as error:
            raise LineLost(str(error)) from None

    def reopen(self) -> None:
        """Wait until the port is there again. Raises LinkError if that takes too long."""
        self.close()
        deadline = time.monotonic() + REOPEN_SECONDS
        while True:
            try:
                self._port = self._open()
                return
            except LinkError as error:
                if time.monotonic() > deadline:
                    raise LinkError(f"the port went away and stays away: {error}") from None
            time.sleep(0.2)

    def close(self) -> None:
        """Give the port back."""
        self._port.close()


@dataclass(frozen=True)
class Found:
    """A port that a board may be on."""

    device: str
    vendor: int
    product: int
    name: str
    number: str


def ports() -> list[Found]:
    """Return the serial ports of USB bridges that development boards have, known ones only."""
    return [
        Found(p.device, p.vid, p.pid, BRIDGES[p.vid, p.pid], p.serial_number or "")
        for p in sorted(list_ports.comports())
        if (p.vid, p.pid) in BRIDGES
    ]


def find(where: str) -> str:
    """Return the device of ``usb:VID:PID[:SERIAL]``; boards with several ports have their UART on
    the last.

    Raises LinkError where no such device is there, or several are."""
    fields = where.split(":")
    try:
        vendor, product = (int(field, 16) for field in fields[1:3])
    except ValueError:
        raise LinkError(f"{where}: write usb:VID:PID, such as usb:0403:6010") from None
    wanted = fields[3] if len(fields) > 3 else None
    found = [
        p
        for p in sorted(list_ports.comports())
        if (p.vid, p.pid) == (vendor, product) and wanted in (None, p.serial_number)
    ]
    numbers = sorted({p.serial_number or "" for p in found})
    if not found:
        raise LinkError(f"no USB device {vendor:04x}:{product:04x} with a serial port is there")
    if len(numbers) > 1:
        raise LinkError(
            f"several devices {vendor:04x}:{product:04x} are there: add the serial number "
            f"({', '.join(numbers)}), as in {where}:{numbers[0]}"
        )
    return str(found[-1].device)


class Serial:
    """The bare-metal program of a board at a port.

    ``cable`` is the loaders' word for the JTAG cable; without ``program`` the board has been loaded
    already."""

    name = "serial"

    def __init__(self, where: str, cable: str | None = None, program: bool = True) -> None:
        self._where, self._cable, self._program = where, cable, program
        self._virtual = False

    @property
    def virtual(self) -> bool:
        """Whether the program that answered last was made for a virtual board."""
        return self._virtual

    def check(self, board: Board, target: str) -> None:
        """Raise LinkError where the port cannot be opened, ToolError where nothing can load the
        board."""
        SerialPort(self._where).close()
        if self._program:
            loaders.choose(board, self._cable).check()

    def run(
        self,
        bundle: Bundle,
        board: Board,
        inputs: Arrays,
        scratch: Path,
        remark: Callable[[str], None],
    ) -> Run:
        """Load the board, keep what it prints in ``terminal.txt``, and compute samples.

        Raises ModelError for inputs that do not fit, LinkError where the board does not answer or
        reports a failure, ToolError where it cannot be loaded."""
        scratch.mkdir(parents=True, exist_ok=True)
        load: Callable[[], None] | None = None
        if self._program:
            loader = loaders.choose(board, self._cable)
            load = partial(loader.load, bundle, scratch, remark)
        told = converse(bundle, inputs, self._where, scratch / "terminal.txt", load)
        self._virtual = not told.noted["measurable"]
        return told


def converse(
    bundle: Bundle,
    inputs: Arrays,
    where: str,
    terminal: Path,
    load: Callable[[], None] | None = None,
) -> Run:
    """Compute samples with the program of a bundle at a port.

    ``load`` starts the program once the port is open, so that nothing of its welcome is lost: what
    comes is kept in ``terminal``. ``inputs`` maps names to arrays (samples, ...). Raises as
    ``Serial.run``."""
    baud = int(bundle.manifest["baud"])
    port = SerialPort(where, baud)
    try:
        if load is not None:
            load()
        terminal.write_bytes(_welcome(port))
        target = SerialBoard(port, bundle.described, baud)
        names = [each["name"] for each in bundle.described["inputs"]]
        started = time.monotonic()
        outputs = target.predict_named(*(inputs[name] for name in names))
        seconds = time.monotonic() - started
        told, tested = target.info(), target.selftest()
        if tested.wrong:
            raise LinkError(f"the board's self-test fails: {tested.first}")
        noted: dict[str, Any] = {
            "measurable": told.measurable,
            "seconds": seconds,
            "clock_mhz": told.clock_hz / 1e6,
            "resent": target.exchange.resent,
            "overruns": told.overruns,
            "latency_us": [],
        }
        if told.measurable:
            noted["latency_us"] = [target.bench(1).mean_us for _ in range(100)]
        return Run(outputs, noted)
    finally:
        port.close()


def _welcome(port: SerialPort) -> bytes:
    """Return what a program prints at its start, up to "ready" or a second's silence.

    One that runs already prints nothing; requests find it all the same."""
    text = b""
    while not text.endswith(b"ready\r\n"):
        try:
            more = port.read(WELCOME_SECONDS)
        except LineLost:
            break
        if not more:
            break
        text += more
    return text
