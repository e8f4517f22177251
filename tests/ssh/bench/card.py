"""A machine with a data-centre card: XRT's files below its root, programs on the virtual card."""

import shlex
from pathlib import Path

from hls4ml_soc.virtual.xrt import launch

from .board import MachineFiles

SHELL = "xilinx_u250_gen3x16_xdma_shell_4_1"
#: In the place of make: what it makes is not the matter.
MADE = "echo made >> {root}/made; cp {root}/lib/hls4ml_run .; exit 0\n"
#: In the place of the program: gives back its first input.
ECHO = """echo "$*" | cut -d " " -f 3-
cp input_*.npy output_received.npy
echo '{"seconds": [0.5], "compute_units": 2}' > run.json
exit 0
"""

_SETUP = """# bash only, as AMD's
export XILINX_XRT={root}/opt/xilinx/xrt
source /dev/null
export PATH=$XILINX_XRT/bin:$PATH
echo "XILINX_XRT : $XILINX_XRT"
"""
_XBUTIL = """#!/bin/sh
[ "$XILINX_XRT" ] && [ "$1" = examine ] && exec /bin/cat {root}/etc/cards
exit 1
"""
# With the XRT of the machine that the tests run on, and fast.
_MAKE = """#!/bin/sh
[ ! -e {root}/etc/make.sh ] || . {root}/etc/make.sh
/usr/bin/make "$@" CXXFLAGS=-O0 {variables} || exit
mv hls4ml_run hls4ml_run.program
cp {root}/lib/hls4ml_run .
"""
# The program as it was compiled, on the virtual card.
_PROGRAM = """#!/bin/sh
[ ! -e {root}/etc/program.sh ] || . {root}/etc/program.sh
exec {python} -m hls4ml_soc.virtual.xrt --emconfig "$(dirname "$2")/emconfig.json" \\
    "$(dirname "$0")/hls4ml_run.program" "$@"
"""
_CARDS = """System Configuration
  OS Name              : Linux

Devices present
BDF             :  Shell                               Logic UUID  Device ID       Device Ready*
-------------------------------------------------------------------------------------------------
"""


class CardFiles(MachineFiles):
    """The files of a machine with one card."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        variables = launch.runtime()["make"]
        assert isinstance(variables, list)
        self._words["variables"] = shlex.join(variables)
        self.script("bin/make", _MAKE)
        self.script("lib/hls4ml_run", _PROGRAM)
        self.script("opt/xilinx/xrt/bin/xbutil", _XBUTIL)
        self.script("opt/xilinx/xrt/setup.sh", _SETUP)
        self.write("opt/xilinx/xrt/version.json", '{"BUILD_VERSION": "2.13.466"}')
        self.write("opt/xilinx/xrt/include/xrt/xrt_bo.h", "")
        self.write("sys/class/dmi/id/sys_vendor", "hls4ml_soc,virtual\n")
        self.write("proc/meminfo", "MemAvailable: 16000000 kB\n")
        self.cards(SHELL)

    def cards(self, *shells: str, ready: str = "Yes") -> None:
        """Put cards into the machine."""
        lines = [
            f"[0000:{number:02x}:00.1]  :  {shell}  0x0  user(inst=128)  {ready}\n"
            for number, shell in enumerate(shells, 0x17)
        ]
        self.write("etc/cards", _CARDS + "".join(lines))

    def pretends(self, program: str) -> None:
        """Have make do as if, and the program what it is told."""
        self.write("etc/make.sh", MADE.format(**self._words))
        self.write("etc/program.sh", program)
