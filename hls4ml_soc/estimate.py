"""What can be said of a design's size before anything is built: an estimate, and called one."""

from __future__ import annotations

import re
from pathlib import Path

# Convolutions have a dense_config too, for their multiplications.
_CONFIG = re.compile(r"struct\s+\w+\s*:\s*nnet::dense_config\s*\{(.*?)\n\};", re.DOTALL)
_NUMBER = re.compile(r"static const unsigned (\w+)\s*=\s*(\d+)\s*;")


def multipliers(project: Path) -> int | None:
    """Return about how many multipliers an hls4ml project asks for at once, at the least.

    hls4ml's own limit: (inputs x outputs - zero weights) / reuse factor for each layer, from
    ``firmware/parameters.h``. None where that cannot be read.
    """
    try:
        text = (project / "firmware" / "parameters.h").read_text(encoding="utf-8")
    except OSError:
        return None
    total = 0
    for body in _CONFIG.findall(text):
        numbers = {key: int(value) for key, value in _NUMBER.findall(body)}
        if not {"n_in", "n_out", "reuse_factor"} <= numbers.keys():
            return None
        weights = numbers["n_in"] * numbers["n_out"] - numbers.get("n_zeros", 0)
        total += -(-weights // max(1, numbers["reuse_factor"]))
    return total or None
