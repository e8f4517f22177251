"""``v++ -c``: a kernel's sources to an object, by g++."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path

from hls4ml_soc.virtual.hls.compile import FLAGS, compiler_error, preprocess, tool_headers
from hls4ml_soc.virtual.hls.errors import HlsError
from hls4ml_soc.virtual.hls.harness import source_text
from hls4ml_soc.virtual.hls.pragmas import check_pragmas
from hls4ml_soc.virtual.hls.source import own_lines
from hls4ml_soc.virtual.hls.weights import check_weights
from hls4ml_soc.virtual.vitis_compiler import kernel as kernels
from hls4ml_soc.virtual.vitis_compiler import platforms
from hls4ml_soc.virtual.vitis_compiler.arguments import Command
from hls4ml_soc.virtual.vitis_compiler.errors import VppError
from hls4ml_soc.virtual.vitis_compiler.kernel import Kernel

NOT_MODELLED = "HLS was not run: cycles, timing, resources and the depths of FIFOs are not known"
_INCLUDE = Path(__file__).with_name("include")
_SECONDS = 1800


def compile_kernel(command: Command, release: str) -> None:
    """Write the object that a command asks for. Raises VppError."""
    name, output = command.one("--kernel"), Path(command.one("--output"))
    platform = platforms.find(command.one("--platform"), release)
    _check_clock(command.one("--hls.clock", ""), name)
    if not command.files:
        raise VppError("no source is given")
    here = Path.cwd()
    sources = [(here / each).resolve() for each in command.files]
    for source in sources:
        if not source.is_file():
            raise VppError(f"the source {source} does not exist")
    try:
        kernel = _read(sources, name, command.flags, here)
        library = _compile(sources, kernel, command.flags, here)
    except HlsError as error:
        raise VppError(str(error)) from None
    facts = {
        "format": 1,
        "release": release,
        "platform": platform.name,
        "kernel": asdict(kernel),
        "not_known": NOT_MODELLED,
    }
    write_object(output, facts, library)


def write_object(path: Path, facts: dict[str, object], library: bytes) -> None:
    """Write an object: a zip file, as the tool's own are, without dates."""
    with zipfile.ZipFile(path, "w") as file:
        for name, content in (("kernel.json", json.dumps(facts, indent=2)), ("kernel.so", library)):
            file.writestr(zipfile.ZipInfo(name), content)


def _check_clock(text: str, kernel: str) -> None:
    hertz, _, named = text.partition(":")
    if text and not (hertz.isdigit() and int(hertz) > 0 and named in ("", kernel)):
        raise VppError(f"--hls.clock is HERTZ:{kernel}, not {text}")


def _read(sources: list[Path], name: str, flags: tuple[str, ...], here: Path) -> Kernel:
    found = []
    for source in sources:
        lines = own_lines(preprocess(source, flags, here), source)
        check_pragmas(lines, source)
        check_weights(source)
        if kernel := kernels.read(lines, source, name):
            found.append((kernel, source))
    if len(found) != 1:
        raise VppError(f"{len(found)} of the sources define a kernel '{name}', one must")
    kernel, source = found[0]
    sources.sort(key=lambda each: each != source)
    return kernel


def _compile(sources: list[Path], kernel: Kernel, flags: tuple[str, ...], here: Path) -> bytes:
    compiler = shutil.which("g++")
    if compiler is None:
        raise VppError("g++ not found: install it (Debian: apt install g++)")
    with tempfile.TemporaryDirectory(prefix="hls4ml_soc_vpp_") as name:
        folder = Path(name)
        headers = tool_headers(sources, folder / "include")
        (folder / "kernel.map").write_text("{ global: soc_*; local: *; };\n")
        unit = folder / "kernel.cpp"
        unit.write_text("\n".join([*map(source_text, sources), _entry(kernel)]))
        system = [word for each in (*headers, _INCLUDE) for word in ("-isystem", str(each))]
        places = dict.fromkeys([here, *(each.parent for each in sources), folder, *headers])
        prefixes = [f"-ffile-prefix-map={place}={n}" for n, place in enumerate(places)]
        words = [
            compiler, "-std=c++14", *FLAGS, *flags, *system, *prefixes,
            f"-Wl,--version-script={folder / 'kernel.map'}", str(unit), "-o", str(folder / "k.so"),
        ]  # fmt: skip
        run = subprocess.run(
            words, capture_output=True, text=True, cwd=here, timeout=_SECONDS,
            env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
        if run.returncode != 0:
            raise VppError(compiler_error(run.stderr))
        return (folder / "k.so").read_bytes()


def _entry(kernel: Kernel) -> str:
    """Return the function that the card calls, with a pointer to each argument's value."""
    values = ", ".join(
        f"*({each.type} *)arguments[{number}]" for number, each in enumerate(kernel.arguments)
    )
    checks = [
        f'static_assert(sizeof({each.type}) == {each.size}, "{each.name}: its register has '
        f'{each.size} bytes");'
        for each in kernel.arguments
    ]
    entry = f"static void soc_call(void *const *arguments) {{ {kernel.name}({values}); }}"
    return "\n".join(["", *checks, entry, '#include "soc_card.h"', ""])
