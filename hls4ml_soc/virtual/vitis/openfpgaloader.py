"""``openFPGALoader``: arguments and messages of 0.10, as Debian 12 ships it; from 0.12 on it also
tells what the device says of its configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hls4ml_soc.virtual.vitis import bench, fabric, merged_bit
from hls4ml_soc.virtual.vitis.errors import Refused
from hls4ml_soc.virtual.vitis.words import Takes

_TAKES = Takes("openFPGALoader", flags="--detect -m --write-sram", options="-b --board -c --cable",
               most=1)  # fmt: skip
#: Board -> cable: of those that it lists, the ones in our board files.
BOARDS = {"arty_a7_100t": "digilent"}
CABLES = frozenset("digilent digilent_b digilent_hs2 digilent_hs3 ft2232 jtag-smt2-nc".split())
IDCODES = {"xc7a100t": 0x3631093, "xc7a35t": 0x362D093}


def main(release: str, arguments: Sequence[str]) -> int:
    """Run; 1 means that something is wrong. Other releases than 0.12 are taken for 0.10."""
    found = _TAKES.parse(arguments)
    board = found.options.get("-b", found.options.get("--board", ""))
    if board not in BOARDS:
        print(f"Error: cannot find board '{board}'")
        return 1
    cable = BOARDS[board]
    if named := found.options.get("-c", found.options.get("--cable")):
        print(f"Board default cable overridden with {named}")
        cable = named
    if cable not in CABLES:
        print(f"error : {cable} not found")
        return 1
    there = [each for each in bench.read().boards if each.fault not in ("off", "unplugged")]
    if not there:
        print("unable to open ftdi device: -3 (device not found)")
        print("JTAG init failed with: unable to open ftdi device")
        return 1
    if "--detect" in found.flags:
        print(f"index 0:\n\tidcode 0x{IDCODES[there[0].device]:x}\n\tmanufacturer xilinx")
        return 0
    if not found.rest:
        raise Refused("Error: bitfile not specified")
    return _configure(there[0], Path(found.rest[0]), release == "0.12")


def _configure(on: bench.OnBench, path: Path, tells: bool) -> int:
    if not path.is_file():
        print("Error: fail to open file")
        return 1
    part, design = fabric.load(path)
    print("Open file DONE\nParse file DONE\nload program\nLoad SRAM: 100.00%\nDone")
    taken = f"xc{part}".startswith(on.device) and on.fault != "done"
    if tells:
        print(f"Shift IR 35\nir: 1 isc_done {int(taken)} isc_ena 0 init 1 done {int(taken)}")
    if taken:
        program = merged_bit.program(path)
        bench.read().note(
            {
                "running": "cpu" if program and design.has_soft_processor else "",
                "program_bytes": len(program or b""),
            }
        )
    return 0
