"""The outcome of a run: outputs against expectations, and what was or could not be measured."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

Arrays = dict[str, "np.ndarray[Any, Any]"]

#: What only a board can tell, by the names of the report's fields; null without one.
NOT_MEASURED = ("latency_us", "throughput_per_s")
#: What nobody knows before the real tools have run, and what they do not tell either.
TOOLS_TELL = ("HLS", "synthesis", "resources", "timing")
NOBODY_TELLS = ("power",)


def not_verified(origin: str, virtual: bool = True, built: bool = True) -> list[str]:
    """Return what is not known of products of an origin, before they have run on a board or after
    they have run on a virtual one; of a real one, what it may have left unmeasured. Before
    anything is ``built``, the tools have told nothing."""
    tools = TOOLS_TELL if origin == "standin" or not built else ()
    return [*tools, *NOBODY_TELLS, *(("silicon",) if virtual else ()), *NOT_MEASURED]


@dataclass(frozen=True)
class Mismatch:
    """The first element that differs."""

    output: str
    sample: int
    index: tuple[int, ...]
    expected: float
    got: float

    def __str__(self) -> str:
        place = ", ".join(map(str, self.index))
        where = f"{self.output}[{place}] of sample {self.sample}"
        return f"{where}: {self.got!r}, expected {self.expected!r}"


@dataclass(frozen=True)
class Comparison:
    """How outputs and expectations agree, sample by sample, to the last bit."""

    samples: int
    bit_exact: int
    mismatches: int
    first: Mismatch | None

    def __str__(self) -> str:
        return f"{self.bit_exact}/{self.samples} bit-exact"


def compare(got: Arrays, expected: Arrays) -> Comparison:
    """Compare outputs with expectations, element by element, without a tolerance.

    Both map names to arrays (samples, ...) of the same shapes; values are compared as float64,
    which holds every format up to 53 bits. A NaN differs from everything. Raises ValueError where
    names or shapes differ."""
    if got.keys() != expected.keys():
        raise ValueError(f"outputs {sorted(got)} cannot be compared with {sorted(expected)}")
    samples = {len(values) for values in (*got.values(), *expected.values())}
    if len(samples) != 1:
        raise ValueError(f"numbers of samples differ: {sorted(samples)}")
    count = samples.pop()
    wrong = np.zeros(count, bool)
    first: Mismatch | None = None
    elements = 0
    for name, want in expected.items():
        have = np.asarray(got[name], np.float64)
        want = np.asarray(want, np.float64)
        if have.shape != want.shape:
            raise ValueError(f"output {name} has shape {have.shape}, expected is {want.shape}")
        different = have != want
        elements += int(np.count_nonzero(different))
        wrong |= different.reshape(count, -1).any(axis=1)
        for sample, *index in np.argwhere(different)[:1].tolist():
            if first is None or sample < first.sample:
                at = (sample, *index)
                first = Mismatch(name, sample, tuple(index), float(want[at]), float(have[at]))
    return Comparison(count, count - int(wrong.sum()), elements, first)


def accuracy(outputs: Arrays, labels: np.ndarray[Any, Any]) -> float:
    """Return the share of samples whose largest output is the labelled one."""
    (values,) = outputs.values()
    return float(np.mean(values.reshape(len(values), -1).argmax(axis=1) == labels))


@dataclass(frozen=True)
class Report:
    """Everything a run tells; ``report.json`` has the same names. Null is "not known", and
    ``not_verified`` says why."""

    board: str
    target: str
    connection: str
    origin: str
    until: str
    folder: str
    samples: int | None = None
    inputs: str = ""
    expected: str = ""
    shows: str = ""
    notes: list[str] = field(default_factory=list)
    bit_exact: int | None = None
    mismatches: int | None = None
    first_mismatch: dict[str, Any] | None = None
    accuracy: float | None = None
    accuracy_float: float | None = None
    fixed_to_float: dict[str, Any] | None = None
    latency_us: dict[str, float] | None = None
    throughput_per_s: float | None = None
    simulation_s: float | None = None
    clock_mhz: float | None = None
    bytes_per_sample: dict[str, float] = field(default_factory=dict)
    design_id: str = ""
    timing: dict[str, Any] | None = None
    utilization: dict[str, Any] | None = None
    hls: dict[str, Any] | None = None
    products: dict[str, str] = field(default_factory=dict)
    tools: dict[str, str] = field(default_factory=dict)
    not_verified: list[str] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write ``report.json``."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


def percentiles(latencies: list[float]) -> dict[str, float] | None:
    """Return median, p95 and p99 of latencies in us, or None for none."""
    if not latencies:
        return None
    values = np.percentile(latencies, (50, 95, 99)).tolist()
    return dict(zip(("median", "p95", "p99"), values, strict=True))
