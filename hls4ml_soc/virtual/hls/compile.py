"""Run g++ in the place of the HLS compiler."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from hls4ml_soc.virtual.hls.errors import HlsError

RUNTIME = Path(__file__).with_name("include")
# -O1: what -O2 gains in speed it loses in compile time. No path of this machine (prefix maps, no
# asserts) and no build id: the same input gives the same bytes in every folder.
FLAGS = ("-O1", "-w", "-fPIC", "-shared", "-s", "-DNDEBUG", "-fvisibility=hidden",
         "-frandom-seed=core", "-Wl,--build-id=none", "-Wl,-z,defs")  # fmt: skip
# Nothing else is visible: otherwise static variables of templates (STB_GNU_UNIQUE) would be one and
# the same in all cores of a process, and survive unloading.
EXPORTS = "{ global: soc_*; local: *; };\n"
TIME_LIMIT_S = 1800


def tool_headers(sources: Sequence[Path], folder: Path) -> list[Path]:
    """Return the include folders that the HLS compiler has of itself; ``folder`` is filled.

    ap_axi_sdata.h goes in alone: what lies beside it is the user's to bring. ap_types is the copy
    in an hls4ml project beside a source, which its emulation uses too, else that of the installed
    hls4ml. Raises HlsError if there is none.
    """
    package = Path(__file__).resolve().parents[2]
    templates = [package / "data" / "hls_templates", package.parent / "hls_templates"]
    axis = next((t for t in templates if (t / "ap_axi_sdata.h").exists()), None)
    if axis is None:
        raise HlsError(f"ap_axi_sdata.h is missing in {templates[0]} and {templates[1]}")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(axis / "ap_axi_sdata.h", folder)
    types = [source.parent / "ap_types" for source in sources]
    installed = importlib.util.find_spec("hls4ml")
    if installed is not None and installed.origin is not None:
        types.append(Path(installed.origin).parent / "templates" / "vivado" / "ap_types")
    found = next((t for t in types if (t / "ap_fixed.h").exists()), None)
    if found is None:
        raise HlsError("no ap_types (ap_fixed.h) beside a source, and hls4ml is not installed")
    return [folder, found]


def preprocess(source: Path, flags: Sequence[str], cwd: Path) -> str:
    """Return a source's own text with its conditions and macros resolved as in synthesis."""
    text = re.sub(r"^[ \t]*#[ \t]*include\b.*$", "", source.read_text(), flags=re.M)
    defines = [f for f in flags if f.startswith(("-D", "-U"))]
    command = [_compiler(), "-E", "-xc++", "-D__SYNTHESIS__=1", *defines, "-"]
    text = f'#line 1 "{source}"\n{text}'
    run = _compile(command, cwd, text)
    if run.returncode != 0:
        raise HlsError(compiler_error(run.stderr))
    return run.stdout


def compile_core(
    unit: Path,
    output: Path,
    sources: Sequence[Path],
    flags: Sequence[str],
    headers: Sequence[Path],
    cwd: Path,
) -> None:
    """Compile the unit that includes the sources into a shared library.

    Raises HlsError with the first error's file and line.
    """
    script = unit.with_suffix(".map")
    script.write_text(EXPORTS)
    includes = [word for folder in headers for word in ("-isystem", str(folder))]
    folders = dict.fromkeys([cwd, *(source.parent for source in sources), RUNTIME, *headers])
    prefixes = [f"-ffile-prefix-map={folder}={n}" for n, folder in enumerate(folders)]
    command = [
        _compiler(), *FLAGS, f"-I{RUNTIME}", *flags, *includes, *prefixes,
        f"-ffile-prefix-map={unit.parent}=.", f"-Wl,--version-script={script}", str(unit),
        "-o", str(output),
    ]  # fmt: skip
    run = _compile(command, cwd)
    (unit.parent / "g++.log").write_text(run.stdout + run.stderr)
    if run.returncode != 0:
        raise HlsError(compiler_error(run.stderr))


def run_testbench(
    sources: Sequence[Path], folder: Path, flags: Sequence[str], headers: Sequence[Path], cwd: Path
) -> int:
    """Compile sources and test bench as C simulation does; return the code of its run."""
    includes = [word for header in headers for word in ("-isystem", str(header))]
    program = folder / "csim.exe"
    command = [_compiler(), "-O1", "-w", *flags, *includes, *map(str, sources), "-o", str(program)]
    built = _compile(command, cwd)
    if built.returncode != 0:
        raise HlsError(compiler_error(built.stderr))
    run = subprocess.run(
        [str(program)], capture_output=True, text=True, cwd=folder, timeout=TIME_LIMIT_S
    )
    (folder / "csim.log").write_text(run.stdout + run.stderr)
    return run.returncode


def compiler_error(output: str) -> str:
    """Return the first error of compiler or linker as one line; the compiler's with its place."""
    missing = re.search(r"undefined reference to [`'](.+)'$", output, re.M)
    if missing is not None:
        return (
            f"[HLS 200-70] Compilation errors found: undefined reference to '{missing[1]}': no "
            "source that add_files named defines it"
        )
    match = re.search(r"^(.+?):(\d+):(?:(\d+):)? (?:fatal )?error: (.*)$", output, re.M)
    if match is None:
        lines = output.strip().splitlines()
        return f"[HLS 200-70] Compilation errors found: {lines[-1] if lines else 'no message'}"
    file, line, column, message = match.groups()
    place = f"{Path(file).name}:{line}" + (f":{column}" if column else "")
    return f"[HLS 200-70] Compilation errors found: {message} ({place})"


def _compile(
    command: Sequence[str], cwd: Path, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run g++ with messages in plain ASCII English, whatever the user's locale."""
    return subprocess.run(
        command, input=text, capture_output=True, text=True, cwd=cwd, timeout=TIME_LIMIT_S,
        env={**os.environ, "LC_ALL": "C"},
    )  # fmt: skip


def _compiler() -> str:
    compiler = shutil.which("g++")
    if compiler is None:
        raise HlsError("g++ not found: install it (Debian: apt install g++)")
    return compiler
