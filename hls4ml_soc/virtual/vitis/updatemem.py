"""``updatemem`` (UG1580): a program into the block RAM of a bitstream. Errors end with exit code 0,
as those of the real one may."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from hls4ml_soc.virtual.vitis import elf, merged_bit
from hls4ml_soc.virtual.vitis.errors import Refused
from hls4ml_soc.virtual.vitis.words import Takes

_TAKES = Takes("updatemem", flags="-force", options="-meminfo -data -bit -proc -out")


def main(arguments: Sequence[str]) -> int:
    """Run; the exit code is 0 also where nothing is written."""
    try:
        _run(_TAKES.parse(arguments).options, "-force" in arguments)
    except Refused as error:
        print(f"ERROR: {error}\nupdate_mem failed")
    return 0


def _run(given: dict[str, str], force: bool) -> None:
    for option in ("-meminfo", "-data", "-bit", "-proc", "-out"):
        if option not in given:
            raise Refused(f"[Updatemem 57-0] {option} is missing")
    meminfo = Path(given["-meminfo"])
    try:
        root = ET.parse(meminfo).getroot()
    except (OSError, ET.ParseError) as error:
        raise Refused(f"[Updatemem 57-0] {meminfo}: {error}") from error
    known = {str(each.get("InstPath")): each for each in root.iter("Processor")}
    if given["-proc"] not in known:
        raise Refused(
            f"[Updatemem 57-85] Invalid processor specification of: {given['-proc']}. The known "
            f"processors are: {', '.join(known)}"
        )
    program = Path(given["-data"])
    spaces = [
        (int(each.get("Begin", "0")), int(each.get("End", "0")))
        for each in known[given["-proc"]].iter("AddressSpace")
    ]
    for address, data in elf.read(program).segments:
        if not any(first <= address and address + len(data) - 1 <= last for first, last in spaces):
            raise Refused(
                f"[Updatemem 57-0] {program}: 0x{address:x} to 0x{address + len(data) - 1:x} is in "
                "no block RAM of the processor"
            )
    out = Path(given["-out"])
    if out.exists() and not force:
        raise Refused(f"[Updatemem 57-0] {out} exists; use -force")
    merged_bit.write(Path(given["-bit"]), program.read_bytes(), out)
    print(f"{out} written (stand-in)")
