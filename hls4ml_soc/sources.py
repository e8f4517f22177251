"""What can be deployed: a network file, an hls4ml project, or a loopback."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from . import __version__, frontends, loopback, samples
from .accelerator import Accelerator
from .board import Board
from .errors import ModelError
from .execute import Progress
from .frontends import layout
from .frontends.layout import Layout
from .frontends.names import network_name
from .frontends.project import LOG, Settings
from .options import Options
from .reference import Reference
from .report import Arrays
from .targets import numpy_network
from .toolchains import versions

#: Options of the conversion by hls4ml, with what is taken where they are not given.
CONVERSION = {"precision": "ap_fixed<16,6>", "reuse": 1, "io_type": "io_parallel"}
#: More of them, which only a recipe has.
TUNING = ("layers", "hls4ml")


class Source(Protocol):
    """What is deployed, and the truth about what it computes."""

    suffix: str  # of the output folder
    unused: ClassVar[tuple[str, ...]]  # what of ours a run of it does not exercise

    def accelerator(
        self, folder: Path, board: Board, options: Options, progress: Progress
    ) -> Accelerator:
        """Make or take the hls4ml project in a folder, and read it.

        Raises ModelError.
        """

    def samples(self, accelerator: Accelerator) -> tuple[Arrays, str]:
        """Return inputs for a run to which none were given, and what they are."""

    def expected(
        self, accelerator: Accelerator, inputs: Arrays, scratch: Path, progress: Progress
    ) -> tuple[Arrays, str]:
        """Return what the board has to give, and whose word that is."""

    def layout(self, accelerator: Accelerator) -> Layout:
        """Return names and layout of the tensors in what the user has, where they differ."""

    def floats(self, accelerator: Accelerator, inputs: Arrays) -> list[Any] | None:
        """Return what the network computes in floating point, outputs in the accelerator's order
        and layout, or None where nobody knows."""

    def weights(self) -> bytes | None:
        """Return ``network.npz``, the network for numpy, or None where that cannot be said."""


class Emulated:
    """What hls4ml's own emulation tells the truth about."""

    suffix = ""
    unused: ClassVar[tuple[str, ...]] = ()

    def layout(self, accelerator: Accelerator) -> Layout:
        """Return what the project says of the network that it was made from."""
        return Layout.read(accelerator.project)

    def samples(self, accelerator: Accelerator) -> tuple[Arrays, str]:
        """Return random inputs, the same every time."""
        return samples.random(accelerator.inputs), "random, seed 0"

    def expected(
        self, accelerator: Accelerator, inputs: Arrays, scratch: Path, progress: Progress
    ) -> tuple[Arrays, str]:
        """Return the outputs of hls4ml's emulation.

        Raises ToolError if it does not compile.
        """
        with progress.step("hls4ml emulation"):
            reference = Reference(accelerator, scratch)
            values = reference.predict([inputs[t.name] for t in accelerator.inputs])
        names = (tensor.name for tensor in accelerator.outputs)
        return dict(zip(names, values, strict=True)), "hls4ml's emulation"


