"""What a real board takes: a bitstream that was built by the vendor's tools."""

from __future__ import annotations

from pathlib import Path

from ..bundle import Bundle
from ..errors import ModelError

#: In the header of a stand-in's bitstream.
_MARK = b"Virtual=hls4ml_soc"
_HEADER = 1024


def product(bundle: Bundle, kind: str) -> Path:
    """Return the path of a product in a bundle, such as ``elf``. Raises ModelError."""
    path = (bundle.folder / f"{bundle.name}.{kind}").absolute()
    if not path.is_file():
        raise ModelError(f"{bundle.folder} holds no {path.name}: build it anew with --tools vendor")
    return path


def bitstream(bundle: Bundle) -> Path:
    """Return the path of a bundle's bitstream.

    Raises ModelError for one that only virtual boards take, by manifest or by the file itself."""
    if bundle.manifest["origin"] != "vendor":
        raise ModelError(
            f"{bundle.folder} was built by stand-ins for the vendor's tools, and its bitstream is "
            "for virtual boards: build with --tools vendor"
        )
    path = product(bundle, "bit")
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if _MARK in header:
        raise ModelError(f"{path} is a bitstream for virtual boards: build with --tools vendor")
    return path
