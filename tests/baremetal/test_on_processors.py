"""The program as it ships, by every compiler, on the models of all three processors: what it says,
how fast the line goes, what one inference takes. All in guest time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from unicorn.arm64_const import UC_ARM64_REG_LR
from unicorn.arm_const import UC_ARM_REG_LR
from unicorn.riscv_const import UC_RISCV_REG_RA
from unicorn.unicorn_const import UC_HOOK_CODE

from tests.baremetal import lab
from tests.baremetal.lab import BOARDS, Build, LockStep

#: Registers with the return address.
RETURN = {"pynq-z2": UC_ARM_REG_LR, "zcu102": UC_ARM64_REG_LR, "arty-a7-100": UC_RISCV_REG_RA}


@pytest.fixture(scope="module", params=BOARDS)
def build(request, tmp_path_factory: pytest.TempPathFactory) -> Build:
    return lab.made(request.param, tmp_path_factory)


_PROGRAMS: dict[tuple[str, str], Path] = {}


@pytest.fixture
def program(build: Build, tmp_path_factory: pytest.TempPathFactory):
    """Compile the program of a board, once per compiler."""

    def make(choice: str = "zig") -> Path:
        key = (build.contract.board.name, choice)
        if key not in _PROGRAMS:
            _PROGRAMS[key] = build.program(tmp_path_factory.mktemp("program"), choice)
        return _PROGRAMS[key]

    return make


def samples(count: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (count, 1024), np.uint8)


def test_at_power_up_it_says_who_it_is_and_tests_itself(build: Build, program) -> None:
    with lab.powered(build.products["bit"], program()) as line:
        said = line.until("ready\r\n").split("\r\n")
    name, design = build.contract.board.name, build.contract.design_id
    assert said[0] == ""
    assert said[1].startswith("hls4ml_soc ") and said[1].endswith(f": network loopback on {name}")
    assert said[2:6] == [
        f"design {design}",
        "input  sent [256] ap_uint<32>, 1024 bytes a sample",
        "output received [256] ap_uint<32>, 1024 bytes a sample",
        "self-test",
    ]
    for expected, got, verdict in zip(said[6:18:3], said[7:18:3], said[8:18:3], strict=True):
        assert expected.replace("  expected ", "") == got.replace("  got      ", "")
        assert verdict == "  PASS"
    assert said[18:] == [
        "self-test: PASS, 4 of 4 samples as expected",
        "time per inference: not measured, this is a virtual board",
        "keys: i information, s self-test, b benchmark, e errors, r reset, h help",
        "ready",
        "",
    ]


class Directions:
    """When the first and the last byte of each direction were on a line."""

    def __init__(self, line: LockStep) -> None:
        self.line, self.model = line, line.board.platform.line
        self.first_out = self.last_in = 0.0
        send = self.model.send

        def sending(byte: int) -> bool:
            self.first_out = self.first_out or line.monotonic()
            return send(byte)

        self.model.send = sending

    def busy(self, count_in: int, count_out: int, start: float) -> tuple[float, float]:
        """Return the share of time that a byte was on the line, there and back."""
        hertz = self.line.board.clock.frequency
        character = self.model.character / hertz
        there = count_in * character / (self.model._complete / hertz - start)
        back = count_out * character / (self.model._last_out / hertz - self.first_out)
        return there, back


def test_the_line_does_not_rest_while_samples_go(
    build: Build, program, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = samples(12)
    with lab.powered(build.products["bit"], program()) as line:
        line.until("ready\r\n")
        board = lab.connect(line, build.contract, monkeypatch)
        results, seen, start = [], Directions(line), line.monotonic()
        spent = lab.spent(line.board, lambda: results.append(board.compute(raw)))
        assert (results[0] == raw).all()
        assert (board.exchange.resent, spent.bytes_lost) == (0, 0)
        there, back = seen.busy(spent.bytes_in, spent.bytes_out, start)
        assert there > 0.98 and back > 0.95
        assert raw.size / spent.bytes_in > 0.98 and raw.size / spent.bytes_out > 0.98


def test_a_frame_of_4_kib_is_98_percent_payload(
    build: Build, program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lab.powered(build.products["bit"], program()) as line:
        line.until("ready\r\n")
        board = lab.connect(line, build.contract, monkeypatch)
        spent = lab.spent(line.board, lambda: board.echo(samples(4).tobytes()))
        assert 4096 < spent.bytes_in < 4096 / 0.98 and 4096 < spent.bytes_out < 4096 / 0.98


def test_the_receiver_is_looked_at_in_time(
    build: Build, program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two looks at the UART less than half of its FIFO comes in, while requests come in,
    samples are computed and answers go out."""
    with lab.powered(build.products["bit"], program()) as line:
        line.until("ready\r\n")
        board = lab.connect(line, build.contract, monkeypatch)
        model, clock = line.board.platform.line, line.board.clock
        look, gaps, last = model.look, [0], clock.cycles

        def looking() -> None:
            nonlocal last
            if model._coming:
                gaps.append(clock.cycles - last)
            last = clock.cycles
            look()

        model.look = looking
        raw = samples(10)
        assert (board.compute(raw) == raw).all()
        assert 0 < max(gaps) < 8 * model.character


#: Instructions and register accesses of ``accelerator_run(1)`` by zig 0.17.0 and GCC 12.2, the wait
#: being one look at the DMA; no compiler is to need more than a fifth above.
COST = {
    "pynq-z2": ({"zig": 392, "gcc": 390}, 13),
    "zcu102": ({"zig": 245, "gcc": 276}, 9),
    "arty-a7-100": ({"zig": 212, "gcc": 159}, 9),
}


def count_run(build: Build, elf: Path) -> set[tuple[int, int]]:
    """Return instructions and register accesses of each sample of the self-test."""
    entry = lab.symbols(elf)["accelerator_run"] & ~1
    counted: set[tuple[int, int]] = set()
    with lab.powered(build.products["bit"], elf, unlimited=True) as line:
        core, name = line.board.core, build.contract.board.name
        inside: list[int] = []  # return address, instructions, accesses before

        def accesses() -> int:
            figures = line.board.figures()
            return figures.reads + figures.writes

        def step(uc, address: int, size: int, _: object) -> None:
            if inside and address == inside[0]:
                counted.add((inside[1], accesses() - inside[2]))
                inside.clear()
            elif not inside and address == entry:
                inside[:] = [uc.reg_read(RETURN[name]) & ~1, 1, accesses()]
            elif inside:
                inside[1] += 1

        core.uc.hook_add(UC_HOOK_CODE, step)
        line.until("ready\r\n")
    return counted


def test_what_an_inference_takes_outside_the_wait(build: Build, program) -> None:
    expected, registers = COST[build.contract.board.name]
    for compiler in lab.compilers(build.processor):
        ((instructions, accesses),) = count_run(build, program(compiler.choice))
        assert accesses == registers
        assert 0.8 * expected[compiler.choice] <= instructions <= 1.2 * expected[compiler.choice]
