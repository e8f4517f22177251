"""Another build in the place of the one whose metadata PYNQ has cached (PYNQ #1409).

    python on_board.py ... stale.py BUNDLE FOLDER

Prints where PYNQ takes the DMA to be, by its own reader for real boards, and where it does under
the driver's ``uncached``. The cached build has it elsewhere."""

import os
import pickle
import re
import shutil
import sys
import warnings

warnings.simplefilter("ignore")  # 3.1.2 calls names of pydantic 1

from pynq.pl_server import embedded_device, global_state, xclbin_parser  # noqa: E402

#: Where the earlier build has the DMA: free in all designs.
ELSEWHERE = "0x40500000"

bundle, folder = sys.argv[1:]
sys.path.insert(0, bundle)
from hls4ml_overlay.metadata import uncached  # noqa: E402
from on_board import parser_of  # noqa: E402

# Not in the installed package; and what needs the board: the compiler of xclbin containers.
embedded_device.__file__ = os.path.join(folder, "embedded_device.py")
global_state.STATE_DIR = folder
embedded_device._create_xclbin = lambda memories: b""
xclbin_parser.XclBin = lambda xclbin_data: None
embedded_device._unify_dictionaries = lambda parser, xclbin: None

bit, hwh = os.path.join(folder, "echo.bit"), os.path.join(folder, "echo.hwh")
shutil.copy(os.path.join(bundle, "echo.bit"), bit)
with open(os.path.join(bundle, "echo.hwh")) as file:
    text = file.read()
place = re.search('BASEVALUE="([^"]*)"[^>]* INSTANCE="dma"', text).group(1)
with open(hwh, "w") as file:
    file.write(text.replace(f'"{place}"', f'"{ELSEWHERE}"'))
parser = parser_of(hwh)
assert hex(parser.ip_dict["dma"]["phys_addr"]) == ELSEWHERE
with open(os.path.join(folder, "_current_metadata.pkl"), "wb") as file:
    pickle.dump(parser, file)
global_state.save_global_state(
    global_state.GlobalState(
        bitfile_name=bit,
        bitfile_hash=global_state.bitstream_hash(bit),
        timestamp="",
        active_name="board",
    )
)

# The new build: another bitstream, another hand-off file, the same names.
with open(bit, "rb") as file:
    data = bytearray(file.read())
data[-1] ^= 1
with open(bit, "wb") as file:
    file.write(data)
with open(hwh, "w") as file:
    file.write(text)


def dma():
    """Return where PYNQ's own reader has the DMA."""
    handler = embedded_device._get_bitstream_handler(bit)
    return hex(handler.get_parser().ip_dict["dma"]["phys_addr"])


print(dma())
with uncached():
    print(dma())
