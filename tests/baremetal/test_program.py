"""The program for the three processors: what is read from the hardware as it was built, compiled
by every compiler that is installed."""

import dataclasses
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from hls4ml_soc import elf, hwh
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.errors import DesignError, ToolError
from hls4ml_soc.execute import execute
from hls4ml_soc.targets import baremetal
from hls4ml_soc.targets.bare_system import System
from hls4ml_soc.targets.c_header import chunk
from hls4ml_soc.toolchains.compiler import PROCESSORS, Compiler
from tests.baremetal.lab import BOARDS, CELLS, Build, compilers, made


@pytest.fixture(scope="module", params=BOARDS)
def build(request, tmp_path_factory: pytest.TempPathFactory) -> Build:
    return made(request.param, tmp_path_factory)


@pytest.fixture
def boards(tmp_path_factory: pytest.TempPathFactory):
    return lambda name: made(name, tmp_path_factory)


def test_every_compiler_makes_the_same_bytes_anywhere(build: Build, tmp_path: Path) -> None:
    system = build.system()
    plan = baremetal.program(build.contract, system, True, tmp_path)
    for compiler in compilers(system.isa or system.cpu):
        made = []
        for folder in (tmp_path / compiler.choice / "a", tmp_path / compiler.choice / "b/c d"):
            products = execute(plan, folder, compiler, baremetal._Silence())
            made.append(products["elf"].read_bytes())
        assert made[0] == made[1]
        assert str(tmp_path).encode() not in made[0]
        sizes = elf.sizes(made[0])
        assert 20_000 < sizes.text < 40_000 and sizes.data == 0
        first, end = system.program
        assert sizes.text + sizes.bss - 131072 < end - first


ADDRESSES = {
    "pynq-z2": {
        "ACCELERATOR_DMA_BASE": "UINT32_C(0x40400000)",
        "ACCELERATOR_DMA_ADDRESS_BITS": "32",
        "ACCELERATOR_IDENTITY_BASE": "UINT32_C(0x41200000)",
        "ACCELERATOR_CLOCK_HZ": "100000000U",
        "ACCELERATOR_RAM_HIGH": "0x20000000",
        "ACCELERATOR_UART_BASE": "0xE0000000U",
        "ACCELERATOR_UART_CLOCK_HZ": "100000000U",
        "ACCELERATOR_UART_BAUD": "115200U",
        "ACCELERATOR_TIMER_BASE": "0xF8F00200U",
        "ACCELERATOR_TIMER_HZ": "325000000U",
        "ACCELERATOR_CHUNK": "63U",
        "ACCELERATOR_WINDOW": "16384U",
    },
    "zcu102": {
        "ACCELERATOR_DMA_BASE": "UINT32_C(0xA0400000)",
        "ACCELERATOR_DMA_ADDRESS_BITS": "40",
        "ACCELERATOR_IDENTITY_BASE": "UINT32_C(0xA1200000)",
        "ACCELERATOR_RAM_HIGH": "0x80000000",
        "ACCELERATOR_UART_BASE": "0xFF000000U",
        "ACCELERATOR_UART_BAUD": "115200U",
        "ACCELERATOR_TIMER_BASE": "0xFF260000U",
    },
    "arty-a7-100": {
        "ACCELERATOR_DMA_BASE": "UINT32_C(0x40400000)",
        "ACCELERATOR_IDENTITY_BASE": "UINT32_C(0x41200000)",
        "ACCELERATOR_CLOCK_HZ": "100000000U",
        "ACCELERATOR_UART_BASE": "0x40600000U",
        "ACCELERATOR_TIMER_BASE": "0x41C00000U",
        "ACCELERATOR_TIMER_HZ": "100000000U",
        "ACCELERATOR_CHUNK": "63U",
        "ACCELERATOR_WINDOW": "16384U",
    },
}


@pytest.mark.parametrize("name", BOARDS)
def test_addresses_and_clocks_are_those_of_the_hardware(boards, name: str) -> None:
    build = boards(name)
    text = baremetal.header(build.contract, build.system(), True).render("For a test.")
    told = dict(re.findall(r"^#define (\w+) (\S+)", text, re.M))
    assert {key: told[key] for key in ADDRESSES[name]} == ADDRESSES[name]
    assert told["ACCELERATOR_MEASURABLE"] == "1"


def test_a_dma_elsewhere_moves_in_the_header_too(boards) -> None:
    build = boards("pynq-z2")
    design = build.design
    ps = design.modules["ps"]
    moved = tuple(
        dataclasses.replace(r, base=0x43C00000, high=0x43C0FFFF) if r.instance == "dma" else r
        for r in ps.memory_map
    )
    design.modules["ps"] = dataclasses.replace(ps, memory_map=moved)
    assert System.read(design, CELLS, "ps7_uart_0", 115200).fabric.dma_base == 0x43C00000


FAULTS = [
    ("pynq-z2", {"ps__PCW_UART0_PERIPHERAL_ENABLE": 0},
     "UART 0, the board file's console, is switched off in the processing system"),
    ("zcu102", {"ps__PSU__UART0__PERIPHERAL__ENABLE": 0},
     "UART 0, the board file's console, is switched off in the processing system"),
    ("zcu102", {"ps__PSU__CRL_APB__UART0_REF_CTRL__ACT_FREQMHZ": "<Select>"},
     "ps: PSU__CRL_APB__UART0_REF_CTRL__ACT_FREQMHZ is '<Select>', no frequency"),
    ("arty-a7-100", {"cpu__C_USE_DCACHE": 1},
     "cpu: the program keeps no data cache in order; switch it off"),
    ("arty-a7-100", {"uart__C_BAUDRATE": 9600},
     "uart runs at 9600 baud, the board file's console at 230400: an AXI UARTLite keeps the rate "
     "of its synthesis"),
    ("arty-a7-100", {"timer__COUNT_WIDTH": 16}, "timer: the program needs a counter of 32 bits"),
    ("pynq-z2", {"dma__c_include_sg": 1},
     "dma is in scatter-gather mode; simple mode is needed"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "message"), FAULTS)
