"""hls4ml's own C++ emulation of a network: the truth that every board is compared with."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from . import batches, processes
from .accelerator import Accelerator, Tensor
from .errors import ModelError, ToolError

Array = npt.NDArray[np.float64]

# hls4ml draws a new one every time it writes a project.
_STAMP = re.compile(rb"^LIB_STAMP=.*$", re.MULTILINE)
_ERROR = re.compile(r"^.*\b(?:fatal )?error: .*$", re.MULTILINE)
_WEIGHTS = re.compile(r'load_\w*weights_from_txt<[^>]*>\(\w+,\s*"([^"]+)"\)')


class Reference:
    """The emulation library of one project, built like ``hls_model.compile()`` and loaded."""

    def __init__(self, accelerator: Accelerator, scratch: Path) -> None:
        """Build in a folder beneath ``scratch/emulation``; the project itself is only read.

        A library that is there from an earlier run of the same sources is taken as it is. Building
        takes 3.5 s for a small network, most of it hls4ml's headers. Raises ToolError where g++ is
        missing or fails, ModelError where files of the project are missing.
        """
        self.accelerator = accelerator
        # One folder per network: the C library takes a path that it has loaded before for the same
        # library, whatever the file there now holds.
        self._folder = scratch.absolute() / "emulation" / self._key()
        library = self._build()
        # Before 1.1 copies of a library have their static variables in common.
        script = (self._folder / "build_lib.sh").read_text(encoding="utf-8")
        most = None if "-fno-gnu-unique" in script else 1
        self._batches = batches.Batches(library, self._load_weights, most)
        #: The library as it is loaded; threads beside the first have copies of their own.
        self.library = self._batches.library

    def predict(self, inputs: Sequence[npt.ArrayLike]) -> list[Array]:
        """Run samples through the network; return float64 outputs (N, *shape), as C orders them.

        `inputs` are arrays (N, *shape) in the order of `Accelerator.inputs`, or flat: (N, size).
        The numbers are those of ``hls_model.predict``, which drops the batch dimension of a single
        sample and the shape of every output. Raises ModelError for another number of inputs,
        shapes that do not fit, and values that are NaN or infinite.
        """
        tensors = self.accelerator.inputs
        if len(inputs) != len(tensors):
            names = ", ".join(tensor.name for tensor in tensors)
            raise ModelError(f"{len(inputs)} inputs given, the network has {len(tensors)}: {names}")
        pairs = zip(tensors, inputs, strict=True)
        given = [_samples(tensor, np.asarray(values)) for tensor, values in pairs]
        counts = {len(values) for values in given}
        if len(counts) > 1:
            raise ModelError(f"the inputs have different numbers of samples: {sorted(counts)}")
        wanted = self.accelerator.outputs
        outputs = [np.zeros((len(given[0]), tensor.size)) for tensor in wanted]
        self._batches.run([*given, *outputs])
        return [y.reshape(-1, *t.shape) for y, t in zip(outputs, wanted, strict=True)]

    def _load_weights(self, loop: Any) -> None:
        """Make a library's first call; before 1.1 hls4ml has weights beneath the current folder."""
        with _inside(self._folder / "firmware"):
            batches.call(loop, [np.zeros((1, size)) for size in self._sizes()])

    def _sizes(self) -> list[int]:
        return [tensor.size for tensor in (*self.accelerator.inputs, *self.accelerator.outputs)]

    def _sources(self) -> list[Path]:
        """Return what the emulation is built from besides the firmware; all of it exists."""
        project, name = self.accelerator.project, self.accelerator.name
        parts = [project / f"{name}_bridge.cpp", project / "build_lib.sh"]
        source = (project / "firmware" / f"{name}.cpp").read_text(encoding="utf-8")
        weights = [project / "firmware" / "weights" / name for name in _WEIGHTS.findall(source)]
        for path in (*parts, *weights):
            if not path.is_file():
                # The emulation ends the whole process when it does not find its weights.
                raise ModelError(f"{path}: missing; let hls4ml write the project again")
        return parts

    def _key(self) -> str:
        key = hashlib.sha256(self.accelerator.digest().encode())
        key.update(self._loop().encode())
        for path in self._sources():
            key.update(_STAMP.sub(b"", path.read_bytes()))
        return key.hexdigest()[:16]

    def _loop(self) -> str:
        return batches.loop_source(self.accelerator.name, self._sizes())

    def _build(self) -> Path:
        """Return the path of the library, built if it is not there."""
        if re.search(r'["\\\n]', str(self._folder)):
            raise ToolError(
                f"{self._folder}: hls4ml's build_lib.sh cannot work in a folder whose path has a "
                "quote, a backslash or a line end; choose another output folder"
            )
        complete = self._folder / "complete"
        if not complete.is_file():
            self._compile()
            complete.touch()
        return next((self._folder / "firmware").glob(f"{self.accelerator.name}-*.so"))

    def _compile(self) -> None:
        for tool in ("bash", "g++"):
            if shutil.which(tool) is None:
                raise ToolError(f"{tool} is missing; it compiles hls4ml's emulation: install it")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        for path in self._sources():
            shutil.copy(path, self._folder)
        with (self._folder / f"{self.accelerator.name}_bridge.cpp").open("a") as bridge:
            bridge.write(self._loop())
        shutil.copytree(
            self.accelerator.project / "firmware",
            self._folder / "firmware",
            ignore=shutil.ignore_patterns("*.so"),
        )
        log = self._folder / "build.log"
        code = processes.run(["bash", "./build_lib.sh"], self._folder, log)
        libraries = list((self._folder / "firmware").glob(f"{self.accelerator.name}-*.so"))
        # Before 1.3 build_lib.sh goes on after an error of the compiler.
        if code or len(libraries) != 1:
            error = _ERROR.search(log.read_text(encoding="utf-8", errors="replace"))
            reason = error[0].strip() if error else f"build_lib.sh ended with {code}"
            raise ToolError(f"hls4ml's emulation does not compile: {reason}; see {log}")


def _samples(tensor: Tensor, values: npt.NDArray[Any]) -> Array:
    """Return (N, size) float64, contiguous."""
    if values.dtype.kind not in "fiub":
        raise ModelError(f"input {tensor.name}: {values.dtype} is not a numeric type")
    if values.shape[1:] not in (tensor.shape, (tensor.size,)) or not values.ndim:
        wanted = ", ".join(map(str, ("N", *tensor.shape)))
        raise ModelError(f"input {tensor.name}: has the shape {values.shape}, not ({wanted})")
    rows = np.ascontiguousarray(values.reshape(len(values), tensor.size), dtype=np.float64)
    if not np.isfinite(rows).all():
        where = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
        raise ModelError(f"input {tensor.name}: sample {where} has values that are not finite")
    return rows


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Make `folder` the current one for a while."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
