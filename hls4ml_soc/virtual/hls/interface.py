"""The ports that HLS gives a top function: INTERFACE pragmas and what holds without them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hls4ml_soc.virtual.hls.errors import HlsError
from hls4ml_soc.virtual.hls.source import Function, Pragma

BLOCK_MODES = ("ap_ctrl_hs", "ap_ctrl_chain", "ap_ctrl_none")
STREAM_MODES = ("axis", "ap_fifo")
MODES = (*BLOCK_MODES, *STREAM_MODES, "s_axilite", "m_axi", "ap_none", "ap_vld", "ap_ack", "ap_hs",
         "ap_ovld", "ap_stable", "ap_memory", "bram")  # fmt: skip


@dataclass(frozen=True)
class StreamPort:
    """An argument's port. ``signals``: width in bits by AXI4-Stream signal, 0 if it has none."""

    name: str
    is_output: bool
    mode: str
    signals: Mapping[str, int]


@dataclass(frozen=True)
class Interface:
    """``control`` is the block protocol; ``by_registers``: it is behind an AXI4-Lite port."""

    control: str
    by_registers: bool
    modes: Mapping[str, str]


def read_interface(top: Function) -> Interface:
    """Return block protocol and port modes of a top function.

    Without a pragma the block protocol is ap_ctrl_hs and an hls::stream argument an ap_fifo port
    (UG1399, Vivado IP flow). Raises HlsError on unknown modes, arguments and contradictions.
    """
    control, by_registers = "ap_ctrl_hs", False
    modes = {p.name: "ap_fifo" for p in top.parameters}
    for pragma in top.pragmas("INTERFACE"):
        mode = _mode(top, pragma)
        for port in pragma.option("port").split(","):
            if port == "return":
                if mode == "s_axilite":
                    by_registers = True
                elif mode in BLOCK_MODES:
                    control = mode
                else:
                    raise _error(top, pragma, f"port=return cannot be {mode}")
            elif port not in modes:
                raise _error(top, pragma, f"port={port} is not an argument of {top.name}")
            elif mode not in STREAM_MODES:
                raise _error(top, pragma, f"hls::stream argument {port} cannot be {mode}")
            else:
                modes[port] = mode
    if by_registers and control == "ap_ctrl_none":
        raise HlsError(f"{top.file.name}: {top.name}: ap_ctrl_none has nothing for s_axilite")
    return Interface(control, by_registers, modes)


def _mode(top: Function, pragma: Pragma) -> str:
    words = [w for w in pragma.words if w in MODES]
    mode = pragma.option("mode") or (words[0] if words else "")
    if mode not in MODES:
        shown = mode or " ".join(pragma.words) or "none"
        raise _error(top, pragma, f"unknown interface mode {shown}")
    if not pragma.option("port"):
        raise _error(top, pragma, f"INTERFACE {mode} names no port")
    return mode


def _error(top: Function, pragma: Pragma, text: str) -> HlsError:
    return HlsError(f"[HLS 207-5501] {top.file.name}:{pragma.line}: {text}")