@dataclass(frozen=True)
class Network(Emulated):
    """A network file, which a front end converts."""

    path: Path
    front_end: frontends.FrontEnd

    def accelerator(
        self, folder: Path, board: Board, options: Options, progress: Progress
    ) -> Accelerator:
        """Convert the network, unless the same has been converted with the same settings."""
        settings = {
            "name": network_name(self.path.stem),
            "part": board.part,
            "clock_ns": 1000 / board.clock.mhz,
            **{name: _given(options, name) for name in CONVERSION},
            **{name: dict(getattr(options, name) or {}) for name in TUNING},
        }
        if options.release:
            settings["backend"] = versions.backend(options.release)
        with progress.step("hls4ml conversion") as remark:
            key, note = self._key(settings), folder.with_name(f"{folder.name}.key")
            if key and folder.is_dir() and note.is_file() and note.read_text() == key:
                remark("unchanged")
            else:
                note.unlink(missing_ok=True)
                self.front_end.convert(self.path, folder, Settings.of(**settings))
                note.write_text(key)
            # The first line names the file; others of ours come before what hls4ml prints.
            for line in (folder / LOG).read_text(encoding="utf-8").splitlines()[1:]:
                remark(line)
        return Accelerator.read(folder)

    def floats(self, accelerator: Accelerator, inputs: Arrays) -> list[Any] | None:
        """Compute the network itself, whose tensors may be ordered otherwise in the file."""
        layout = self.layout(accelerator)
        given = [entry.restored(inputs[tensor]) for tensor, entry in layout.inputs.items()]
        computed = dict(zip(layout.outputs, self.front_end.evaluate(self.path, given), strict=True))
        return [
            layout.outputs[t.name].stored(computed[t.name], t.shape) for t in accelerator.outputs
        ]

    def weights(self) -> bytes | None:
        """Return the weights of a plain dense network."""
        return numpy_network.from_onnx(self.path)

    def _key(self, settings: dict[str, Any]) -> str:
        """Return what a conversion depends on; nothing where that is more than one file."""
        content = self.path.read_bytes()
        if b"external_data" in content or b"location" in content:
            return ""  # weights in files beside the network
        # A project from before there were layouts is none of ours any more.
        told = [__version__, layout.FILE, hashlib.sha256(content).hexdigest(), settings]
        text = json.dumps(told, sort_keys=True, default=asdict)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Project(Emulated):
    """An hls4ml project as it lies on disk."""

    path: Path

    def accelerator(
        self, folder: Path, board: Board, options: Options, progress: Progress
    ) -> Accelerator:
        """Copy what HLS and the emulation need; the user's project is never written to."""
        Accelerator.read(self.path)
        shutil.rmtree(folder, ignore_errors=True)
        unneeded = shutil.ignore_patterns("*_prj", "*.so", "tb_data", "*.tar.gz")
        shutil.copytree(self.path, folder, ignore=unneeded)
        return Accelerator.read(folder)

    def floats(self, accelerator: Accelerator, inputs: Arrays) -> None:
        """Return None: a project does not say what it was made from."""

    def weights(self) -> None:
        """Return None: its weights are rounded already."""


@dataclass(frozen=True)
class Loopback:
    """A FIFO in the network's place."""

    suffix = "-loopback"
    unused: ClassVar[tuple[str, ...]] = ("wrapper",)

    def accelerator(
        self, folder: Path, board: Board, options: Options, progress: Progress
    ) -> Accelerator:
        """Return the loopback of the board."""
        return loopback.Loopback.on(board)

    def layout(self, accelerator: Accelerator) -> Layout:
        """Return an empty one: words have no layout."""
        return Layout({}, {})

    def samples(self, accelerator: Accelerator) -> tuple[Arrays, str]:
        """Return words in which every bit changes."""
        return loopback.samples(), "random words"

    def expected(
        self, accelerator: Accelerator, inputs: Arrays, scratch: Path, progress: Progress
    ) -> tuple[Arrays, str]:
        """Return what was sent."""
        return loopback.expected(inputs), "what was sent"

    def floats(self, accelerator: Accelerator, inputs: Arrays) -> None:
        """Return None: nothing is computed."""

    def weights(self) -> None:
        """Return None: there are none."""


def resolve(network: Path | None, options: Options) -> Source:
    """Find out what is to be deployed.

    Raises ModelError for what is no network, and for an option that could not be honoured.
    """
    if options.loopback:
        if network is not None:
            raise ModelError("--loopback takes no network: a FIFO stands in its place")
        _refuse(options, ("input", "labels", "expect", *CONVERSION, *TUNING), "a loopback")
        return Loopback()
    if network is None:
        raise ModelError("there is no network to deploy")
    found = frontends.read(network)
    if found.front_end is not None:
        return Network(found.path, found.front_end)
    done = "an hls4ml project, which has been converted already,"
    _refuse(options, (*CONVERSION, *TUNING), done)
    return Project(found.path)


def _refuse(options: Options, names: Iterable[str], what: str) -> None:
    for name in names:
        if getattr(options, name) is not None:
            word = f"'{name}' of a recipe" if name in TUNING else f"--{name.replace('_', '-')}"
            raise ModelError(f"{what} takes no {word}")


def _given(options: Options, name: str) -> Any:
    value = getattr(options, name)
    return CONVERSION[name] if value is None else value
