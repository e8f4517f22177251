"""The hardware of a virtual PYNQ board, for a PYNQ in another process.

    python board.py PART ARCH

Requests come on stdin, answers leave on stdout, one JSON object a line. It runs where hls4ml_soc
does; the process that asks needs neither, and may be of any Python."""

import json
import sys
from pathlib import Path

from hls4ml_soc.virtual.board import Dram
from hls4ml_soc.virtual.board.processor import PROCESSORS
from hls4ml_soc.virtual.pynq.cma import Cma
from hls4ml_soc.virtual.pynq.design import BoardOptions, load


class Board:
    """What the requests name."""

    def __init__(self, part: str, arch: str) -> None:
        self.options = BoardOptions(part=part, arch=arch)
        self.dram = Dram(self.options.dram_bytes)
        self.cma = Cma(self.dram, self.options.cma_base, self.options.cma_bytes)
        self.dram.guard = self.cma.check
        self.processor = PROCESSORS[arch]()
        self.fabric = None
        self.buffers = {}

    def load(self, path: str) -> None:
        self.fabric = load(Path(path), self.options, self.dram)

    def read(self, address: int) -> int:
        if self.processor.is_fabric(address):
            return self.fabric.read(address)
        block, offset = self.processor.block(address)
        return block.read(offset)

    def write(self, address: int, value: int) -> None:
        if self.processor.is_fabric(address):
            self.fabric.write(address, value)
        else:
            block, offset = self.processor.block(address)
            block.write(offset, value)

    def allocate(self, size: int) -> int:
        buffer = self.cma.allocate(size)
        self.buffers[buffer.address] = buffer
        return buffer.address

    def free(self, address: int) -> None:
        self.cma.free(self.buffers.pop(address))

    def flush(self, address: int, data: str) -> None:
        content = bytes.fromhex(data)
        self.dram.view(address, len(content))[:] = content

    def invalidate(self, address: int, size: int) -> str:
        return bytes(self.dram.view(address, size)).hex()


if __name__ == "__main__":
    board = Board(*sys.argv[1:])
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        try:
            answer = {"answer": getattr(board, what)(*arguments)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
