"""Check that hls4ml's two copies of the weights agree.

HLS synthesises the values in ``weights/*.h``; hls4ml's emulation, and with it ``predict``, loads
``weights/*.txt``. Both are written with the same digits, so their numbers are compared as text.
"""

from __future__ import annotations

import re
from pathlib import Path

from hls4ml_soc.virtual.hls.errors import HlsError

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def check_weights(source: Path) -> None:
    """Compare all ``weights/<name>.h`` and ``.txt`` beside a source; one alone is no error."""
    for text_file in sorted((source.parent / "weights").glob("*.txt")):
        header = text_file.with_suffix(".h")
        if not header.exists():
            continue
        loaded = _NUMBER.findall(text_file.read_text())
        compiled = _NUMBER.findall(_initialiser(header))
        if len(loaded) != len(compiled):
            raise HlsError(
                f"weights/{header.name} has {len(compiled)} numbers, {text_file.name} has "
                f"{len(loaded)}: write the hls4ml project again"
            )
        for n, (a, b) in enumerate(zip(compiled, loaded, strict=True)):
            if a != b and float(a) != float(b):
                raise HlsError(
                    f"weights/{header.name} and {text_file.name} differ at number {n}: {a} is "
                    f"synthesised, {b} is emulated: write the hls4ml project again"
                )


def _initialiser(header: Path) -> str:
    text = header.read_text()
    start = text.find("=", text.rfind("#else"))
    end = text.find(";", start)
    return text[start:end] if start >= 0 else ""
