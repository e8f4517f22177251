"""What a build is here: every source is compiled against headers of a BSP, and names that nothing
defines are found. The code is of this machine and runs nowhere.

The variable HLS4ML_SOC_VIRTUAL_BSP names the folder of the headers, with ``classic`` and ``sdt``
for those of one kind.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hls4ml_soc.virtual.vitis.errors import Refused

VARIABLE = "HLS4ML_SOC_VIRTUAL_BSP"
#: Of the C library and the compiler's own.
_LIBRARY = frozenset(
    "memcpy memset memmove memcmp strlen strcmp _GLOBAL_OFFSET_TABLE_ __stack_chk_fail".split()
)


def build(folder: Path, sdt: bool, options: Sequence[str], elf: Path) -> list[str]:
    """Compile the top level of a folder; write ``elf`` and return no messages, or return messages.

    Raises Refused where there are no headers to compile against."""
    headers = _headers()
    sources = sorted(path for path in folder.iterdir() if path.suffix == ".c")
    if not sources:
        return ["error: no source files"]
    kind = "sdt" if sdt else "classic"
    argv = [
        *("cc", "-std=gnu17", "-c", "-w", "-fno-stack-protector", *options),
        *(["-DSDT"] if sdt else []),
        *("-I", str(headers), "-I", str(headers / kind)),
        *("-I", str(headers.parent / "hal_host")),
        *map(str, sources),
    ]
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(argv, cwd=scratch, capture_output=True, text=True, timeout=300)
        if done.returncode:
            return done.stderr.splitlines()
        objects = [str(Path(scratch) / f"{path.stem}.o") for path in sources]
        whole = Path(scratch) / "whole.elf"
        link = ["cc", "-r", "-nostdlib", "-o", str(whole), *objects]
        done = subprocess.run(link, capture_output=True, text=True, timeout=300)
        if done.returncode:
            return done.stderr.splitlines()
        if missing := _undefined(whole, headers, kind):
            return [f"undefined reference to `{name}'" for name in missing]
        elf.parent.mkdir(parents=True, exist_ok=True)
        elf.write_bytes(whole.read_bytes())
    return []


def _headers() -> Path:
    named = os.environ.get(VARIABLE, "")
    if not named or not Path(named).is_dir():
        raise Refused(f"stand-in: it has no BSP: {VARIABLE} names the folder of its headers")
    return Path(named)


def _undefined(path: Path, headers: Path, kind: str) -> list[str]:
    """Return names that neither the program nor the BSP defines."""
    argv = ["nm", "--format=posix", str(path)]
    told = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True).stdout
    rows = [line.split() for line in told.splitlines()]
    wanted = {row[0] for row in rows if row[1] == "U"}
    if not any(row[:2] == ["main", "T"] for row in rows):
        wanted.add("main")
    there = set(_LIBRARY)
    folders = (headers, headers / kind, headers.parent / "hal_host")
    for header in (path for folder in folders for path in folder.glob("*.h")):
        there |= set(re.findall(r"\b(\w+)\s*\([^;{]*\)\s*;", header.read_text()))
    return sorted(wanted - there)
