"""``python -m hls4ml_soc.virtual.cpu``: a board for a terminal program."""

import os
import signal
import socket
import struct
import subprocess
import sys

import pytest
import serial


@pytest.fixture
def run(write_bit, factory, designs, kinds, compile_guest):
    """Start the command for a kind of board; it is ended by its id."""
    running = []

    def run_(kind, *arguments, elf=None):
        bit = write_bit(getattr(designs, kinds[kind].design)(factory), kinds[kind].part)
        command = [sys.executable, "-m", "hls4ml_soc.virtual.cpu", "--bit", str(bit)]
        command += ["--elf", str(elf or compile_guest(kind)), *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        return process

    yield run_
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=20)


def _ask(port, operation, a=0, b=0):
    port.write(operation + struct.pack("<III", a, b, 0))
    answer = port.read(4)
    return struct.unpack("<I", answer)[0] if len(answer) == 4 else answer


@pytest.mark.parametrize(
    ("console", "number"), [("pty", signal.SIGTERM), ("socket:0", signal.SIGINT)]
)
def test_a_terminal_talks_to_the_board_until_it_is_interrupted(run, console, number):
    process = run("a9", "--console", console)
    name = process.stdout.readline().strip()
    assert name.startswith("/dev/" if console == "pty" else "socket://127.0.0.1:")
    for _ in range(2):  # users come and go
        with serial.serial_for_url(name, 115200, timeout=0.5) as port:
            port.read(9)  # the greeting, as far as opening the port has not thrown it away
            assert _ask(port, b"*", 6, 7) == 42
    process.send_signal(number)
    out, errors = process.communicate(timeout=20)
    assert (process.returncode, out, errors) == (0, "", "")
    assert not os.path.exists(name)


def test_a_fault_of_the_program_ends_it_with_a_sentence(run):
    process = run("rv32", "--unlimited")
    name = process.stdout.readline().strip()
    with serial.Serial(name, timeout=0.5) as port:
        port.read(9)
        port.write(b"r" + struct.pack("<III", 0x5000_0000, 0, 0))
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 3
    assert errors.startswith(
        "virtual board: 32-bit read of 0x50000000: nothing answers there (at PC 0x0000"
    )


def test_an_exception_that_the_program_handles_is_told_too(run, compile_guest):
    process = run("a9", "--unlimited", elf=compile_guest("a9", "-DVECTORS"))
    name = process.stdout.readline().strip()
    with serial.Serial(name, timeout=5) as port:
        port.write(b"r" + struct.pack("<III", 0x5000_0000, 0, 0))
        assert port.read_until(b"!").endswith(b"!")
        assert port.read(12)[8:] == struct.pack("<I", 0x5000_0000)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert errors.startswith("virtual board: exception: no slave answers at 0x50000000 (nearest: ")


def test_a_taken_port_and_a_wrong_console_are_refused(run):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        process = run("a9", "--console", f"socket:{port}")
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (
        2,
        f"virtual board: TCP port {port}: Address already in use\n",
    )
    process = run("a9", "--console", "usb")
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (
        2,
        "virtual board: --console is pty or socket:PORT, not usb\n",
    )
