"""What a bitstream file puts on a board: a netlist, and compiled cores for it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from hls4ml_soc.hwh import Hwh, HwhError, parse, read
from hls4ml_soc.virtual import bitfile
from hls4ml_soc.virtual.board.core import CoreFactory
from hls4ml_soc.virtual.board.errors import FabricError
from hls4ml_soc.virtual.hls.errors import CoreError


def read_design(path: Path) -> Hwh:
    """Return the netlist that a bitstream implements; of a real one, the ``.hwh`` beside it.

    Raises FabricError or BitFileError.
    """
    bit = bitfile.read(path)
    try:
        if not bit.virtual:
            return read(path.with_suffix(".hwh"))
        if "design.hwh" not in bit.contents:
            raise FabricError(f"{path}: a virtual bitstream without design.hwh")
        return parse(bit.contents["design.hwh"].decode("utf-8"), f"design.hwh in {path.name}")
    except HwhError as error:
        raise FabricError(f"{path}: {error}") from error


@contextmanager
def core_factories(path: Path, given: Mapping[str, Path]) -> Iterator[Mapping[str, CoreFactory]]:
    """Yield factories for the IP cores in a bitstream and for those given, by VLNV.

    Raises FabricError, naming the bitstream, if what is made of them fails.
    """
    bit = bitfile.read(path)
    with tempfile.TemporaryDirectory(prefix="virtual-pl-") as folder:
        libraries: dict[str, Path] = {}
        for vlnv in {module.vlnv for module in read_design(path).modules.values()}:
            name = vlnv.replace(":", "_") + ".so"
            if f"cores/{name}" in bit.contents:
                libraries[vlnv] = Path(folder) / name
                libraries[vlnv].write_bytes(bit.contents[f"cores/{name}"])
        try:
            yield _factories({**libraries, **given})
        except (FabricError, CoreError) as error:
            raise FabricError(f"{path}: {error}") from error


def _factories(libraries: Mapping[str, Path]) -> Mapping[str, CoreFactory]:
    if not libraries:
        return {}  # a loopback design needs no emulation library
    from hls4ml_soc.virtual.board.compiled import CompiledCore

    return {vlnv: partial(CompiledCore, library) for vlnv, library in libraries.items()}
