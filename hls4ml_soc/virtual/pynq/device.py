"""The device object of the real ``pynq`` package, made of models.

Written against pynq 3.1.2; 3.0 and 4.0 ask for the same methods.
"""

from __future__ import annotations

import ctypes
import shutil
import tempfile
import warnings
import weakref
from pathlib import Path
from typing import Any

from hls4ml_soc.virtual import bitfile
from hls4ml_soc.virtual.board import BusFault, Dram, Fabric
from hls4ml_soc.virtual.board.processor import PROCESSORS
from hls4ml_soc.virtual.pynq.cma import BufferObject, Cma
from hls4ml_soc.virtual.pynq.design import BoardOptions, DownloadError, load
from hls4ml_soc.virtual.pynq.memory import VirtualMemory
from hls4ml_soc.virtual.pynq.package import (
    Clocks,
    Device,
    global_state,
    read_metadata,
)
from hls4ml_soc.virtual.pynq.statistics import Statistics
from hls4ml_soc.virtual.pynq.uio import UioDevices


class VirtualDevice(Device):  # type: ignore[misc]
    """A board: processor, DRAM and, once a bitstream is downloaded, its fabric."""

    _probe_priority_ = 10
    _present: list[VirtualDevice] = []

    @classmethod
    def _probe_(cls) -> list[VirtualDevice]:
        return list(cls._present)

    def __init__(self, options: BoardOptions | None = None) -> None:
        super().__init__("virtual")
        self.options = options or BoardOptions()
        self.name = self.options.name
        self.arch = self.options.arch
        self.capabilities = {"REGISTER_RW": True, "VIRTUAL": True}
        self.statistics = Statistics()
        self.fabric: Fabric | None = None
        self._dram = Dram(self.options.dram_bytes)
        self._cma = Cma(self._dram, self.options.cma_base, self.options.cma_bytes)
        self._dram.guard = self._cma.check
        self._processor = PROCESSORS[self.arch]()
        self._uio = UioDevices()
        self._banks: dict[str, VirtualMemory] = {}  # in the fabric, by cell
        self._memory = VirtualMemory(self, self._cma, self.options.dram_bytes)
        folder = tempfile.mkdtemp(prefix="virtual-pynq-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        global_state.STATE_DIR = folder

    # Programming

    def get_bitfile_metadata(self, bitfile_name: str, partial: bool = False) -> Any:
        """Parse the ``.hwh`` beside a bitstream, as pynq's EmbeddedDevice does, but never from
        its cache.

        Raises RuntimeError if there is none, BitFileError if the bitstream file is none.
        """
        path = Path(bitfile_name)
        bitfile.read(path)
        if not path.with_suffix(".hwh").is_file():
            raise RuntimeError("Unable to find metadata for bitstream")
        parser = read_metadata(path.with_suffix(".hwh"))
        # What pynq's EmbeddedDevice adds, from XRT's list of memories.
        for number, memory in enumerate(parser.mem_dict.values(), 1):
            memory |= _xrt_memory(memory["phys_addr"], memory["addr_range"], number, f"MIG{number}")
        ddr = _xrt_memory(0, self.options.dram_bytes, 0, "PSDDR")
        parser.mem_dict["PSDDR"] = {"type": "DDR4", "used": 1, **ddr}
        return parser

    def download(self, bitstream: Any, parser: Any = None) -> None:
        """Program the fabric.

        Raises DownloadError or FabricError, saying why the board does not take it.
        """
        if bitstream.partial:
            raise DownloadError(f"{bitstream.bitfile_name}: partial bitstreams have no model")
        # On silicon, too, the old design is gone when programming fails.
        self.unload()
        global_state.clear_global_state()
        self.fabric = load(Path(bitstream.bitfile_name), self.options, self._dram)
        self.statistics.downloads += 1
        super().post_download(bitstream, parser, self.name)
        self._uio.publish(self.fabric.controllers, self.parser.interrupt_controllers)
        self._publish(bitstream)

    def unload(self) -> None:
        """Empty the fabric."""
        if self.fabric is not None:
            self.statistics.collect(self.fabric)
            self.fabric.close()
            self.fabric = None
            self._banks.clear()
            self._uio.withdraw()

    def _publish(self, bitstream: Any) -> None:
        # What pynq's EmbeddedDevice leaves for other processes to see, but not inside the
        # installed package.
        state = global_state.GlobalState(
            bitfile_name=str(bitstream.bitfile_name),
            bitfile_hash=global_state.bitstream_hash(bitstream.bitfile_name),
            timestamp=bitstream.timestamp,
            active_name=self.name,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # pynq 3.1.2 calls pydantic 1 names
            global_state.save_global_state(state)

    def gen_cache(self, bitstream: Any, parser: Any = None) -> None:
        """Do nothing: this device has no metadata cache."""

    # Registers

    def read_registers(self, address: int, length: int) -> bytes:
        """Return registers from a physical address on, word by word. Raises BusFault."""
        self.statistics.reads += length // 4
        words = (self._read(at) for at in range(address, address + length, 4))
        return b"".join(word.to_bytes(4, "little") for word in words)

    def write_registers(self, address: int, data: bytes) -> None:
        """Set registers from a physical address on, word by word. Raises BusFault."""
        words = bytes(data)
        self.statistics.writes += len(words) // 4
        for at in range(0, len(words), 4):
            self._write(address + at, int.from_bytes(words[at : at + 4], "little"))

    def _read(self, address: int) -> int:
        if self._processor.is_fabric(address):
            value = self._programmed(address).read(address)
            self._uio.poll()
            return value
        if self._dram.holds(address, 4):
            return self._dram.read_word(address)
        block, offset = self._processor.block(address)
        return block.read(offset)

    def _write(self, address: int, value: int) -> None:
        if self._processor.is_fabric(address):
            self._programmed(address).write(address, value)
            self._uio.poll()
        elif self._dram.holds(address, 4):
            self._dram.write_word(address, value)
        else:
            block, offset = self._processor.block(address)
            block.write(offset, value)

    def _programmed(self, address: int) -> Fabric:
        if self.fabric is None:
            raise BusFault(
                f"access to {address:#010x}, but no bitstream has been downloaded: on silicon the "
                "processor hangs"
            )
        return self.fabric

    # Buffers

    @property
    def default_memory(self) -> VirtualMemory:
        """Return the memory of buffers.

        Raises RuntimeError before the first Overlay, as pynq does.
        """
        if not hasattr(self, "mem_dict"):
            raise RuntimeError("Overlay is not downloaded")
        return self._memory

    def get_memory(self, description: Any) -> VirtualMemory:
        """Return a memory of ``mem_dict``. Raises BusFault for one that has no model."""
        if description["tag"] == "PSDDR":
            return self._memory
        name = description["fullpath"]
        assert self.fabric is not None
        module = self.fabric.hwh.module(name)
        memory = self.fabric.memories.get(module.name)
        if not isinstance(memory, Dram):
            raise BusFault(f"{name} ({module.vlnv}) has no model")
        if name not in self._banks:
            cma = Cma(memory, memory.base, memory.size)
            self._banks[name] = VirtualMemory(self, cma, memory.size, memory.base)
        return self._banks[name]

    def flush(self, bo: BufferObject, offset: int, vaddr: int, nbytes: int) -> None:
        """Copy the processor's view of a range to the DRAM. Raises BusFault for a freed buffer."""
        self._live(bo, "flush")
        bo.memory.view(bo.address + offset, nbytes)[:] = ctypes.string_at(vaddr, nbytes)

    def invalidate(self, bo: BufferObject, offset: int, vaddr: int, nbytes: int) -> None:
        """Copy a range of the DRAM to the processor's view. Raises BusFault for a freed buffer."""
        self._live(bo, "invalidate")
        ctypes.memmove(vaddr, bytes(bo.memory.view(bo.address + offset, nbytes)), nbytes)

    def _live(self, bo: BufferObject, what: str) -> None:
        if bo.freed:
            raise BusFault(f"{what} of the buffer at {bo.address:#010x}, which has been freed")


def _xrt_memory(base: int, size: int, index: int, tag: str) -> dict[str, Any]:
    return {"base_address": base, "size": size, "streaming": False, "idx": index, "tag": tag}


def install(device: VirtualDevice) -> None:
    """Make a device the board that this process runs on."""
    VirtualDevice._present[:] = [device]
    Device.active_device = device
    if "_real_instance" in vars(Clocks):
        del Clocks._real_instance  # the registers of the device that it saw first
