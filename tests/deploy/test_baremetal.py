"""Bare metal from the command line: hardware, ELF, a virtual board on a serial line."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hls4ml_soc import cli
from hls4ml_soc.board import Board
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.connections.serial import SerialPort
from hls4ml_soc.connections.virtual import BareMetal
from hls4ml_soc.deploy import deploy, example
from hls4ml_soc.errors import LinkError
from hls4ml_soc.options import Options
from hls4ml_soc.processes import serving

NETWORK, IMAGES, LABELS = example()


@pytest.fixture(scope="module")
def run(demo, tmp_path_factory):
    """The example as a bare-metal program; HLS is the same as for PYNQ and is not run again."""
    out = tmp_path_factory.mktemp("baremetal") / "out"
    shutil.copytree(demo[0], out, ignore=shutil.ignore_patterns("bundle", "run"), symlinks=True)
    options = Options(target="baremetal", input=IMAGES, labels=LABELS, out=out)
    return out, deploy(NETWORK, "pynq-z2", options)


def test_every_image_is_right_through_the_serial_line(run) -> None:
    _, report = run
    assert (report.bit_exact, report.samples) == (360, 360)
    assert report.accuracy >= 0.95
    assert report.latency_us is None and report.throughput_per_s is None
    assert "the shipped Tcl, wrapper and C program agree with" in report.shows


def test_what_the_board_prints_at_power_up_is_kept(run) -> None:
    out, report = run
    lines = (out / "run" / "terminal.txt").read_text().splitlines()
    assert f"design {report.design_id}" in lines
    assert "self-test: PASS, 4 of 4 samples as expected" in lines
    assert "time per inference: not measured, this is a virtual board" in lines
    assert lines[-1] == "ready"


@pytest.mark.parametrize("board", ["arty-a7-100", "zcu102"])
def test_loopback_and_then_a_person_at_its_terminal(board: str, tmp_path: Path) -> None:
    options = Options(target="baremetal", loopback=True, out=tmp_path / "out")
    report = deploy(None, board, options)
    assert report.bit_exact == report.samples == 32
    bundle = tmp_path / "out" / "bundle" / "loopback"
    argv = [sys.executable, "-m", "hls4ml_soc.virtual.cpu", "--console", "socket:0"]
    argv += ["--bit", f"{bundle}.bit", "--elf", f"{bundle}.elf"]
    with serving(argv, tmp_path / "board.log") as where:
        port = SerialPort(where)
        read_until(port, b"ready\r\n")
        time.sleep(1.0)  # the board has nothing to do, and sleeps
        for key, last in (
            (b"i", b"bytes a sample\r\n"),
            (b"h", b"h help\r\n"),
            (b"r", b"reset\r\n"),
        ):
            port.write(key)
            assert read_until(port, last).endswith(last)
            time.sleep(0.2)
        port.close()


def read_until(port: SerialPort, last: bytes) -> bytes:
    """Return what comes, up to these bytes or two seconds' silence; the output tensor is told
    last."""
    text = b""
    while not text.endswith(last) or (b"input" in text and b"output" not in text):
        if not (more := port.read(2.0)):
            break
        text += more
    return text


def test_a_board_left_running_answers_at_its_port(run, tmp_path: Path) -> None:
    bundle = run[0] / "bundle"
    argv = [sys.executable, "-m", "hls4ml_soc", "virtual", str(bundle), "--console", "socket:0"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, start_new_session=True) as board:
        try:
            assert board.stdout is not None
            said = [board.stdout.readline().strip() for _ in range(2)]
            assert said[0] == "the board is on until Ctrl-C; its serial port:"
            assert re.fullmatch(r"socket://127\.0\.0\.1:\d+", said[1])
            place = ["--port", said[1], "--no-program"]
            assert cli.main(["deploy", str(bundle), *place, "--out", str(tmp_path / "o")]) == 0
            report = json.loads((tmp_path / "o" / "report.json").read_text())
            assert (report["connection"], report["bit_exact"]) == ("serial", 360)
            # Its program says that its time means nothing.
            assert report["latency_us"] is None and report["simulation_s"] > 0
        finally:
            os.killpg(board.pid, signal.SIGINT)
            assert board.wait(20) == 0


def test_a_program_of_another_design_is_named(run, tmp_path: Path, monkeypatch) -> None:
    out, report = run
    # The board holds the bundle, the host believes in another network.
    bundle = tmp_path / "bundle"
    shutil.copytree(out / "bundle", bundle)
    described = json.loads((bundle / "accelerator.json").read_text())
    (bundle / "accelerator.json").write_text(
        json.dumps({**described, "design_id": "0x" + 16 * "1"})
    )

    whole = Bundle(bundle, json.loads((bundle / "manifest.json").read_text()))
    with pytest.raises(LinkError) as error:
        BareMetal().run(whole, Board.load("pynq-z2"), {}, tmp_path / "run", print)
    assert str(error.value).startswith(
        f"pynq-z2 (virtual): the board's program is of design {report.design_id} (digits), this "
        "bundle of 0x1111111111111111: load the board from this bundle"
    )


@pytest.mark.parametrize(
    "argv, said",
    [
        (["--cable", "x"], "--cable goes with --port"),
        (["--identity", "key"], "--identity goes with --host"),
        (["--host", "a@b"], "the target baremetal is reached with --port, not with --host"),
        (["--port", "/dev/x", "--until", "build"], "--port has no use with --until build"),
        (
            ["--port", "socket://localhost:1", "--tools", "standin"],
            "what the stand-ins build cannot be loaded into a board: for a virtual board at this "
            "port add --no-program",
        ),
    ],
)
def test_places_that_do_not_fit(argv: list[str], said: str, capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    code = cli.main(["deploy", str(NETWORK), "--board", "pynq-z2", "--target", "baremetal", *argv])
    assert code == 2
    assert capsys.readouterr().err == f"error: {said}\n"


def test_a_port_that_is_not_there(capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    argv = ["--board", "pynq-z2", "--target", "baremetal", "--tools", "standin", "--no-program"]
    assert cli.main(["deploy", str(NETWORK), *argv, "--port", "/dev/ttyNONE"]) == 3
    assert capsys.readouterr().err.startswith("error: /dev/ttyNONE cannot be opened: ")
