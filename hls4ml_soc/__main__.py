"""The programs ``hls4ml-soc`` and ``deploy``; ``python -m hls4ml_soc`` is the first of them."""

from __future__ import annotations

import sys


def main() -> int:
    """Run ``hls4ml-soc`` and return its exit code."""
    return _run("main")


def main_deploy() -> int:
    """Run ``deploy``, which is ``hls4ml-soc deploy``."""
    return _run("main_deploy")


def _run(name: str) -> int:
    # Importing takes some tenths of a second, in which a person may have second thoughts.
    try:
        from . import cli
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return 130
    code: int = getattr(cli, name)()
    return code


if __name__ == "__main__":
    sys.exit(main())
