"""The design in a virtual bitstream, and its compiled cores."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from hls4ml_soc.hwh import Hwh, HwhError, parse, read
from hls4ml_soc.virtual import bitfile
from hls4ml_soc.virtual.board.core import CoreFactory
from hls4ml_soc.virtual.cpu.errors import LoadError


def read_design(path: Path) -> Hwh:
    """Return the netlist that a bitstream implements; of a real one, the ``.hwh`` beside it.

    Raises LoadError or BitFileError.
    """
    bit = bitfile.read(path)
    try:
        if not bit.virtual:
            return read(path.with_suffix(".hwh"))
        if "design.hwh" not in bit.contents:
            raise LoadError(f"{path}: a virtual bitstream without design.hwh")
        return parse(bit.contents["design.hwh"].decode(), f"design.hwh in {path.name}")
    except HwhError as error:
        raise LoadError(f"{path}: {error}") from error


@contextmanager
def core_factories(path: Path, given: Mapping[str, Path]) -> Iterator[Mapping[str, CoreFactory]]:
    """Yield factories for the IP cores in a bitstream and for those given, by VLNV."""
    bit = bitfile.read(path)
    with tempfile.TemporaryDirectory(prefix="virtual-pl-") as folder:
        libraries = dict(given)
        for vlnv in {module.vlnv for module in read_design(path).modules.values()}:
            name = vlnv.replace(":", "_") + ".so"
            if f"cores/{name}" in bit.contents:
                libraries[vlnv] = Path(folder) / name
                libraries[vlnv].write_bytes(bit.contents[f"cores/{name}"])
        if not libraries:
            yield {}  # a loopback design needs no emulation library
            return
        from hls4ml_soc.virtual.hls.core import StreamCore

        yield {vlnv: partial(StreamCore, library) for vlnv, library in libraries.items()}
