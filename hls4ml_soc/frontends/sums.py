"""Sums whose format hls4ml 1.3 does not find itself: those of averages over a whole feature map."""

from __future__ import annotations

import math
from typing import Any


def widen(graph: Any, backend: str, given: set[str]) -> None:
    """Make the sums of global averages in an hls4ml graph as wide as they need.

    hls4ml 1.3 adds them up in the model's default format, which overflows: of 64 values near 2 in
    ``ap_fixed<16,6>`` nothing is left. As for other averages ("auto") the sum gets the bits of the
    number of values, and as many behind the point for the quotient. `given`: layers whose sum has
    a format of the user's."""
    changed = False
    for node in graph.get_layers():
        if node.name not in given and node.class_name.startswith("GlobalPooling"):
            changed |= _widen(node)
    if changed:
        graph.apply_flow(f"{backend.lower()}:apply_templates")


def _widen(node: Any) -> bool:
    source = node.get_input_variable()
    precision, bits = source.type.precision, math.ceil(math.log2(math.prod(source.shape[:-1])))
    if node.get_attr("pool_op") != "Average" or not hasattr(precision, "fractional"):
        return False
    from hls4ml.backends.fpga.fpga_types import APTypeConverter
    from hls4ml.model.types import FixedPrecisionType

    accum = node.types["accum_t"]
    accum.name = f"{node.name}_accum_t"
    accum.precision = APTypeConverter().convert(
        FixedPrecisionType(precision.width + 2 * bits, precision.integer + bits, precision.signed)
    )
    return True
