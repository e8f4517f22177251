"""A PYNQ overlay: bitstream, hand-off file and the Python driver."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from .. import __version__, resources
from ..block_design import BlockDesign
from ..bundle import Bundle
from ..contract import Contract
from ..execute import Products
from ..plan import Plan
from ..report import not_verified
from . import notebook
from .overlay_wheel import OverlayWheel

#: Modules of the package that the driver uses, shipped as they are.
_CODEC = ("fixed_point.py", "packing.py")
#: The notebook's source; NETWORK stands for the network's name.
_NOTEBOOK = "notebook.py"


def plan(contract: Contract, allow_negative_slack: bool = False) -> Plan:
    """Return the build of the overlay.

    Raises DesignError where network and board do not fit together.
    """
    return BlockDesign(contract, allow_negative_slack).checked().plan()


def bundle(
    contract: Contract,
    plan: Plan,
    products: Products,
    folder: Path,
    extra: Mapping[str, bytes] = MappingProxyType({}),
) -> Bundle:
    """Write the overlay with its driver, ``run.py`` and notebook into a folder, all of it also as
    a wheel.

    Of the ``extra`` files the notebook knows ``samples.npz`` (``input/NAME``, ``expected/NAME``
    and ``labels``: arrays of samples) and ``network.npz`` (``numpy_network``)."""
    name = contract.accelerator.name
    files = {f"{name}.{kind}": products[kind].read_bytes() for kind in ("bit", "hwh")}
    # Not under the name of the .bit: PYNQ 3.0 on would then read the .bit as if it were an .xsa
    # (pynq/pl_server/embedded_device.py, is_xsa).
    files["hardware.xsa"] = products["xsa"].read_bytes()
    files["accelerator.json"] = (json.dumps(contract.describe(), indent=2) + "\n").encode()
    files.update(extra)
    files.update(_software(name))
    wheel = OverlayWheel(
        name, __version__, contract.design_id, contract.board.part, products.origin, files
    )
    files[wheel.filename] = wheel.content()
    manifest = {
        "name": name,
        "board": contract.board.name,
        "target": "pynq",
        "part": contract.board.part,
        "design_id": contract.design_id,
        "origin": products.origin,
        "plan": plan.digest(),
        "versions": {"hls4ml_soc": __version__, **products.versions},
        "not_verified": not_verified(products.origin),
    }
    return Bundle.write(folder, files, manifest)


def _software(name: str) -> dict[str, bytes]:
    """Return what runs on the board, the same for every network but for its name."""
    texts = resources.files("overlays")
    book = texts.pop(_NOTEBOOK).replace("NETWORK", name)
    files = {path: text.encode() for path, text in texts.items()}
    # Not under the name of the .bit either, and `pynq get-notebooks` makes a folder of that name.
    files["accelerator.ipynb"] = notebook.written(book).encode()
    package = Path(__file__).resolve().parent.parent
    for module in _CODEC:
        files[f"hls4ml_overlay/{module}"] = (package / module).read_bytes()
    return files
