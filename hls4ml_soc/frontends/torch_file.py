"""PyTorch networks (``.pt2``, what ``torch.export.save`` writes), by torch's own ONNX exporter."""

from __future__ import annotations

import ast
import functools
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from . import converted, project
from .onnx_float import in_batches

if TYPE_CHECKING:
    from onnx import ModelProto

#: The suffix of these files.
SUFFIX = ".pt2"
#: How a module becomes such a file.
SAVE = "torch.export.save(torch.export.export(module.eval(), (example,)), 'net.pt2')"

Array = np.ndarray[Any, Any]


def load(network: Path) -> ModelProto:
    """Return the ONNX model of an exported program; its nodes are named after torch's modules.

    Raises ModelError: no torch or onnxscript, a file that torch cannot read, a program in training
    mode, what torch cannot export."""
    from onnx import ModelProto

    model: ModelProto = ModelProto.FromString(_exported(network, network.stat().st_mtime_ns))
    return model


def evaluate(network: Path, inputs: list[Array]) -> list[Array]:
    """Compute an exported program with torch. `inputs` (N, *shape) and outputs are in its order."""
    torch = _package(network, "torch")
    program = _program(network)
    entries = [e for e in program.graph.nodes if e.name in program.graph_signature.user_inputs]
    examples = [entry.meta["val"] for entry in entries]
    module, fixed = program.module(), examples[0].shape[0]
    keywords = list((program.example_inputs or ((), {}))[1])

    def run(rows: list[Array]) -> list[Array]:
        given = [
            torch.tensor(np.asarray(x)).to(example.dtype)
            for x, example in zip(rows, examples, strict=True)
        ]
        plain = given[: len(given) - len(keywords)]
        named = dict(zip(keywords, given[len(plain) :], strict=True))
        with torch.no_grad():
            found = torch.utils._pytree.tree_leaves(module(*plain, **named))
        return [y.numpy() for y in found]

    # torch takes a batch of one for a fixed one.
    return in_batches(run, inputs, fixed if isinstance(fixed, int) else max(2, len(inputs[0])))


@functools.lru_cache(maxsize=1)
def _exported(network: Path, _changed: int) -> bytes:
    """Return the ONNX model of a file that has changed last at some time, as bytes."""
    torch = _package(network, "torch")
    _package(network, "onnxscript")
    program = _program(network)
    try:
        with _silence():
            exported = torch.onnx.export(program, (), dynamo=True, optimize=True, verbose=False)
    except Exception as error:  # torch raises many kinds
        raise ModelError(
            f"{network}: torch cannot export it to ONNX: {converted.first(error)}"
        ) from None
    model: ModelProto = exported.model_proto
    _name(model.graph.node, {tensor.name for tensor in model.graph.initializer})
    return bytes(model.SerializeToString())


def _program(network: Path) -> Any:
    torch = _package(network, "torch")
    try:
        with _silence():
            program = torch.export.load(str(network))
    except Exception as error:
        raise ModelError(
            f"{network}: torch cannot read it as an exported program: {converted.first(error)}; "
            f"write it with {SAVE}"
        ) from None
    if modes := sorted(set(_training(program))):
        raise ModelError(
            f"{network}: exported in training mode ({', '.join(modes)}); write it with {SAVE}"
        )
    return program


def _training(program: Any) -> Iterator[str]:
    """Yield the operators that do something else in training."""
    for node in program.graph.nodes:
        target = str(node.target)
        if "batch_norm" in target and "no_training" not in target:
            # batch_norm(input, weight, bias, mean, var, training, momentum, eps, cudnn)
            if "functional" in target or node.args[5:6] == (True,):
                yield "BatchNorm"
        if "dropout" in target and node.args[2:3] == (True,):
            yield "Dropout"


def _name(nodes: Any, weights: set[str]) -> None:
    """Name the nodes of torch's exporter after the modules they come from, where these have names.

    A node with weights is named after the module of these (batch normalisation goes into the
    convolution before it), others after the innermost module, or torch's function."""
    for node in nodes:
        owners = [name.rpartition(".")[0] for name in node.input if name in weights]
        scopes = next((p.value for p in node.metadata_props if p.key.endswith("name_scopes")), "[]")
        path = ast.literal_eval(scopes)  # ['', 'features', 'features.0', 'conv2d']
        named = [name for name in (*owners, *path[-2:-1], *path[-1:]) if name]
        node.name = named[0] if named else node.name


def _package(network: Path, module: str) -> Any:
    with _silence():
        return converted.package(network, module, "torch")


@contextmanager
def _silence() -> Iterator[None]:
    """Drop what torch prints, warns and logs (of torchvision, which is not needed)."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with project.silence():
            yield
    finally:
        logging.disable(before)
