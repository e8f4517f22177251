"""Write a `Network` as an hls4ml project."""

from __future__ import annotations

import contextlib
import os
import shutil
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from ..errors import ModelError
from ..fixed_point import FixedPoint
from . import checks
from .layers import describe
from .layout import Layout
from .names import is_buildable, is_free, is_name
from .network import Network
from .sums import widen
from .tuning import Tuning, check_model, refuse, strategy

BACKENDS = ("Vitis", "Vivado")
IO_TYPES = ("io_parallel", "io_stream")
# What hls4ml prints; also the mark of a folder that may be written again.
LOG = "conversion.log"


@dataclass(frozen=True)
class Settings:
    """How a network becomes an hls4ml project; all of it is checked on construction.

    `clock_ns` is the clock period in nanoseconds, `reuse` hls4ml's reuse factor. `layers` are
    settings of single layers, `hls4ml` its own options of the model. Raises ModelError.
    """

    name: str
    part: str
    clock_ns: float
    precision: FixedPoint
    reuse: int
    io_type: str
    backend: str
    layers: Mapping[str, Tuning] = field(default_factory=dict)
    hls4ml: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not is_name(self.name) or not is_free(self.name) or not is_buildable(self.name):
            raise ModelError(
                f"project name {self.name!r}: must be a letter followed by letters, digits and "
                "underscores, and mean nothing to C++ or hls4ml"
            )
        if not is_name(self.part.replace("-", "_")):
            raise ModelError(f"part {self.part!r}: not a part name such as xc7z020clg400-1")
        if not 0 < self.clock_ns < float("inf"):
            raise ModelError(f"clock period {self.clock_ns}: must be a positive number of ns")
        if self.precision.overflow == "WRAP_SM":
            raise ModelError(f"precision {self.precision}: hls4ml 1.3 cannot write AP_WRAP_SM")
        if self.reuse < 1:
            raise ModelError(f"reuse factor {self.reuse}: must be 1 or more")
        for what, value, known in (
            ("io type", self.io_type, IO_TYPES),
            ("backend", self.backend, BACKENDS),
        ):
            if value not in known:
                raise ModelError(f"{what} {value!r}: accepted are {', '.join(known)}")
        refuse(check_model(self.hls4ml))

    @classmethod
    def of(
        cls,
        *,
        name: str,
        part: str,
        clock_ns: float,
        precision: str = "ap_fixed<16,6>",
        reuse: int = 1,
        io_type: str = "io_parallel",
        backend: str = "Vitis",
        layers: Mapping[str, Tuning] | None = None,
        hls4ml: Mapping[str, Any] | None = None,
    ) -> Settings:
        """Return the settings of a conversion.

        `name` becomes the project's and the C function's name, `clock_ns` its clock period in ns,
        `precision` the format of what the network does not quantise itself. Raises ModelError.
        """
        try:
            read = FixedPoint.parse(precision)
        except ValueError as error:
            raise ModelError(f"precision {error}") from None
        return cls(name, part, clock_ns, read, reuse, io_type, backend, layers or {}, hls4ml or {})

    def tuning(self, name: str) -> Tuning:
        """Return the settings of a layer."""
        return self.layers.get(name, Tuning())

    def backend_options(self) -> dict[str, Any]:
        """Return what hls4ml is told of tools and device."""
        clock = self.clock_ns
        return {
            "project_name": self.name,
            "backend": self.backend,
            "part": self.part,
            "clock_period": int(clock) if clock == int(clock) else clock,
            "io_type": self.io_type,
        }

    def model(self) -> dict[str, Any]:
        """Return what hls4ml is told of the whole model."""
        own = {
            "Precision": {"default": str(self.precision)},
            "ReuseFactor": self.reuse,
            "Strategy": strategy(self.reuse),
        }
        return {**own, **self.hls4ml}


def write(
    path: Path,
    network: Network,
    folder: Path,
    settings: Settings,
    configuration: dict[str, dict[str, Any]],
) -> None:
    """Write the hls4ml project of `network`, read from `path`, replacing an earlier one of ours.

    `configuration` is hls4ml's of every layer. Nothing is compiled. What hls4ml prints goes to
    ``conversion.log``, behind the network's notes. Apart from hls4ml's random stamp and the
    folder's own path in ``hls4ml_config.yml`` the files depend on the arguments alone. Raises
    ModelError where the folder holds something else, or where hls4ml does not build what is asked.
    """
    checks.check(network, settings.io_type, configuration)
    build = partial(_graph, network, folder, settings, configuration)
    graph = written(path, network.notes, folder, settings, build)
    _layout(network, graph).write(folder)


def written(
    path: Path, notes: Iterable[str], folder: Path, settings: Settings, build: Callable[[], Any]
) -> Any:
    """Return the graph that `build` makes with hls4ml, written into `folder`; what is printed goes
    to the log, behind `notes`.

    Raises ModelError where the folder holds something else, and as `build` does."""
    _clear(folder)
    with (folder / LOG).open("w", encoding="utf-8") as log:
        print(f"converted from {path}", *notes, sep="\n", file=log, flush=True)
        with _quiet(log):
            graph = build()
            given = {name for name, tuning in settings.layers.items() if tuning.formats(["accum"])}
            widen(graph, settings.backend, given)
            graph.write()
    return graph


def _layout(network: Network, graph: Any) -> Layout:
    # hls4ml keeps the order of what it was given, where its passes replace layers as well.
    inputs = [variable.name for variable in graph.get_input_variables()]
    outputs = [variable.name for variable in graph.get_output_variables()]
    given = [entry.given for entry in network.inputs]
    return Layout(
        dict(zip(inputs, given, strict=True)), dict(zip(outputs, network.given, strict=True))
    )


def _clear(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise ModelError(f"{folder}: is a file; name a folder for the hls4ml project")
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / LOG).is_file():
            raise ModelError(f"{folder}: holds other files; name an empty folder for the project")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Drop what packages print that are not asked for anything yet."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere, _quiet(nowhere):
        yield


@contextlib.contextmanager
def _quiet(log: Any) -> Iterator[None]:
    """Send what hls4ml prints, and what its dependencies warn about, to `log`."""
    with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield


def _graph(
    network: Network, folder: Path, settings: Settings, layers: dict[str, dict[str, Any]]
) -> Any:
    # Imported late: it takes a while, and only this step needs it.
    from hls4ml.model.graph import ModelGraph
    from hls4ml.utils.config import create_config

    config = create_config(output_dir=str(folder), **settings.backend_options())
    config["HLSConfig"] = {"Model": settings.model(), "LayerName": layers}
    described = [describe(layer) for layer in (*network.inputs, *network.layers)]
    names = [entry.name for entry in network.inputs]
    return ModelGraph.from_layer_list(config, described, names, list(network.outputs))
