"""Releases of Vitis, to be compared."""

from __future__ import annotations

import re

from hls4ml_soc.virtual.vitis.errors import Refused

LAST_CLASSIC, FIRST_UNIFIED, MICROBLAZE_V = (2025, 2), (2023, 2), (2024, 1)


def numbers(release: str) -> tuple[int, int]:
    """Return year and number. Raises Refused for what is no release."""
    match = re.fullmatch(r"(20\d\d)\.(\d)(?:\.\d)?", release)
    if not match:
        raise Refused(f"stand-in: {release!r} is no release")
    return int(match[1]), int(match[2])
