"""hls4ml's configuration of every layer of a `Network`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..fixed_point import FixedPoint
from .layers import describe, weight_names
from .network import Activation, Input, Layer, Network, Pool, Recurrent, Relu, Weighted
from .tuning import Tuning, check_names, refuse

if TYPE_CHECKING:
    from .project import Settings


def layers(network: Network, settings: Settings) -> dict[str, dict[str, Any]]:
    """Return hls4ml's LayerName: layer to precisions, reuse factor and what else is set.

    Raises ModelError naming every setting that a layer does not have."""
    everything = (*network.inputs, *network.layers)
    problems = check_names(settings.layers, [layer.name for layer in everything])
    result = {}
    for layer in everything:
        before = {
            "Precision": _precisions(network, layer, str(settings.precision)),
            "ReuseFactor": settings.reuse,
            "Strategy": settings.model()["Strategy"],
        }
        tuning = settings.tuning(layer.name)
        if tuning != Tuning():
            problems += tuning.problems(layer.name, *_known(layer, settings.backend))
        result[layer.name] = tuning.entry(before)
    refuse(problems)
    return result


#: Parameters of activations, whose formats hls4ml 1.3 does not read from a configuration.
_CONSTANTS = ("param", "slope", "shift")


def weight_format(settings: Settings, network: Network, layer: Weighted, field: str) -> FixedPoint:
    """Return the format that a field of a layer's weights is stored in."""
    part = weight_names(layer)[field]
    given = settings.tuning(layer.name).formats([part]).get(part)
    given = given or network.formats.get(layer.name, {}).get(part)
    return FixedPoint.parse(given) if given else settings.precision


def _precisions(network: Network, layer: Input | Layer, precision: str) -> dict[str, str]:
    formats = dict(network.formats.get(layer.name, {}))
    if not isinstance(layer, Weighted):
        exact = bool(network.formats) and not isinstance(layer, Input | Activation)
        # hls4ml 1.3 adds averages up in the model's default format unless it is asked (see `sums`
        # for those over everything).
        sums = {"accum": "auto"} if isinstance(layer, Pool) and len(layer.result) > 1 else {}
        return {"result": "auto" if exact else precision, **sums, **formats}
    # hls4ml's "auto" is wide enough for every sum, so a Relu sees the true value. An output keeps
    # the network's own format: "auto" would make it 38 bits wide for ap_fixed<16,6>.
    readers = network.consumers(layer.name)
    exact = bool(readers) and layer.name not in network.outputs
    exact = exact and all(isinstance(reader, Relu) for reader in readers)
    exact = exact or (bool(network.formats) and not isinstance(layer, Recurrent))
    named = weight_names(layer).values()
    return dict.fromkeys(named, precision) | {
        "accum": "auto",
        "result": "auto" if exact else precision,
        **formats,
    }


def _known(layer: Input | Layer, backend: str) -> tuple[list[str], list[str]]:
    """Return the parts with a format and the options that hls4ml has for a layer."""
    # Imported late: it takes a while, and only few recipes need it.
    from hls4ml.backends import get_backend
    from hls4ml.model.attributes import TypeAttribute
    from hls4ml.model.layers import layer_map

    kind = layer_map[describe(layer)["class_name"]]
    parts, options = [], []
    for attribute in get_backend(backend).create_layer_class(kind).expected_attributes:
        name = attribute.name.removesuffix("_t")
        if isinstance(attribute, TypeAttribute):
            if name not in _CONSTANTS and name not in parts:
                parts.append(name)
        elif attribute.configurable and attribute.config_name not in ("ReuseFactor", "Trace"):
            options.append(attribute.config_name)
    return parts, options
