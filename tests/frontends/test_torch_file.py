"""Files of PyTorch, as far as that goes without torch; with it: tests/deep/torch_networks.py."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from onnx import helper

from hls4ml_soc import frontends
from hls4ml_soc.errors import ModelError
from hls4ml_soc.frontends.torch_file import _name


@pytest.mark.parametrize("missing", ["torch", "onnxscript"])
def test_what_is_missing_is_named(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.pt2"
    path.write_bytes(b"anything")
    monkeypatch.setitem(sys.modules, "torch", object())
    monkeypatch.setitem(sys.modules, "onnxscript", object())
    monkeypatch.setitem(sys.modules, missing, None)
    message = rf"net.pt2: needs the package {missing} .*pip install 'hls4ml_soc\[torch\]'"
    with pytest.raises(ModelError, match=message):
        frontends.read(path).layers()


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "net.pt2").touch()
    with pytest.raises(ModelError, match="net.pt2: the file is empty"):
        frontends.read(tmp_path / "net.pt2").layers()


@pytest.mark.parametrize(
    ("inputs", "scopes", "name"),
    [
        ("x,features.0.weight,features.0.bias", ["", "features.1", "batch_norm"], "features.0"),
        ("x", ["", "features", "features.2", "relu"], "features.2"),
        ("x", ["", "relu_1"], "relu_1"),
        ("x", [], "node_1"),
    ],
)
def test_nodes_go_by_the_names_of_modules(inputs: str, scopes: list[str], name: str) -> None:
    node = helper.make_node("Op", inputs.split(","), ["y"], name="node_1")
    if scopes:
        node.metadata_props.add(key="pkg.torch.onnx.name_scopes", value=repr(scopes))
    _name([node], {"features.0.weight", "features.0.bias"})
    assert node.name == name
