"""Boards whose files the lenient stand-in takes as installed: their part, nothing else.

Names and parts as in XilinxBoardStore (2018.1 to 2024.2) and in public scripts; the version at the
end may be any. Presets and interfaces of boards are not at hand.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

_PARTS = {
    "digilentinc.com:arty-a7-35:part0:1.1": "xc7a35ticsg324-1L",
    "digilentinc.com:arty-a7-100:part0:1.1": "xc7a100tcsg324-1",
    "digilentinc.com:arty-s7-50:part0:1.1": "xc7s50csga324-1",
    "digilentinc.com:arty-z7-10:part0:1.1": "xc7z010clg400-1",
    "digilentinc.com:arty-z7-20:part0:1.1": "xc7z020clg400-1",
    "digilentinc.com:basys3:part0:1.2": "xc7a35tcpg236-1",
    "digilentinc.com:cora-z7-07s:part0:1.1": "xc7z007sclg400-1",
    "digilentinc.com:cora-z7-10:part0:1.1": "xc7z010clg400-1",
    "digilentinc.com:genesys2:part0:1.1": "xc7k325tffg900-2",
    "digilentinc.com:nexys-a7-100t:part0:1.2": "xc7a100tcsg324-1",
    "digilentinc.com:nexys_video:part0:1.2": "xc7a200tsbg484-1",
    "digilentinc.com:zedboard:part0:1.0": "xc7z020clg484-1",
    "digilentinc.com:zybo-z7-10:part0:1.1": "xc7z010clg400-1",
    "digilentinc.com:zybo-z7-20:part0:1.1": "xc7z020clg400-1",
    "www.digilentinc.com:pynq-z1:part0:1.0": "xc7z020clg400-1",
    "tul.com.tw:pynq-z2:part0:1.0": "xc7z020clg400-1",
    "tul.com.tw:pynqzu:part0:1.1": "xczu5eg-sfvc784-1-e",
    "avnet.com:ultra96v2:part0:1.2": "xczu3eg-sbva484-1-i",
    "avnet.com:zedboard:part0:1.4": "xc7z020clg484-1",
    "em.avnet.com:zed:part0:1.4": "xc7z020clg484-1",
    "em.avnet.com:microzed_7020:part0:1.1": "xc7z020clg400-1",
    "xilinx.com:zc702:part0:1.4": "xc7z020clg484-1",
    "xilinx.com:zc706:part0:1.4": "xc7z045ffg900-2",
    "xilinx.com:zcu102:part0:3.4": "xczu9eg-ffvb1156-2-e",
    "xilinx.com:zcu104:part0:1.1": "xczu7ev-ffvc1156-2-e",
    "xilinx.com:zcu106:part0:2.6": "xczu7ev-ffvc1156-2-e",
    "xilinx.com:zcu111:part0:1.4": "xczu28dr-ffvg1517-2-e",
    "xilinx.com:kv260_som:part0:1.4": "xck26-sfvc784-2LV-c",
    "xilinx.com:kr260_som:part0:1.1": "xck26-sfvc784-2LV-c",
}


def part(board: str) -> str:
    """Return the part of a board, whatever its version; nothing if it is not in the table."""
    head = board.rpartition(":")[0].lower()
    return next((p for b, p in _PARTS.items() if b.rpartition(":")[0] == head), "")


def match(pattern: str) -> list[str]:
    """List the boards that a pattern selects."""
    return [b for b in _PARTS if fnmatchcase(b.lower(), pattern.lower())]
