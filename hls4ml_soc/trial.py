"""A run on a board: samples go there, what comes back is compared."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from .board import Board
from .bundle import Bundle
from .connections import Connection
from .errors import MismatchError, ModelError
from .execute import Progress
from .report import Arrays, Report, accuracy, compare, not_verified, percentiles

#: Samples of a trial, as a bundle carries them; at most so many bytes of numbers.
FILE, MOST_BYTES = "samples.npz", 1 << 24
#: What a run of a bundle exercises.
SHIPPED = "the bundle's hardware and software"


@dataclass(frozen=True)
class Trial:
    """Samples, what a board has to give for them, and whose word that is.

    ``origin`` says where the samples are from, ``shipped`` what of ours a virtual run exercises."""

    inputs: Arrays
    expected: Arrays
    origin: str
    whose: str
    shipped: str
    labels: np.ndarray[Any, Any] | None = None
    floats: Arrays | None = None

    @property
    def samples(self) -> int:
        """How many there are."""
        return len(next(iter(self.inputs.values())))

    def file(self) -> dict[str, bytes]:
        """Return ``samples.npz``, the first of the samples, for a bundle: equal samples give equal
        bytes."""
        sides = {"input": self.inputs, "expected": self.expected}
        arrays = {f"{side}/{n}": x for side, of in sides.items() for n, x in of.items()}
        if self.labels is not None:
            arrays["labels"] = self.labels
        count = max(1, MOST_BYTES // max(1, sum(x[:1].nbytes for x in arrays.values())))
        content = io.BytesIO()
        np.savez(content, **{name: x[:count] for name, x in arrays.items()})
        return {FILE: content.getvalue()}

    @classmethod
    def read(cls, bundle: Bundle) -> Trial:
        """Return the trial that a bundle carries.

        Raises ModelError for a bundle without samples."""
        path = bundle.folder / FILE
        if not path.is_file():
            raise ModelError(
                f"{bundle.where} holds no {FILE}: give samples with --input and --expect"
            )
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = dict(file)
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise ModelError(f"{bundle.where}: {FILE} is no .npz of numbers: {error}") from None
        sides: dict[str, Arrays] = {"input": {}, "expected": {}}
        for name, values in arrays.items():
            side, _, tensor = name.partition("/")
            if side in sides:
                sides[side][tensor] = values
        for side, key in (("input", "inputs"), ("expected", "outputs")):
            if sides[side].keys() != {each["name"] for each in bundle.described[key]}:
                raise ModelError(f"{bundle.where}: {FILE} does not hold the network's {key}")
        return cls(
            sides["input"],
            sides["expected"],
            FILE,
            "the bundle's expectation",
            SHIPPED,
            arrays.get("labels"),
        )

    def run(
        self,
        report: Report,
        bundle: Bundle,
        board: Board,
        connection: Connection,
        folder: Path,
        progress: Progress,
        witness: Callable[[Arrays], None] | None = None,
    ) -> Report:
        """Compute the samples on a board and write ``report.json`` into a folder. A ``witness`` is
        shown the outputs.

        Raises MismatchError after that, where one bit differs; SocError as the connection does."""
        with progress.step(f"{board.name} ({connection.name})") as remark:
            started = time.perf_counter()
            came = connection.run(bundle, board, self.inputs, folder / "run", remark)
            seconds = time.perf_counter() - started
            if witness is not None:
                witness(came.outputs)
            comparison = compare(came.outputs, self.expected)
            remark(str(comparison))
        first, virtual = comparison.first, connection.virtual
        report = replace(
            report,
            connection=connection.name,
            samples=comparison.samples,
            inputs=self.origin,
            expected=self.whose,
            shows="" if comparison.first else self._shows(board, virtual),
            bit_exact=comparison.bit_exact,
            mismatches=comparison.mismatches,
            first_mismatch=asdict(first) if first else None,
            accuracy=self._right(came.outputs),
            accuracy_float=self._right(self.floats),
            **self._times(came.noted, seconds, virtual),
        )
        told = asdict(report)
        unknown = [name for name in not_verified(report.origin, virtual) if told.get(name) is None]
        report = replace(report, not_verified=unknown)
        report.write(folder / "report.json")
        if first:
            wrong = comparison.samples - comparison.bit_exact
            raise MismatchError(
                f"{wrong} of {comparison.samples} samples differ from {self.whose}; the first: "
                f"{first}"
            )
        return report

    def _shows(self, board: Board, virtual: bool) -> str:
        what = self.shipped if virtual else f"this {board.name}"
        return f"on {self.samples} samples {what} agree with {self.whose}"

    def _right(self, outputs: Arrays | None) -> float | None:
        if self.labels is None or outputs is None:
            return None
        return accuracy(outputs, self.labels)

    def _times(self, noted: Mapping[str, Any], seconds: float, virtual: bool) -> dict[str, Any]:
        clock = {"clock_mhz": noted["clock_mhz"]} if noted.get("clock_mhz") else {}
        if virtual:  # no time of a model says anything about hardware
            return {**clock, "simulation_s": seconds}
        took = noted.get("seconds")
        return {
            **clock,
            "latency_us": percentiles(noted.get("latency_us", [])),
            "throughput_per_s": self.samples / took if took else None,
        }
