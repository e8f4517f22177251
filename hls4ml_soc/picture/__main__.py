"""Draw the design of a hand-off file: ``python -m hls4ml_soc.picture soc.hwh > soc.svg``."""

import sys
from pathlib import Path

from .. import hwh
from . import svg

if len(sys.argv) != 2:
    sys.exit("usage: python -m hls4ml_soc.picture DESIGN.hwh > DESIGN.svg")
try:
    sys.stdout.write(svg(hwh.read(Path(sys.argv[1]))))
except (OSError, hwh.HwhError) as error:
    sys.exit(f"error: {error}")
