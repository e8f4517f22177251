"""What a user sets for single layers, and hls4ml's own options: checked, and written into its
configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import ModelError
from ..fixed_point import FixedPoint
from ..record import suggestion

#: hls4ml's strategies, as it spells them in configurations.
STRATEGIES = ("Latency", "Resource", "ResourceUnrolled", "DistributedArithmetic")
#: Options of the whole model that hls4ml 1.3 reads beside precision and reuse factor.
MODEL = (
    *("ConvImplementation", "Compression", "PipelineInterval", "PipelineStyle", "Strategy"),
    "TargetCycles",
)
#: Read for every layer by name, without being attributes of one.
_EVERY = ("Compression", "ConvImplementation", "TargetCycles")
_OWN = {"Precision": "precision", "ReuseFactor": "reuse", "Strategy": "strategy"}
#: Parts whose format hls4ml can find by itself.
_AUTOMATIC = ("accum", "result")


@dataclass(frozen=True)
class Tuning:
    """The settings of one layer; what is not given is left as it is.

    `precision` is one format, for all but the sums, or one each of hls4ml's names: weight, bias,
    accum, result and so on. `hls4ml` are options under hls4ml's names, such as
    ParallelizationFactor."""

    precision: str | dict[str, str] | None = None
    reuse: int | None = None
    strategy: str | None = None
    hls4ml: dict[str, Any] = field(default_factory=dict)

    def formats(self, parts: Iterable[str]) -> dict[str, str]:
        """Return the formats that are given, of the parts that a layer has."""
        if self.precision is None:
            return {}
        if isinstance(self.precision, str):
            return {part: self.precision for part in parts if part != "accum"}
        return dict(self.precision)

    def problems(self, layer: str, parts: Iterable[str], options: Iterable[str]) -> list[str]:
        """Return what is wrong with the settings of a layer with certain parts and options."""
        found = []
        if isinstance(self.precision, dict):
            found += [
                f"precision of layer '{layer}': it has no '{part}'{suggestion(part, parts)}"
                for part in self.precision
                if part not in parts
            ]
        for part, text in self.formats(parts).items():
            if not (text == "auto" and part in _AUTOMATIC):
                found += [f"layer '{layer}': {reason}" for reason in _unreadable(text)]
        if self.reuse is not None and self.reuse < 1:
            found.append(f"layer '{layer}': reuse factor {self.reuse}: must be 1 or more")
        if self.strategy is not None and self.strategy not in STRATEGIES:
            known = suggestion(self.strategy, STRATEGIES)
            found.append(f"layer '{layer}': unknown strategy '{self.strategy}'{known}")
        for option in self.hls4ml:
            if option in _OWN:
                found.append(f"layer '{layer}': say '{_OWN[option]}' instead of hls4ml's {option}")
            elif option not in (known_options := {*options, *_EVERY}):
                known = suggestion(option, known_options)
                found.append(f"layer '{layer}': hls4ml knows no '{option}' of it{known}")
        return found

    def entry(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return an entry of hls4ml's LayerName with these settings in it."""
        formats = self.formats(before["Precision"])
        # hls4ml 1.3 reads the formats of tables elsewhere than those of weights and results.
        tables = {f"{part}_t": text for part, text in formats.items() if part.endswith("table")}
        others = {part: text for part, text in formats.items() if not part.endswith("table")}
        precision = {**before["Precision"], **others}
        entry = {**before, "Precision": precision, **tables, **self.hls4ml}
        if self.reuse is not None:
            entry["ReuseFactor"] = self.reuse
            entry["Strategy"] = strategy(self.reuse)
        if self.strategy is not None:
            entry["Strategy"] = self.strategy
        return entry


def strategy(reuse: int) -> str:
    """Return hls4ml's strategy for a reuse factor where none is given."""
    # Latency builds the weights into the logic; reused multipliers want them as data.
    return "Latency" if reuse == 1 else "Resource"


def check_names(layers: Mapping[str, Tuning], known: Iterable[str]) -> list[str]:
    """Return what is wrong with the names of layers."""
    names = list(known)
    return [
        f"there is no layer '{name}'{suggestion(name, names)}"
        for name in layers
        if name not in names
    ]


def check_model(options: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with options of the whole model."""
    found = []
    for option, value in options.items():
        if option in ("Precision", "ReuseFactor"):
            found.append(f"hls4ml: say '{_OWN[option]}' instead of hls4ml's {option}")
        elif option not in MODEL:
            found.append(f"hls4ml knows no '{option}' of a model{suggestion(option, MODEL)}")
        elif option == "Strategy" and value not in STRATEGIES:
            known = suggestion(str(value), STRATEGIES)
            found.append(f"hls4ml: unknown strategy '{value}'{known}")
    return found


def refuse(problems: list[str]) -> None:
    """Raise ModelError with all problems where there are any."""
    if problems:
        raise ModelError("; ".join(problems))


def _unreadable(text: str) -> list[str]:
    try:
        read = FixedPoint.parse(text)
    except ValueError as error:
        return [f"precision {error}"]
    return [f"precision {text}: hls4ml 1.3 cannot write it"] if read.overflow == "WRAP_SM" else []
