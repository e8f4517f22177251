"""A data-centre card: .xclbin, the XRT host's sources and what they read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from .. import __version__, resources, xclbin
from ..bundle import Bundle
from ..contract import Contract
from ..execute import Products
from ..kernel_design import KernelDesign
from ..plan import Plan
from ..report import not_verified

#: Number formats and layouts are those of bare-metal programs, in the same C.
CODEC = ("codec.c", "accelerator_api.h")


def plan(contract: Contract, allow_negative_slack: bool = False) -> Plan:
    """Return the build of the .xclbin.

    Raises DesignError where network and board do not fit together.
    """
    return KernelDesign(contract, allow_negative_slack).checked().plan()


def bundle(
    contract: Contract,
    plan: Plan,
    products: Products,
    folder: Path,
    extra: Mapping[str, bytes],
) -> Bundle:
    """Write the .xclbin, the host's sources with their Makefile, and its Python face.

    Raises ToolError where what was built is no .xclbin."""
    name = contract.accelerator.name
    built = products["xclbin"].read_bytes()
    identity = xclbin.uuid(built, products["xclbin"].name)
    described = {**contract.describe(), "xclbin": {"file": f"{name}.xclbin", "uuid": identity}}
    files = {
        f"{name}.xclbin": built,
        "emconfig.json": products["emconfig"].read_bytes(),
        "accelerator.json": (json.dumps(described, indent=2) + "\n").encode(),
        **host(),
        **{path: text.encode() for path, text in plan.files.items()},
        **extra,
    }
    manifest = {
        "name": name,
        "board": contract.board.name,
        "target": "vitis",
        "part": contract.board.part,
        "design_id": contract.design_id,
        "xclbin_uuid": identity,
        "compute_units": len(contract.units),
        "origin": products.origin,
        "plan": plan.digest(),
        "versions": {"hls4ml_soc": __version__, **products.versions},
        "not_verified": not_verified(products.origin),
    }
    return Bundle.write(folder, files, manifest)


def host() -> dict[str, bytes]:
    """Return the host's sources by their path in a bundle."""
    files = {
        f"host/{path}": text.encode()
        for path, text in resources.files("vitis_host").items()
        if not path.endswith((".j2", ".clang-format"))
    }
    codec = resources.folder("baremetal_c") / "src"
    return files | {f"host/codec/{path}": (codec / path).read_bytes() for path in CODEC}
