"""``python -m hls4ml_soc`` is ``hls4ml-soc``."""

import sys

from .cli import main

sys.exit(main())
