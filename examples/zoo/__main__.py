"""Write the networks' ONNX files into ``build`` here: all, or those named."""

import sys
from pathlib import Path

import onnx

from . import NETWORKS

FOLDER = Path(__file__).parent / "build"


def main(names: list[str]) -> int:
    """Write the files; return the exit code."""
    unknown = [name for name in names if name not in NETWORKS]
    if unknown:
        print(f"no network {', '.join(unknown)}; there are {', '.join(NETWORKS)}", file=sys.stderr)
        return 2
    FOLDER.mkdir(exist_ok=True)
    for name in names or NETWORKS:
        graph = NETWORKS[name]()
        path = FOLDER / f"{name}.onnx"
        onnx.save(graph.model(), str(path))
        print(f"{path.name:20} {graph.parameters:7,} parameters")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
