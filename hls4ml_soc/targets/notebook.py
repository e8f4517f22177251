"""Jupyter notebooks, written from Python files whose cells begin with ``# %%``."""

from __future__ import annotations

import json
import re
from typing import Any

_CELL = re.compile(r"^# %%( \[markdown\])?\n", re.MULTILINE)


def written(source: str) -> str:
    """Return the ``.ipynb`` of a file in the percent format: its cells, without outputs.

    Format 4.4 (nbformat): 4.5 asks for ids of cells, which the Jupyter of PYNQ 2.7 does not know.
    Raises ValueError for text before the first cell."""
    before, *parts = _CELL.split(source)
    if before.strip():
        raise ValueError("a notebook begins with a cell: # %%")
    cells = [_cell(bool(kind), text) for kind, text in zip(parts[::2], parts[1::2], strict=True)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def _cell(markdown: bool, text: str) -> dict[str, Any]:
    text = text.strip("\n")
    if markdown:
        text = re.sub(r"^# ?", "", text, flags=re.MULTILINE)
        return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(True)}
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": text.splitlines(True),
    }
