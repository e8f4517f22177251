"""What fails on a board ends in a sentence on its terminal and on the host, and what comes next is
right: the real ELF on the models of the processors, the hardware or a line of C spoilt."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from hls4ml_soc.errors import LinkError
from hls4ml_soc.virtual.board.streams import NONE, Beats, Fifo, Source
from tests.baremetal import lab
from tests.baremetal.lab import BOARDS, Build, LockStep

FABRIC = "program/hal_bare/fabric.c"


@pytest.fixture(scope="module", params=BOARDS)
def build(request, tmp_path_factory: pytest.TempPathFactory) -> Build:
    return lab.made(request.param, tmp_path_factory)


@pytest.fixture(scope="module")
def program(build: Build, tmp_path_factory: pytest.TempPathFactory):
    return build.program(tmp_path_factory.mktemp("program"))


RAW = np.random.default_rng(2).integers(0, 256, (2, 1024), np.uint8)


@dataclass
class Spoilt:
    """A stream that does something wrong as long as ``active``."""

    source: Source
    change: Callable[[Beats], Beats]
    active: bool = False

    def peek(self, limit: int) -> Beats:
        beats = self.source.peek(limit)
        return self.change(beats) if self.active and len(beats) else beats

    def take(self, count: int) -> None:
        self.source.take(count)


def without_last(beats: Beats) -> Beats:
    return Beats(beats.data, beats.keep, np.zeros(len(beats), np.bool_))


def early_last(beats: Beats) -> Beats:
    """End the packet after the first beat that is seen."""
    last = np.zeros(len(beats), np.bool_)
    last[0] = True
    return Beats(beats.data, beats.keep, last)


def spoil(line: LockStep, place: int, change: Callable[[Beats], Beats]) -> Spoilt:
    """Put a fault into link ``place`` of the stream: 0 into the core, -1 out of it."""
    (path,) = line.board.fabric.paths
    spoilt = Spoilt(path.links[place].source, change)
    path.links[place] = replace(path.links[place], source=spoilt)
    return spoilt


STREAMS = {
    "no TLAST": (
        -1,
        without_last,
        "no result after 1000 ms: all 2048 input bytes were sent, but no TLAST ended the output: "
        "the core gave fewer than 2048 bytes, keeps its last samples, or sets no TLAST "
        "(MM2S_DMASR 0x00001002, S2MM_DMASR 0x00001000)",
    ),
    "a short transfer": (
        -1,
        early_last,
        r"the output ended after \d+ of 2048 bytes: TLAST came too early",
    ),
    "a core that hangs": (
        0,
        lambda beats: NONE,
        "no result after 1000 ms: the core stopped taking its input: it has not read all of the "
        "2048 bytes (MM2S_DMASR 0x00001000, S2MM_DMASR 0x00001000)",
    ),
}


@pytest.mark.parametrize("fault", STREAMS)
def test_a_fault_in_the_stream_is_told(
    build: Build, program, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, change, sentence = STREAMS[fault]
    pattern = sentence if "\\d" in sentence else re.escape(sentence)
    with lab.powered(build.products["bit"], program, unlimited=True) as line:
        line.until("ready\r\n")
        board = lab.connect(line, build.contract, monkeypatch)
        spoilt = spoil(line, place, change)
        assert (board.compute(RAW) == RAW).all()
        spoilt.active = True
        with pytest.raises(LinkError, match=f"^{pattern}$"):
            board.compute(RAW)
        spoilt.active = False
        assert re.search(f"error: {pattern}\r\n", line.said)
        assert (board.compute(RAW) == RAW).all()
        assert board.info().failures == 1


class WholeSamples(Fifo):
    """A core that gives a sample when it has all of it."""

    def peek(self, limit: int) -> Beats:
        whole = len(self._beats) // self.per_sample * self.per_sample
        return self._beats.part(0, min(limit, whole))


def test_a_sample_cut_in_the_middle_is_gone_with_the_reset(
    build: Build, program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lab.powered(build.products["bit"], program, unlimited=True) as line:
        line.until("ready\r\n")
        board = lab.connect(line, build.contract, monkeypatch)
        (path,) = line.board.fabric.paths
        (stage,) = path.stages
        monkeypatch.setattr(type(stage.model), "peek", WholeSamples.peek)
        stage.model.per_sample = 1024 // path.links[0].width
        assert (board.compute(RAW) == RAW).all()
        (dma,) = line.board.fabric.dmas.values()
        begin = dma.mm2s.begin

        def cut() -> None:
            begin()
            dma.mm2s._total -= 512

        monkeypatch.setattr(dma.mm2s, "begin", cut)
        with pytest.raises(LinkError, match="^no result after 1000 ms: all 2048 input bytes were "):
            board.compute(RAW)
        monkeypatch.setattr(dma.mm2s, "begin", begin)
        assert (board.compute(RAW) == RAW).all()


#: Fault -> file, what stands there, what instead, and what is said then.
SOURCES = {
    "an address of nothing": (
        FABRIC,
        "start(MM2S, source, sent);",
        "start(MM2S, (const uint8_t *)source + 0x7E000000, sent);",
        "MM2S (DMADecErr): reading the input, the DMA met an address that the design does not map "
        "(MM2S_DMASR 0x00004041, S2MM_DMASR 0x00000001)",
    ),
    "a DMA that never comes out of reset": (
        FABRIC,
        "             RESET);",
        "             RESET) && hal_ticks() == 0;",
        "the AXI DMA does not come out of reset: its clock stands still or its bus hangs; load the "
        "bitstream again, or switch the board off and on",
    ),
    "a bitstream of another design": (
        "program/accelerator.h",
        "#define ACCELERATOR_DESIGN_ID UINT64_C(",
        "#define ACCELERATOR_DESIGN_ID UINT64_C(1) + UINT64_C(",
        "the fabric holds design ",
    ),
}


@pytest.mark.deep
@pytest.mark.parametrize("fault", SOURCES)
def test_a_fault_in_the_program_is_told_at_power_up_and_to_the_host(
    build: Build, fault: str, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, old, new, sentence = SOURCES[fault]
    elf = build.program(tmp_path, edits={path: ((old, new),)})
    with lab.powered(build.products["bit"], elf, unlimited=True) as line:
        said = line.until("ready\r\n")
        assert f"error: {sentence}" in said
        if fault == "a bitstream of another design":
            with pytest.raises(LinkError, match="^the board's program is of design 0x"):
                lab.connect(line, build.contract, monkeypatch)
            return
        board = lab.connect(line, build.contract, monkeypatch)
        with pytest.raises(LinkError, match=f"^{re.escape(sentence)}"):
            board.compute(RAW)


@pytest.mark.parametrize("what", ["flush", "invalidate"])
@pytest.mark.parametrize("name", ["pynq-z2", "zcu102"])
def test_a_cache_that_is_not_cared_for_fails_the_self_test(
    name: str, what: str, tmp_path, tmp_path_factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = lab.made(name, tmp_path_factory)
    path = f"program/hal_bare/cpu_{'a9' if name == 'pynq-z2' else 'a53'}.c"
    start = f"void hal_{what}({'const ' if what == 'flush' else ''}void *buffer, size_t size)\n{{\n"
    elf = build.program(tmp_path, edits={path: ((start, f"{start}    size = 0;\n"),)})
    with lab.powered(build.products["bit"], elf, unlimited=True) as line:
        said = line.until("ready\r\n")
        assert re.search(r"self-test: FAIL, [0-3] of 4 samples as expected\r\nreceived\[", said)
        result = lab.connect(line, build.contract, monkeypatch).selftest()
        assert result.wrong > 0
        assert re.match(r"received\[\d+\] of sample \d: expected \d+, got \d+$", result.first)


def test_a_receiver_that_overflows_is_told_and_repaired(
    build: Build, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, the program does not look for a while."""
    old = "    latest = byte;\n"
    busy = "    static uint32_t n;\n    uint64_t start = hal_ticks();\n"
    busy += "    while (n == 5000 && hal_ticks() - start < hal_ticks_per_second() / 100) {\n"
    busy += "        for (volatile int i = 0; i < 1000; i++) {}\n    }\n    n++;\n"
    elf = build.program(tmp_path, edits={"program/src/protocol.c": ((old, busy + old),)})
    raw = np.concatenate([RAW] * 4)
    with lab.powered(build.products["bit"], elf) as line:
        line.until("ready\r\n")
        board = lab.connect(line, build.contract, monkeypatch)
        assert (board.compute(raw) == raw).all()
        assert line.board.figures().bytes_lost > 0
        assert board.info().overruns == 1
        assert "error: the receiver of the UART overflowed, bytes are lost\r\n" in line.said


