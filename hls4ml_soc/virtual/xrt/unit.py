"""A compute unit: the registers of its control port, and the kernel behind them as a thread.

Source: UG1399, S_AXILITE control register map, block protocol ap_ctrl_chain.
"""

from __future__ import annotations

import ctypes
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hls4ml_soc.virtual.xrt.errors import DeviceError
from hls4ml_soc.virtual.xrt.memory import Buffer, Memory

START, DONE, IDLE, READY, CONTINUE = 0x1, 0x2, 0x4, 0x8, 0x10
_SIZE = 0x1000


@dataclass(frozen=True)
class Register:
    """An argument's register; ``bank`` is what its pointer may point to, "" for a scalar;
    ``constant``: only read through."""

    name: str
    offset: int
    size: int
    bank: str
    constant: bool


class ComputeUnit:
    """One instance of the kernel. ``failed`` is called with a DeviceError from its thread."""

    def __init__(
        self,
        name: str,
        registers: Sequence[Register],
        library: ctypes.CDLL,
        memory: Memory,
        failed: Callable[[DeviceError], None],
    ) -> None:
        self.name, self.starts = name, 0
        self._registers, self._memory, self._failed = registers, memory, failed
        self._run = library.soc_run
        self._run.restype = ctypes.c_void_p
        self._map = bytearray(_SIZE)
        self._control = IDLE
        self._jobs: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def write(self, offset: int, data: bytes) -> None:
        """Write registers. Raises DeviceError for a start while the kernel runs."""
        self._check(offset, len(data))
        self._map[offset : offset + len(data)] = data
        if offset == 0 and data:
            if data[0] & CONTINUE:
                self._control &= ~DONE
            if data[0] & START:
                if self._control & START:
                    raise DeviceError(f"{self.name} is started while it runs")
                self._control = START
                self.starts += 1
                self._jobs.put(bytes(self._map))

    def read(self, offset: int, size: int) -> bytes:
        """Read registers."""
        self._check(offset, size)
        if offset == 0:
            self._map[0] = self._control
        return bytes(self._map[offset : offset + size])

    def _check(self, offset: int, size: int) -> None:
        if not 0 <= offset <= offset + size <= _SIZE:
            raise DeviceError(f"{self.name}: no register at {offset:#x}")

    def _work(self) -> None:
        while True:
            registers = self._jobs.get()
            try:
                self._compute(registers)
            except DeviceError as error:
                self._failed(error)
                return
            self._control = DONE | IDLE | READY

    def _compute(self, registers: bytes) -> None:
        values, buffers = [], []
        for each in self._registers:
            raw = registers[each.offset : each.offset + each.size]
            if each.bank:
                buffer = self._buffer(each, int.from_bytes(raw, "little"))
                buffers.append((each, buffer))
                host = buffer.host + int.from_bytes(raw, "little") - buffer.address
                raw = host.to_bytes(8, "little")
            values.append(ctypes.create_string_buffer(raw, each.size))
        pointers = (ctypes.c_void_p * len(values))(*(ctypes.addressof(v) for v in values))
        touched = self._run(pointers)
        if touched:
            told = "; ".join(
                f"{each.name} is {buffer.size} bytes, the access was at byte "
                f"{buffer.offset_of(touched)}"
                for each, buffer in buffers
                if abs(buffer.offset_of(touched)) < 2 * buffer.size
            )
            raise DeviceError(f"{self.name} leaves its buffers: {told or hex(touched)}")

    def _buffer(self, register: Register, address: int) -> Buffer:
        who = f"{self.name}.{register.name}"
        buffer = self._memory.find(address, 1, f"{who} points to")
        there = self._memory.bank_of(address)
        if there != register.bank:
            raise DeviceError(
                f"{who} points to {there} at {address:#x}; the linker connected it to "
                f"{register.bank}"
            )
        if register.constant and not buffer.written:
            raise DeviceError(
                f"{who}: the host never sent anything to its buffer at {address:#x}: is a sync "
                "to the card missing?"
            )
        return buffer
