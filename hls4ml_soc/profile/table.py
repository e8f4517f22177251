"""A profile as rows of text, for a terminal and for the page."""

from __future__ import annotations

from .layer import Layer
from .outputs import Output, Pair
from .profile import Profile

LAYER = (
    *("layer", "function", "format", "sums", "values", "overflow", "underflow"),
    *("at limit", "error", "bias", "would hold"),
)
OUTPUT = ("output", "fixed and float", "same largest", "board and fixed", "board and float")


def row(layer: Layer) -> tuple[str, ...]:
    """Return what `LAYER` names, "-" where it is not known."""
    seen, fit, distance = layer.right or layer.fixed, layer.fit, layer.distance
    return (
        layer.name,
        layer.function,
        _short(layer.format),
        _short(layer.sums),
        f"{seen.lowest:.4g} to {seen.highest:.4g}",
        _share(fit.overflow, fit.values) if fit else "-",
        _share(fit.underflow, fit.values) if fit else "-",
        str(layer.at_limit) if layer.limits else "-",
        f"{distance.error:.2%}" if distance else "-",
        f"{distance.bias:.2g}" if distance else "-",
        _short(fit.enough) if fit else "-",
    )


def outputs(profile: Profile) -> list[tuple[str, ...]]:
    """Return what `OUTPUT` names, for each output."""
    return [_output(output) for output in profile.outputs]


def recipe(profile: Profile) -> str:
    """Return the formats that would hold as lines of ``soc.yaml``."""
    lines = ["layers:"]
    inputs = {layer.name for layer in profile.layers if layer.function == "input"}
    for name, parts in profile.recipe.items():
        comment = "  # an input: its format is --precision" if name in inputs else ""
        mark = "# " if name in inputs else ""
        told = ", ".join(f"{part}: '{format_}'" for part, format_ in parts.items())
        lines.append(f"  {mark}{name}: {{precision: {{{told}}}}}{comment}")
    return "\n".join(lines)


def _output(output: Output) -> tuple[str, ...]:
    beside = f" ({output.against})" if output.against != "float" else ""
    same = output.fixed.agreement if output.fixed is not None else None
    return (
        output.name,
        f"{_error(output.fixed)}{beside}",
        "-" if same is None else f"{same:.1%}",
        _equal(output.board_fixed),
        _error(output.board),
    )


def _error(pair: Pair | None) -> str:
    return "-" if pair is None else f"{pair.distance.error:.2%} off"


def _equal(pair: Pair | None) -> str:
    return "-" if pair is None else f"{pair.equal}/{pair.samples} equal"


def _share(count: int, values: int) -> str:
    return "0" if not count else f"{count} ({count / values:.1%})"


def _short(format_: str) -> str:
    """Return a format without the modes that C++ takes where none are given."""
    return format_.replace(",AP_TRN,AP_WRAP,0>", ">").replace(",0>", ">") or "-"
