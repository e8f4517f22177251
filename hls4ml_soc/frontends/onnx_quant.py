"""QONNX: quantisers in an ONNX graph, as formats of what they quantise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx

from ..fixed_point import FixedPoint
from .network import Array
from .onnx_graph import GraphReader, Unsupported, attributes

DOMAIN = "qonnx.custom_op.general"
#: QONNX's rounding modes that a fixed-point format has; ROUND takes ties to even.
ROUNDINGS = {
    "ROUND": "AP_RND_CONV",
    "HALF_EVEN": "AP_RND_CONV",
    "HALF_UP": "AP_RND_INF",
    "HALF_DOWN": "AP_RND_ZERO",
    "DOWN": "AP_TRN_ZERO",
    "FLOOR": "AP_TRN",
}
_ROUND: dict[str, Callable[[Array], Array]] = {
    "ROUND": np.rint,
    "HALF_EVEN": np.rint,
    "HALF_UP": lambda x: np.sign(x) * np.floor(np.abs(x) + 0.5),
    "HALF_DOWN": lambda x: np.sign(x) * np.ceil(np.abs(x) - 0.5),
    "DOWN": np.trunc,
    "FLOOR": np.floor,
}


def quantised(
    values: Array, scale: Array, zero: Array, bits: Array, signed: int, narrow: int, mode: str
) -> Array:
    """Return what QONNX's Quant gives for `values`."""
    if signed and bits == 1:
        # What qonnx 1.0 does, since exporters mean it.
        return np.asarray(np.where(values / scale + zero >= 0, 1 - zero, -1 - zero) * scale)
    highest = 2.0 ** (bits - bool(signed)) - 1 - (1 if narrow and not signed else 0)
    lowest = (-(2.0 ** (bits - 1)) + bool(narrow)) if signed else np.zeros_like(bits)
    # Clipped first and rounded then, as qonnx 1.0 does it.
    words = _ROUND[mode](np.clip(values / scale + zero, lowest, highest))
    return np.asarray((words - zero) * scale)


def quant(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a Quant, of a constant or of what a layer gives."""
    given = attributes(node)
    signed, narrow = given.get("signed", 1), given.get("narrow", 0)
    mode = given.get("rounding_mode", b"ROUND").decode().upper()
    scale, zero, bits = (reader.constant(name, "parameter") for name in node.input[1:4])
    if mode not in ROUNDINGS:
        raise Unsupported(f": rounding_mode={mode}; {', '.join(ROUNDINGS)} are read")
    if np.any(zero):
        raise Unsupported(": its zero point is not 0")
    if bits.size != 1 or bits % 1 or not 1 <= bits <= 64:
        raise Unsupported(": its bit width is not one whole number from 1 to 64")
    _check_scale(scale)
    if node.input[0] in reader.constants:
        values = reader.constant(node.input[0], "constant")
        _store(reader, node, quantised(values, scale, zero, bits, signed, narrow, mode))
        return
    if scale.size != 1:
        raise Unsupported(": has a scale per channel; hls4ml has one format for all")
    if narrow and not signed:
        raise Unsupported(": is narrow and unsigned; no format is")
    width = int(bits.item())
    if signed and width == 1:
        raise Unsupported(": has one bit with a sign; only weights are read")
    integer = width + int(np.log2(scale.item()))
    overflow = "AP_SAT_SYM" if narrow else "AP_SAT"
    kind = "ap_fixed" if signed else "ap_ufixed"
    _give(reader, node, f"{kind}<{width},{integer},{ROUNDINGS[mode]},{overflow}>")


def bipolar(reader: GraphReader, node: onnx.NodeProto) -> None:
    """Read a BipolarQuant of a constant."""
    scale = reader.constant(node.input[1], "scale")
    _check_scale(scale)
    if node.input[0] not in reader.constants:
        raise Unsupported(": quantises what is computed; only weights are read")
    values = reader.constant(node.input[0], "constant")
    _store(reader, node, np.where(values >= 0, 1.0, -1.0) * scale)


def part(reader: GraphReader, layer: str, name: str, constant: str, exact: bool = True) -> None:
    """Note the format of a part of a layer that is a quantised constant, `exact` as it is."""
    formats = reader.formats.setdefault(layer, {})
    if exact and constant in reader.grids:
        formats[name] = reader.grids[constant]
    else:
        formats.pop(name, None)


def _check_scale(scale: Array) -> None:
    if not (scale > 0).all() or (np.log2(scale) % 1).any():
        raise Unsupported(": its scale is no power of two, which a fixed-point format needs")


def _store(reader: GraphReader, node: onnx.NodeProto, values: Array) -> None:
    """Let the node's output be a constant; its format is the narrowest that holds all values."""
    reader.constants[node.output[0]] = values
    nonzero = np.abs(values[values != 0])
    if not nonzero.size:
        return
    fraction = 0
    while np.any(nonzero * 2.0**fraction % 1):
        fraction += 1
    while fraction > -64 and not np.any(nonzero * 2.0 ** (fraction - 1) % 1):
        fraction -= 1
    words = values * 2.0**fraction
    width = 1 + max(int(w).bit_length() for w in (words.max(), -words.min() - 1, 0))
    reader.grids[node.output[0]] = f"ap_fixed<{width},{width - fraction}>"


def _give(reader: GraphReader, node: onnx.NodeProto, text: str) -> None:
    """Let what is quantised have a format from the start."""
    value = reader.value(node.input[0])
    try:
        form = FixedPoint.parse(text)
    except ValueError as error:
        raise Unsupported(f": {error}") from None
    formats = reader.formats.setdefault(value.layer, {})
    if not value.exclusive:
        raise Unsupported(": what it quantises is read, or quantised, elsewhere as well")
    if formats.setdefault("result", str(form)) != str(form):
        raise Unsupported(": quantises again what is quantised already")
    reader.alias(node, value)
