"""The device process: what XRT's software emulation starts in the place of Vitis' own.

It connects to the socket that the program listens at, and ends with it. What a program does wrong
goes to the file of ``HLS4ML_SOC_CARD_LOG``, and ends both.
"""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path
from typing import NoReturn

from hls4ml_soc.virtual.xrt import wire
from hls4ml_soc.virtual.xrt.card import CLOSE, Card
from hls4ml_soc.virtual.xrt.errors import DeviceError

LOG, REPORT, SCRATCH = (f"HLS4ML_SOC_CARD_{n}" for n in ("LOG", "REPORT", "SCRATCH"))
_SECONDS = 20
#: Field of the call that closes: whether nobody else uses the card.
_ALL = 3


def main() -> None:
    """Serve one program."""
    card = Card(Path(os.environ[SCRATCH]), _fail)
    line = _connect()

    def receive(size: int) -> bytes:
        parts = []
        while size:
            try:
                part = line.recv(size)
            except ConnectionResetError:
                part = b""
            if not part:
                _end(card)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    while True:
        number, fields = wire.request(receive)
        try:
            body = card.call(number, fields)
        except DeviceError as error:
            _fail(error)
        line.sendall(wire.answer(body))
        if number == CLOSE and fields.number(_ALL):
            _end(card)  # the emulation waits for this process then


def _connect() -> socket.socket:
    # The emulation's own rule for the place of its socket.
    user = os.environ.get("USER")
    path = f"/tmp/{user}/{os.environ['EMULATION_SOCKETID']}" if user else "/tmp/xcl_sock"
    line = socket.socket(socket.AF_UNIX)
    until = time.monotonic() + _SECONDS
    while True:
        try:
            line.connect(path)
            return line
        except OSError as error:
            if time.monotonic() > until:
                _fail(DeviceError(f"XRT's emulation does not listen at {path}: {error}"))
            time.sleep(0.005)


def _report(card: Card) -> None:
    told = {"starts": card.starts, **card.counters}
    Path(os.environ[REPORT]).write_text(json.dumps(told) + "\n")


def _end(card: Card) -> NoReturn:
    _report(card)
    os._exit(0)  # a kernel may run for ever


def _fail(error: DeviceError) -> NoReturn:
    # One write: several compute units may fail at once.
    with open(os.environ[LOG], "a") as file:
        file.write(f"{error}\n")
    os._exit(3)


if __name__ == "__main__":
    main()
