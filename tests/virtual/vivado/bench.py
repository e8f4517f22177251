"""Run Tcl in the stand-in inside a folder that holds what the good design needs."""

from __future__ import annotations

import importlib.util
import io
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from hls4ml_soc.virtual.vivado.tool import run

HERE = Path(__file__).parent
GOOD = (HERE / "good.tcl").read_text()


def _neighbour(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ip_xact = _neighbour("ip_xact")


@dataclass(frozen=True)
class Result:
    """Exit code, all output, and the folder."""

    code: int
    text: str
    folder: Path

    def severe(self) -> list[str]:
        """List the messages that are errors or critical warnings, with the lines that belong to
        them."""
        found: list[str] = []
        inside = False
        for line in self.text.splitlines():
            if line.startswith(("ERROR: ", "CRITICAL WARNING: ")):
                found.append(line)
                inside = True
            elif inside and (
                line.startswith(("/", "Please", "This may", "1. ")) or not line.strip()
            ):
                found[-1] += f"\n{line}" if line.strip() else ""
            else:
                inside = False
        return found


class Bench:
    """A folder and the stand-in in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copyfile(HERE / "start.v", folder / "start.v")
        ip_xact.write(folder / "iprepo")

    def run(
        self, script: str, *, version: str = "2023.2", strict: bool = True, fault: str = ""
    ) -> Result:
        """Execute a script."""
        path = self.folder / "script.tcl"
        path.write_text(script)
        terminal = io.StringIO()
        code = run(
            [path], version=version, strict=strict, fault=fault, terminal=terminal, cwd=self.folder
        )
        return Result(code, terminal.getvalue(), self.folder)

    def mutant(self, old: str, new: str, *, strict: bool = True, version: str = "2023.2") -> Result:
        """Execute the good design with one text replaced."""
        assert GOOD.count(old) >= 1, f"the good design has no '{old}'"
        return self.run(GOOD.replace(old, new), strict=strict, version=version)

    def design(self, script: str, **options: bool) -> Result:
        """Execute commands after the good design is connected and before it is validated."""
        head = GOOD[: GOOD.index("validate_bd_design")]
        return self.run(head + script, **options)
