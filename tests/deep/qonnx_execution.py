"""Run in an environment with qonnx: our reading of its quantisers against its own execution."""

import sys
import types
from pathlib import Path

import numpy as np
import onnx
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.util.cleanup import cleanup_model

ROOT = Path(__file__).resolve().parents[2]
# Other packages install a `tests` of theirs, which a folder without __init__.py cannot replace.
package = types.ModuleType("tests")
package.__path__ = [str(ROOT / "tests")]
sys.modules["tests"] = package

from hls4ml_soc.frontends.onnx_float import evaluate  # noqa: E402
from tests.frontends.quantised import NETWORKS  # noqa: E402

folder = Path(sys.argv[1])
folder.mkdir()
for name, make in NETWORKS.items():
    path = folder / f"{name}.onnx"
    onnx.save(make(), str(path))
    model = cleanup_model(ModelWrapper(onnx.load(str(path))))
    source, result = model.graph.input[0].name, model.graph.output[0].name
    shape = [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim[1:]]
    x = np.random.default_rng(0).uniform(-4, 4, (60, *shape)).astype(np.float32)
    x[:20] = np.rint(x[:20] * 128) / 128
    theirs = [execute_onnx(model, {source: row[None]})[result] for row in x]
    print("equal" if (evaluate(path, [x])[0] == np.concatenate(theirs)).all() else "different")