def test_hardware_that_cannot_run_the_program_is_refused(boards, name, changes, message) -> None:
    with pytest.raises(DesignError, match=f"^{re.escape(message)}$"):
        boards(name).system(**changes)


def unreached(design: hwh.Hwh, cell: str, instance: str) -> hwh.Hwh:
    """Take a cell out of another's address map."""
    module = design.modules[cell]
    rest = tuple(r for r in module.memory_map if r.instance != instance)
    assert rest != module.memory_map
    design.modules[cell] = dataclasses.replace(module, memory_map=rest)
    return design


@pytest.mark.parametrize(
    ("name", "cell", "instance", "message"),
    [
        ("pynq-z2", "ps", "dma", "ps does not reach dma: it is not in its address map"),
        ("arty-a7-100", "cpu", "identity", "cpu does not reach identity: it is not in its address"),
        ("arty-a7-100", "cpu", "uart", "cpu reaches no axi_uartlite, which the program needs"),
        ("arty-a7-100", "cpu", "sample_buffer", "cpu reaches no axi_bram_ctrl, which the program"),
        ("zcu102", "dma", "ps", "dma: no memory is reached by both of its channels"),
    ],
)
def test_what_the_processor_does_not_reach_is_told(boards, name, cell, instance, message) -> None:
    build = boards(name)
    design, console = unreached(build.design, cell, instance), build.contract.board.console
    with pytest.raises(DesignError, match=f"^{message}"):
        System.read(design, CELLS, console.uart, console.baud)


def test_a_buffer_that_processor_and_dma_see_differently_is_refused(boards) -> None:
    design = boards("arty-a7-100").design
    cpu = design.modules["cpu"]
    half = tuple(
        dataclasses.replace(r, high=r.base + 0xFFFF) if r.instance == "sample_buffer" else r
        for r in cpu.memory_map
    )
    design.modules["cpu"] = dataclasses.replace(cpu, memory_map=half)
    message = "^sample_buffer: processor and DMA reach different parts of it$"
    with pytest.raises(DesignError, match=message):
        System.read(design, CELLS, "uart", 230400)


def test_a_processor_without_a_multiplier_has_a_program_without(boards) -> None:
    assert boards("arty-a7-100").system(cpu__C_USE_MULDIV=0).isa == "rv32i"
    assert boards("arty-a7-100").system().isa == "rv32im"


def test_the_bundle_has_all_that_a_board_needs(boards, tmp_path: Path) -> None:
    build = boards("arty-a7-100")
    compilers("rv32im")
    plan = baremetal.plan(build.contract)
    bundle = baremetal.bundle(build.contract, plan, build.products, tmp_path / "bundle")
    files = set(Bundle.read(tmp_path / "bundle").manifest["files"])
    assert files >= {
        *(f"loopback.{kind}" for kind in ("bit", "hwh", "xsa", "mmi", "elf")),
        *("accelerator.json", "program/accelerator.h", "program/vectors.h", "program/memory.ld"),
        *("program/src/main.c", "program/hal_bare/start_rv32.S", "program/build.txt"),
        *(f"program/hal_xilinx/{each}" for each in ("hal.c", "console_ps.c", "console_lite.c")),
    }
    manifest = bundle.manifest
    assert (manifest["target"], manifest["cpu"], manifest["baud"]) == (
        "baremetal", "microblaze-riscv", 230400,
    )  # fmt: skip
    assert manifest["sizes"]["text"] > 20_000
    header = (tmp_path / "bundle/program/accelerator.h").read_text()
    # Built by the stand-in: the ELF runs on virtual boards only, which measure nothing.
    assert "#define ACCELERATOR_MEASURABLE 0 " in header
    described = json.loads((tmp_path / "bundle/accelerator.json").read_text())
    assert f"UINT64_C({described['design_id']})" in header


def test_the_size_of_a_transfer_fits_buffers_and_length_register() -> None:
    assert chunk(100, 20, 1328, 1 << 26) == 10
    assert chunk(100, 20, 1 << 20, 1023) == 10
    message = (
        "one sample of 1000 + 24 bytes does not fit the 1100 bytes of DMA buffers on this board: "
        "choose a narrower precision, or a board with more memory"
    )
    with pytest.raises(DesignError, match=f"^{re.escape(message)}$"):
        chunk(1000, 24, 1100, 1 << 26)


def test_a_compiler_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("hls4ml_soc.toolchains.compiler.find_spec", lambda name: None)
    step = SimpleNamespace(arguments=())
    message = (
        "no compiler for cortex-a9: pip install 'hls4ml_soc[baremetal]' brings one, or install "
        "arm-none-eabi-gcc"
    )
    for choice in ("", "zig", "gcc"):
        with pytest.raises(ToolError, match=f"^{re.escape(message)}$"):
            Compiler("cortex-a9", choice).command(step)
    with pytest.raises(ToolError, match="^the compiler /opt/cc cannot be executed$"):
        Compiler("cortex-a9", "/opt/cc").command(step)
    assert set(PROCESSORS) == {"cortex-a9", "cortex-a53", "rv32im", "rv32i"}


@pytest.mark.parametrize("content", [b"", b"MZ", b"\x7fELF\x02\x02" + bytes(60)])
def test_what_is_no_elf_is_refused(content: bytes) -> None:
    with pytest.raises(ToolError, match="^the compiler made no little-endian ELF file$"):
        elf.sizes(content)
