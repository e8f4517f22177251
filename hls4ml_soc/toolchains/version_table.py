"""``docs/versions.md``: ``python -m hls4ml_soc.toolchains.version_table > docs/versions.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from .versions import Table, refusal, table

_HEAD = """# Releases of the vendor tools

<!-- Made by `python -m hls4ml_soc.toolchains.version_table > docs/versions.md`; do not edit. -->

No release of Vivado or Vitis HLS was at hand. "Executed by the stand-in" means: the Tcl that ships
was executed by a model of that release, for every board of the family, in `make test-deep`. It does
not mean that the release itself was run. `--release R` chooses one: with `--tools vendor` among
those installed, else as what the stand-ins pose.

Before anything runs, pre-flight refuses what this page calls not possible, in the same words.
"""
_TITLES = {
    "vivado_hls": "`vivado_hls -f`",
    "vitis_hls": "`vitis_hls -f`",
    "vitis-run": "`vitis-run --mode hls --tcl`",
}


def text() -> str:
    """Return the whole page."""
    return "\n".join(_lines(table())) + "\n"


def _lines(known: Table) -> Iterator[str]:
    yield _HEAD
    yield f"| release | {' | '.join(f.title for f in known.families.values())} | HLS | backend |"
    yield "|---|" + "---|" * (len(known.families) + 2)
    for release in known.releases:
        cells = [_cell(release, family) for family in known.families]
        hls = known.hls_of(release)
        how = _TITLES[hls.tool] if hls.tool else "not possible, see below"
        yield f"| {release} | {' | '.join(cells)} | {how} | {hls.backend or 'none'} |"
    yield "\nNot possible:\n"
    for family in known.families.values():
        if family.reason:
            after = f" and after {family.until}" if family.until else ""
            yield f"- {family.title} before {family.since}{after}: {family.reason}."
    for hls in known.hls:
        if not hls.tool:
            yield (
                f"- HLS {hls.releases}: {hls.reason}. Designs without HLS (`--loopback`) are "
                "executed."
            )


def _cell(release: str, family: str) -> str:
    return "not possible" if refusal(release, family) else "executed by the stand-in"


if __name__ == "__main__":
    sys.stdout.write(text())
