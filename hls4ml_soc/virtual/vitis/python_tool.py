"""``vitis -s script.py``: a script in Python, with the module ``vitis`` of a release."""

from __future__ import annotations

import ast
import runpy
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from hls4ml_soc.virtual.vitis import releases
from hls4ml_soc.virtual.vitis.errors import Refused
from hls4ml_soc.virtual.vitis.unified import Client


def main(release: str, arguments: Sequence[str]) -> int:
    """Execute a script and return its exit code. Raises Refused for what Vitis does not take."""
    numbers = releases.numbers(release)
    if numbers < releases.FIRST_UNIFIED:
        raise Refused(f"vitis {release} has no -s: it came with 2023.2")
    if len(arguments) < 2 or arguments[0] not in ("-s", "--source"):
        raise Refused("stand-in: of vitis it knows -s SCRIPT [ARGUMENT ...]")
    script = Path(arguments[1])
    if not script.is_file():
        raise Refused(f"{script}: no such file")
    # The Python inside Vitis 2023.2 is 3.8.
    try:
        ast.parse(script.read_text(), str(script), feature_version=(3, 8))
    except SyntaxError as error:
        raise Refused(f"{script}, line {error.lineno}: SyntaxError: {error.msg}") from error
    sys.modules["vitis"] = _module(numbers)
    sys.argv = list(arguments[1:])
    print("Vitis Server started on port '0'.", flush=True)
    try:
        runpy.run_path(str(script), run_name="__main__")
    except SystemExit as end:
        return _code(end.code)
    except Exception as error:
        traceback.print_exc()
        print(f"ERROR: {type(error).__name__}: {error}", flush=True)
        return 1
    return 0


def _module(release: tuple[int, int]) -> ModuleType:
    clients: list[Client] = []

    def create_client(workspace: str = "") -> Client:
        client = Client(release)
        clients.append(client)
        if workspace:
            client.set_workspace(workspace)
        return client

    def dispose() -> None:
        for client in clients:
            client.open = False

    module: Any = ModuleType("vitis")
    module.create_client, module.dispose = create_client, dispose
    return module  # type: ignore[no-any-return]


def _code(code: object) -> int:
    if isinstance(code, int):
        return code
    if code is None:
        return 0
    print(code, flush=True)
    return 1