#: What a program does that its processor cannot, by key -> C; the address answers nowhere.
KEYS = {
    "1": {"pynq-z2": '__asm__ volatile("udf #0")', "zcu102": '__asm__ volatile("udf #0")',
          "arty-a7-100": '__asm__ volatile(".word 0")'},
    "2": "(void)*(volatile uint32_t *)(uintptr_t)0x{:X}U",
    "3": "*(volatile uint32_t *)(uintptr_t)0x{:X}U = 1",
    "4": "((void (*)(void))(uintptr_t)0x{:X}U)()",
}  # fmt: skip
NOWHERE = {"pynq-z2": 0x43000000, "zcu102": 0xA3000000, "arty-a7-100": 0x43000000}
#: The exceptions as the processors number them.
EXCEPTIONS = {
    "pynq-z2": ("1 (undefined instruction)", "4 (data abort)", "4 (data abort)",
                "3 (prefetch abort)"),
    "zcu102": ("0 (undefined instruction)", "37 (data abort)", "37 (data abort)",
               "33 (instruction abort)"),
    "arty-a7-100": ("2 (illegal instruction)", "5 (load access fault)", "7 (store access fault)",
                    "1 (instruction access fault)"),
}  # fmt: skip


@pytest.fixture(scope="module")
def reckless(build: Build, tmp_path_factory: pytest.TempPathFactory):
    """A program with more keys than there should be."""
    name = build.contract.board.name
    cases = ""
    for key, code in KEYS.items():
        line = code[name] if isinstance(code, dict) else code.format(NOWHERE[name])
        cases += f"    case '{key}': {line}; break;\n"
    old = "    case 'i': tell_identity(); break;\n"
    edits = {"program/src/terminal.c": ((old, old + cases),)}
    return build.program(tmp_path_factory.mktemp("reckless"), edits=edits)


@pytest.mark.parametrize("key", KEYS)
def test_an_exception_is_told_and_told_again(
    build: Build, reckless, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = build.contract.board.name
    with lab.powered(build.products["bit"], reckless) as line:
        line.step = 10e-3
        line.until("ready\r\n")
        line.write(key.encode())
        said = line.until(": is the bitstream of this program loaded?\r\n").split("ready\r\n")[1]
        what = EXCEPTIONS[name][int(key) - 1]
        assert said.startswith(f"\r\nerror: processor exception {what} at pc 0x")
        if key in "23":
            digits = 16 if name == "zcu102" else 8
            assert f", address 0x{NOWHERE[name]:0{digits}x}: is the bitstream" in said
        with pytest.raises(LinkError) as error:
            lab.connect(line, build.contract, monkeypatch, patience=0.1, attempts=2)
        told = str(error.value)
        assert told.startswith("no answer, though asked 2 times; the last text from the board: ")
        assert "error: processor exception " in told
