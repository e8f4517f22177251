"""Where the data folders are: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent
# The package first: beside an installed package lies site-packages.
_DATA = _HERE / "data" if (_HERE / "data").is_dir() else _HERE.parent


def folder(name: str) -> Path:
    """Return a data folder, such as ``boards`` or ``vivado_tcl``.

    Raises FileNotFoundError where an installation is incomplete.
    """
    path = _DATA / name
    if not path.is_dir():
        raise FileNotFoundError(f"{path} is missing: hls4ml_soc is not installed completely")
    return path


def files(name: str, pattern: str = "**/*") -> dict[str, str]:
    """Return the text of every file of a data folder, by its path below that folder."""
    top = folder(name)
    return {
        path.relative_to(top).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(top.glob(pattern))
        if path.is_file() and "__pycache__" not in path.parts
    }
