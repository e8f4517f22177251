"""Boards without a processing system: the program merged into the bitstream, then openFPGALoader.

``updatemem`` (UG1580) is the vendor's and comes with Vivado; openFPGALoader is free."""

from __future__ import annotations

import re
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

from ..board import Board
from ..bundle import Bundle
from ..errors import LinkError, ModelError, ToolError
from ..toolchains import installed
from . import genuine, tools
from .cable import Cable

CHECK_SECONDS, MERGE_SECONDS, LOAD_SECONDS = 30.0, 300.0, 120.0

_HINTS = (
    (r"unable to open|device not found|can't open|JTAG init failed",
     "is the board switched on and its USB cable plugged in? On Linux openFPGALoader's udev rules "
     "let users open it (99-openfpgaloader.rules)"),
    (r"cannot find board|\S+ not found",
     "openFPGALoader does not know the name: see --list-boards and --list-cables, and the board "
     "file's `program`"),
)  # fmt: skip


class OpenFpgaLoader:
    """A board that openFPGALoader knows by name."""

    name = "openFPGALoader"

    def __init__(self, board: Board, cable: Cable) -> None:
        """Take a board, and the cable it hangs on where that is not the board's own."""
        self._board, self._cable = board, cable

    def check(self) -> None:
        """Look for both tools, and for a device at the cable.

        Raises ToolError for a missing tool, LinkError without a device."""
        installed.find("updatemem")
        with tempfile.TemporaryDirectory() as scratch:
            argv = [*self._where(), "--detect"]
            told = tools.run("openFPGALoader", argv, Path(scratch), CHECK_SECONDS, passing=True)
        if told.code != 0 or "idcode" not in told.text:
            raise LinkError(f"{self._board.name}: {_cause(told, 'no device answered')}")

    def load(self, bundle: Bundle, scratch: Path, remark: Callable[[str], None]) -> None:
        """Merge program and bitstream and configure the device; the program starts by itself.

        Raises ModelError for what no real board takes, ToolError where merging fails, LinkError
        where the device is not configured."""
        scratch.mkdir(parents=True, exist_ok=True)
        merged = merge(bundle, scratch)
        remark("program merged into the bitstream by updatemem")
        argv = [*self._where(), str(merged)]
        told = tools.run("openFPGALoader", argv, scratch.absolute(), LOAD_SECONDS)
        if told.code != 0:
            cause = _cause(told, "openFPGALoader ended without a word")
            raise LinkError(f"{self._board.name}: {cause}\n  log: {told.log}")
        # Newer releases print the device's own word, and end with 0 whatever it is; 0.10 does not.
        if re.search(r"\bdone 0\b", told.text):
            raise LinkError(
                f"{self._board.name}: the device did not take the bitstream (DONE stays low): is "
                f"{self._board.part} its part?\n  log: {told.log}"
            )
        remark(f"loaded by {self.name}")

    def _where(self) -> list[str]:
        cable = ["-c", self._cable.name] if self._cable.name else []
        return ["-b", self._board.program.openfpgaloader, *cable]


def merge(bundle: Bundle, scratch: Path) -> Path:
    """Put a bundle's program into the block RAM of its bitstream, and return the new file.

    Raises ModelError for what no real board takes, ToolError where updatemem fails."""
    bit, meminfo = genuine.bitstream(bundle), genuine.product(bundle, "mmi")
    merged = (scratch / f"{bundle.name}_with_program.bit").absolute()
    merged.unlink(missing_ok=True)
    argv = [
        "-force",
        *("-meminfo", str(meminfo)),
        *("-data", str(genuine.product(bundle, "elf"))),
        *("-bit", str(bit)),
        *("-proc", processor(meminfo)),
        *("-out", str(merged)),
    ]
    told = tools.run("updatemem", argv, scratch.absolute(), MERGE_SECONDS)
    # It ends with 0 also where it fails.
    if told.code != 0 or "ERROR:" in told.text or "update_mem failed" in told.text:
        cause = _cause(told, "updatemem ended without a word")
        raise ToolError(f"updatemem: {cause}\n  log: {told.log}")
    if not merged.is_file():
        raise ToolError(f"updatemem reported no error but wrote no {merged}\n  log: {told.log}")
    return merged


def processor(meminfo: Path) -> str:
    """Return the instance path of the one processor in an ``.mmi``. Raises ModelError."""
    try:
        root = ET.parse(meminfo).getroot()
    except ET.ParseError as error:
        raise ModelError(f"{meminfo} is not XML: {error}") from None
    paths = [str(each.get("InstPath")) for each in root.iter("Processor") if each.get("InstPath")]
    if len(paths) != 1:
        raise ModelError(f"{meminfo} names {len(paths)} processors, not one: build it anew")
    return paths[0]


def _cause(told: tools.Told, otherwise: str) -> str:
    lines = [line.strip() for line in told.text.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"(?i)\berror\b|fail|unable|not found", line)]
    said = (errors or lines[-1:] or [otherwise])[0]
    for pattern, hint in _HINTS:
        if re.search(pattern, said):
            return f"{said}\n  {hint}"
    return said
