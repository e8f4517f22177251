"""Models of the hardware of a board: memory, processing system, and the fabric that a ``.hwh``
describes.
"""

from hls4ml_soc.virtual.board.errors import BusFault, FabricError, VirtualBoardError
from hls4ml_soc.virtual.board.fabric import Fabric
from hls4ml_soc.virtual.board.memory import Dram

__all__ = ["BusFault", "Dram", "Fabric", "FabricError", "VirtualBoardError"]
