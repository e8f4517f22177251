"""docs/networks.md says what the readers say; what is not installed is named, not imported."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hls4ml_soc import frontends
from hls4ml_soc.errors import ModelError
from hls4ml_soc.frontends import converted, onnx_nodes

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_has_the_tables_of_the_readers() -> None:
    page = (ROOT / "docs" / "networks.md").read_text()
    assert frontends.table() in page
    assert onnx_nodes.supported() in " ".join(page.split())


def keras_archive(path: Path, module: str) -> Path:
    kind = "Dense" if module == "keras.layers" else "QDense"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps({"module": module, "class_name": kind}))
    return path


SETTINGS = {"name": "net", "part": "xc7z020clg400-1", "clock_ns": 10.0}


@pytest.mark.parametrize(
    ("module", "missing", "extra"),
    [
        ("keras.layers", {"keras"}, "keras"),
        ("hgq.layers", {"keras"}, "keras"),
        ("hgq.layers", {"hgq"}, "hgq2"),
    ],
)
def test_what_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, missing: set[str], extra: str
) -> None:
    def found(name: str) -> object:
        if name in missing:
            raise ImportError(f"No module named '{name}'")
        return object()

    monkeypatch.setattr(converted.importlib, "import_module", found)
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    path = keras_archive(tmp_path / "net.keras", module)
    with pytest.raises(ModelError) as error:
        frontends.read(path).project(tmp_path / "project", **SETTINGS)
    (package,) = missing
    assert str(error.value) == (
        f"{path}: needs the package {package} (No module named '{package}'); "
        f"pip install 'hls4ml_soc[{extra}]'"
    )
    assert not (tmp_path / "project").exists()


def test_what_is_no_keras_file(tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    path.write_bytes(b"HDF")
    with pytest.raises(ModelError) as error:
        frontends.read(path).project(tmp_path / "project", **SETTINGS)
    assert str(error.value) == (
        f"{path}: not a network of Keras; save it with model.save('name.keras')"
    )


def test_layers_of_qkeras_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converted.importlib, "import_module", lambda name: object())
    path = keras_archive(tmp_path / "net.keras", "qkeras.layers")
    with pytest.raises(ModelError, match="layers of QKeras, .*; convert it with hls4ml beside"):
        frontends.read(path).layers()


def test_no_front_end_is_imported_before_it_is_used() -> None:
    code = (
        "import sys, hls4ml_soc.frontends\n"
        "print({'onnx', 'hls4ml', 'keras', 'hgq', 'torch', 'jax'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "set()\n"
