"""What hls4ml produced: the network's C++ function, its tensors and number formats."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .errors import ModelError
from .fixed_point import FixedPoint
from .frontends import project_files
from .frontends.names import is_buildable, is_name
from .frontends.project_files import Argument, Header

BACKENDS = {"vitis": "Vitis", "vivado": "Vivado"}
_UNCERTAINTY = re.compile(r"(\d+\.?\d*|\.\d+)\s*(%|ns)?")
_LANES = re.compile(r"nnet::array\s*<\s*(.+)\s*,\s*([\w\s*/]+)>")


@dataclass(frozen=True)
class Tensor:
    """One input or output: C name, shape without the batch, number format and C++ type.

    On an ``io_stream`` interface one word carries `lanes` elements; on ``io_parallel`` it is 1.
    """

    name: str
    shape: tuple[int, ...]
    precision: FixedPoint
    type_name: str
    lanes: int = 1

    @property
    def size(self) -> int:
        """Elements of one sample."""
        return math.prod(self.shape)

    @property
    def words(self) -> int:
        """Words of one sample on an ``io_stream`` interface."""
        return self.size // self.lanes


@dataclass(frozen=True)
class Accelerator:
    """An hls4ml project: top function `name`, tensors in the order of its arguments.

    `clock_ns` is the clock period in nanoseconds, `backend` "Vitis" or "Vivado", `namespace` the
    C++ namespace of function and types, "" if there is none. `clock_uncertainty` is the part of the
    period that HLS keeps free, in ns or with "%" (UG1399); "" leaves it to the tool.
    """

    name: str
    io_type: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    clock_ns: float
    part: str
    backend: str
    namespace: str
    project: Path
    clock_uncertainty: str = ""

    @classmethod
    def read(cls, folder: Path) -> Accelerator:
        """Read the project in `folder` from its files alone.

        Raises ModelError naming the file and what is wrong with it: not an hls4ml project, a
        backend that is not for Xilinx devices, a declaration that cannot be read, floating-point
        tensors, weights that are arguments of the function (hls4ml's BramFactor).
        """
        config_file = folder / "hls4ml_config.yml"
        if not config_file.is_file() or not (folder / "project.tcl").is_file():
            raise ModelError(
                f"{folder}: not an hls4ml project of the Vitis or Vivado backend; it has no "
                "hls4ml_config.yml beside a project.tcl"
            )
        tcl = project_files.read_tcl(folder / "project.tcl")
        config = project_files.read_config(config_file)
        name = _name(folder, tcl)
        backend = _backend(folder, tcl, config)
        firmware = folder / "firmware"
        for needed in (f"{name}.cpp", "parameters.h"):
            project_files.read_text(firmware / needed)
        macros, types = project_files.read_defines(firmware / "defines.h")
        header = project_files.read_header(firmware / f"{name}.h", name, macros)
        tensors = _Tensors(folder, name, header, types, macros)
        inputs, outputs = tensors.read(config)
        return cls(
            name=name,
            io_type=tensors.io_type,
            inputs=inputs,
            outputs=outputs,
            clock_ns=_clock(folder, tcl, config),
            part=tcl.get("part") or str(config.get("Part", "")),
            backend=backend,
            namespace=header.namespace,
            project=folder,
            clock_uncertainty=_uncertainty(folder, tcl),
        )

    def digest(self) -> str:
        """Return a SHA-256, in hexadecimal, of what HLS makes the network from.

        It covers sources, weights and clock uncertainty; not folder, part, clock, dates or
        hls4ml's random stamp. ``ap_types`` is left out: only the emulation uses it, HLS has its
        own.
        """
        firmware = self.project / "firmware"
        total = hashlib.sha256(f"{self.name} {self.clock_uncertainty}".encode())
        for pattern in ("*.cpp", "*.h", "weights/*.h", "weights/*.txt", "nnet_utils/*.h"):
            for path in sorted(firmware.glob(pattern)):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                total.update(f"\n{path.relative_to(firmware).as_posix()} {content}".encode())
        return total.hexdigest()


def _name(folder: Path, tcl: dict[str, str]) -> str:
    name = tcl.get("project_name", "")
    if not is_name(name):
        raise ModelError(
            f"{folder / 'project.tcl'}: project name {name!r}: must be a letter followed by "
            "letters, digits and underscores"
        )
    if not is_buildable(name):
        raise ModelError(
            f"{folder / 'project.tcl'}: project name {name!r}: a header or a declaration of C++, "
            "HLS, hls4ml or the wrapper has this name and the build would take one for the other; "
            "let hls4ml write the project under another name"
        )
    return name


def _backend(folder: Path, tcl: dict[str, str], config: dict[str, Any]) -> str:
    # Before 1.0 project.tcl did not name the backend.
    name = str(tcl.get("backend") or config.get("Backend", ""))
    if name.lower() not in BACKENDS:
        raise ModelError(
            f"{folder}: written for hls4ml's backend {name!r}; "
            f"write it again with backend={' or '.join(map(repr, BACKENDS.values()))}"
        )
    return BACKENDS[name.lower()]


def _clock(folder: Path, tcl: dict[str, str], config: dict[str, Any]) -> float:
    text = tcl.get("clock_period") or str(config.get("ClockPeriod", ""))
    period = project_files.read_period(text)
    if period is None:
        raise ModelError(f"{folder / 'project.tcl'}: cannot read the clock period {text!r}")
    return period


def _uncertainty(folder: Path, tcl: dict[str, str]) -> str:
    text = tcl.get("clock_uncertainty", "").strip()
    if text and not _UNCERTAINTY.fullmatch(text):
        raise ModelError(f"{folder / 'project.tcl'}: cannot read the clock uncertainty {text!r}")
    return text


@dataclass(frozen=True)
class _Tensors:
    """The arguments of the top function, to be told apart and given shapes and formats."""

    folder: Path
    name: str
    header: Header
    types: dict[str, str]
    macros: dict[str, int]

    @property
    def where(self) -> Path:
        return self.folder / "firmware" / f"{self.name}.h"

    @cached_property
    def io_type(self) -> str:
        kinds = {argument.is_stream for argument in self.header.arguments}
        if len(kinds) != 1:
            raise ModelError(f"{self.where}: {self.name} mixes arrays and streams")
        return "io_stream" if kinds.pop() else "io_parallel"

    def read(self, config: dict[str, Any]) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """Return inputs and outputs, each in the order of the arguments."""
        # hls4ml writes the shapes sorted by name: they say nothing about the order of arguments.
        shapes = [config.get(key) or {} for key in ("InputShapes", "OutputShapes")]
        if not all(shapes):
            shapes = self._shapes_without_config()
        known = set().union(*shapes)
        names = [argument.name for argument in self.header.arguments]
        if strange := [name for name in names if name not in known]:
            raise ModelError(
                f"{self.where}: {', '.join(strange)}: neither input nor output of the network. "
                "Weights that are arguments (BramFactor) are not supported: write the project "
                "again without BramFactor"
            )
        if missing := sorted(known.difference(names)):
            raise ModelError(f"{self.where}: {self.name} has no argument {', '.join(missing)}")
        inputs, outputs = (
            tuple(self._tensor(a, of[a.name]) for a in self.header.arguments if a.name in of)
            for of in shapes
        )
        return inputs, outputs

    def _shapes_without_config(self) -> list[dict[str, Any]]:
        """Tell inputs from outputs by types and names, their shapes by array bounds, as hls4ml
        before 1.1 allows. A stream has none: there the emulation's function tells them."""
        bounds = {argument.name: list(argument.factors) for argument in self.header.arguments}
        if not all(bounds.values()):
            bridge, function = self.folder / f"{self.name}_bridge.cpp", f"{self.name}_float"
            arrays = project_files.read_header(bridge, function, self.macros).arguments
            bounds |= {argument.name: list(argument.factors) for argument in arrays}
        inputs, outputs = {}, {}
        for argument in self.header.arguments:
            if re.fullmatch(r"input\d*_t", argument.type_name):
                inputs[argument.name] = bounds[argument.name]
            elif re.fullmatch(r"layer\d+_out", argument.name):
                outputs[argument.name] = bounds[argument.name]
        return [inputs, outputs]

    def _tensor(self, argument: Argument, shape: Any) -> Tensor:
        if not isinstance(shape, list) or not all(isinstance(n, int) and n > 0 for n in shape):
            raise ModelError(
                f"{self.folder / 'hls4ml_config.yml'}: cannot read the shape of {argument.name}"
            )
        precision, lanes = self._format(argument.type_name)
        tensor = Tensor(argument.name, tuple(shape), precision, argument.type_name, lanes)
        if not argument.is_stream and math.prod(argument.factors) != tensor.size:
            raise ModelError(
                f"{self.where}: {argument.name} has {math.prod(argument.factors)} elements, "
                f"but hls4ml_config.yml gives it the shape {tensor.shape}"
            )
        if tensor.size % lanes:
            raise ModelError(
                f"{self.where}: {argument.name}: words of {lanes} elements do not hold the "
                f"{tensor.size} elements evenly"
            )
        return tensor

    def _format(self, type_name: str) -> tuple[FixedPoint, int]:
        """Return the number format and the elements per word of a type."""
        defines = self.folder / "firmware" / "defines.h"
        spelling = self.types.get(type_name.split("::")[-1])
        if spelling is None:
            raise ModelError(f"{defines}: does not define the type {type_name}")
        element, lanes = spelling, 1
        if match := _LANES.fullmatch(spelling):
            element, lanes = match[1].strip(), self._quotient(match[2])
        if not lanes:
            raise ModelError(f"{defines}: cannot read 'typedef {spelling} {type_name};'")
        try:
            return FixedPoint.parse(element), lanes
        except ValueError as error:
            raise ModelError(f"{defines}: {type_name}: {error}") from None

    def _quotient(self, text: str) -> int:
        """Return the value of ``16*1`` or ``32/2``, 0 for anything else."""
        value = 1
        for operator, operand in re.findall(r"([*/]?)\s*(\w+)", text):
            number = project_files.read_number(operand, self.macros)
            if not number:
                return 0
            value = value // number if operator == "/" else value * number
        return value
