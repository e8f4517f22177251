"""C compilers for the boards' processors: zig from PyPI, or GNU cross compilers where installed."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from .. import processes
from ..errors import ToolError
from ..plan import Step

COMMON = (
    *("-std=c11", "-O2", "-g0", "-ffreestanding", "-ffunction-sections"),
    *("-Wall", "-Wextra", "-Wconversion", "-Werror"),
)
LINK = ("-Wl,--gc-sections", "-Wl,--build-id=none")

#: What GCC adds by itself and a program without an operating system cannot have.
_GCC = (
    *("-nostdlib", "-static", "-fno-stack-protector", "-fno-asynchronous-unwind-tables"),
    # memset() would be compiled to a call of memset().
    "-fno-tree-loop-distribute-patterns",
)

#: Variable that chooses: ``zig``, ``gcc``, or the path of a compiler that takes GCC's options.
VARIABLE = "HLS4ML_SOC_CC"


@dataclass(frozen=True)
class Processor:
    """How the compilers know a processor. ``gcc`` are the names of its cross compiler, in the order
    in which they are looked for."""

    gcc: tuple[str, ...]
    gcc_options: tuple[str, ...]
    zig_options: tuple[str, ...]


PROCESSORS = {
    "cortex-a9": Processor(
        ("arm-none-eabi-gcc",),
        ("-mcpu=cortex-a9", "-mfpu=vfpv3", "-mfloat-abi=hard"),
        ("-target", "arm-freestanding-eabihf", "-mcpu=cortex_a9"),
    ),
    "cortex-a53": Processor(
        ("aarch64-none-elf-gcc", "aarch64-elf-gcc", "aarch64-linux-gnu-gcc"),
        ("-mcpu=cortex-a53", "-fno-pie", "-no-pie", "-mno-outline-atomics"),
        ("-target", "aarch64-freestanding", "-mcpu=cortex_a53"),
    ),
    # Relaxation would use the register gp, which the start-up code leaves alone.
    "rv32im": Processor(
        ("riscv64-unknown-elf-gcc", "riscv32-unknown-elf-gcc"),
        ("-march=rv32im", "-mabi=ilp32", "-Wl,--no-relax"),
        ("-target", "riscv32-freestanding", "-mcpu=generic_rv32+m"),
    ),
    "rv32i": Processor(
        ("riscv64-unknown-elf-gcc", "riscv32-unknown-elf-gcc"),
        ("-march=rv32i", "-mabi=ilp32", "-Wl,--no-relax"),
        ("-target", "riscv32-freestanding", "-mcpu=generic_rv32"),
    ),
}


@dataclass
class Compiler:
    """The compiler for one of PROCESSORS; ``choice`` is ``zig``, ``gcc``, a path, or "" for what
    there is.

    Raises ToolError where there is none.
    """

    processor: str
    choice: str = ""
    origin: str = "compiler"
    label: str = "C compiler"

    def command(self, step: Step) -> list[str]:
        """Return the command that compiles and links a step's sources."""
        kind, prefix = self._found()
        known = PROCESSORS[self.processor]
        if kind == "zig":
            return [*prefix, *known.zig_options, *COMMON, *step.arguments, *LINK]
        return [*prefix, *known.gcc_options, *_GCC, *COMMON, *step.arguments, *LINK, "-lgcc"]

    def version(self, tool: str) -> str:
        """Return kind and release, such as ``zig 0.13.0``."""
        kind, prefix = self._found()
        # "zig cc --version" tells the release of its clang.
        asking = (*prefix[:-1], "version") if kind == "zig" else (*prefix, "--version")
        return f"{kind} {_release(asking)}"

    def _found(self) -> tuple[str, tuple[str, ...]]:
        choice = self.choice or os.environ.get(VARIABLE, "")
        known = PROCESSORS[self.processor]
        if choice in ("", "zig") and find_spec("ziglang") is not None:
            return "zig", (sys.executable, "-m", "ziglang", "cc")
        if choice in ("", "gcc"):
            for name in known.gcc:
                if found := shutil.which(name):
                    return "gcc", (found,)
        elif choice != "zig":
            if found := shutil.which(choice):
                is_zig = Path(found).name == "zig"
                return ("zig", (found, "cc")) if is_zig else ("gcc", (found,))
            raise ToolError(f"the compiler {choice} cannot be executed")
        raise ToolError(
            f"no compiler for {self.processor}: pip install 'hls4ml_soc[baremetal]' brings one, or "
            f"install {known.gcc[0]}"
        )


@cache
def _release(command: tuple[str, ...]) -> str:
    told = processes.output(list(command))
    if match := re.search(r"\b(\d+\.\d+\.\d+)\b", told):
        return match.group(1)
    raise ToolError(f"{' '.join(command)} told no release: {told.strip()[:200]}")
