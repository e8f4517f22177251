"""``bootgen`` (UG1283), as far as our boot images go: reads the ``.bif`` and the files it names."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from hls4ml_soc.virtual.vitis import elf, fabric
from hls4ml_soc.virtual.vitis.errors import Refused
from hls4ml_soc.virtual.vitis.words import Takes

_TAKES = Takes("bootgen", options="-arch -image -o -w")
_PARTITION = re.compile(r"(?:\[([^\]]*)\]\s*)?(\S+)")
#: Attributes by architecture; the processors that a boot loader runs on.
_ATTRIBUTES = {
    "zynq": ("bootloader",),
    "zynqmp": (
        *("bootloader", "pmufw_image", "destination_device=pl", "destination_cpu=a53-0"),
        *("exception_level=el-3",),
    ),
}
_LOADER = {"zynq": elf.ARM, "zynqmp": elf.AARCH64}


def main(arguments: Sequence[str]) -> int:
    """Run; 1 means that something is wrong."""
    try:
        _run(_TAKES.parse(arguments).options)
    except Refused as error:
        print(f"[ERROR]  : {error}")
        return 1
    print("[INFO]   : Bootimage generated successfully")
    return 0


def _run(given: dict[str, str]) -> None:
    arch = given.get("-arch", "zynq")
    if arch not in _ATTRIBUTES:
        raise Refused(f"stand-in: no architecture {arch}")
    image, out = Path(given.get("-image", "")), Path(given.get("-o", ""))
    if not image.is_file():
        raise Refused(f"Cannot read file - {image}")
    if out.exists() and given.get("-w") not in ("on", ""):
        raise Refused(f"{out} exists: use -w on")
    partitions = _partitions(image.read_text(), arch)
    out.write_bytes(b"hls4ml_soc stand-in: no boot image\n" + json.dumps(partitions).encode())


def _partitions(text: str, arch: str) -> list[tuple[str, list[str]]]:
    body = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    match = re.fullmatch(r"\s*\w+\s*:\s*\{(.*)\}\s*", body, re.S)
    if not match:
        raise Refused("syntax error: `name: { partitions }` is expected")
    found: list[tuple[str, list[str]]] = []
    for attributes, path in _PARTITION.findall(match[1]):
        names = [word.strip() for word in attributes.split(",") if word.strip()]
        for name in names:
            if name not in _ATTRIBUTES[arch]:
                raise Refused(f"syntax error: {name} is no attribute of {arch}")
        _check(Path(path), names, arch)
        found.append((path, names))
    if not found or "bootloader" not in found[0][1]:
        raise Refused("stand-in: the first partition has to be the boot loader")
    return found


def _check(path: Path, names: list[str], arch: str) -> None:
    if not path.is_file():
        raise Refused(f"Cannot read file - {path}")
    if path.suffix == ".bit":
        if arch == "zynqmp" and "destination_device=pl" not in names:
            raise Refused(f"stand-in: {path.name} goes to the fabric: destination_device=pl")
        fabric.load(path)
        return
    found = elf.read(path)
    wanted = elf.MICROBLAZE if "pmufw_image" in names else _LOADER[arch]
    if found.machine != wanted:
        raise Refused(f"stand-in: {path.name} is for {found.processor}, not {elf.NAMES[wanted]}")
