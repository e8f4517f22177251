"""Train the example network and write ``digits.onnx``, ``test_images.npy`` and ``test_labels.npy``.

Not needed to run the example: its outputs lie beside it. Needs scikit-learn and onnx::

    python train.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

HIDDEN = (32, 32)
TEST_IMAGES = 360
SEED = 2


def train() -> tuple[MLPClassifier, np.ndarray, np.ndarray]:
    """Fit the classifier; return it, the held-out images (n, 64) in 0..1 and their labels (n,)."""
    digits = load_digits()
    # Grey levels are 0..16; divided by 16 they are exact in every format with 4 fraction bits.
    images = (digits.data / 16).astype(np.float32)
    train_x, test_x, train_y, test_y = train_test_split(
        images, digits.target, test_size=TEST_IMAGES, stratify=digits.target, random_state=SEED
    )
    # alpha keeps the weights, and with them every sum, well inside ap_fixed<16,6>: -32 to 32.
    classifier = MLPClassifier(HIDDEN, alpha=0.3, max_iter=600, random_state=SEED)
    classifier.fit(train_x, train_y)
    return classifier, test_x, test_y.astype(np.uint8)


def to_onnx(classifier: MLPClassifier) -> onnx.ModelProto:
    """Write the classifier as Gemm, Relu, ..., Gemm, Softmax in plain float32 ONNX."""
    nodes, weights, tensor = [], [], "x"
    layers = list(zip(classifier.coefs_, classifier.intercepts_, strict=True))
    for number, (kernel, bias) in enumerate(layers, start=1):
        weights += [
            numpy_helper.from_array(kernel.astype(np.float32), f"fc{number}_weight"),
            numpy_helper.from_array(bias.astype(np.float32), f"fc{number}_bias"),
        ]
        inputs = [tensor, f"fc{number}_weight", f"fc{number}_bias"]
        nodes.append(helper.make_node("Gemm", inputs, [f"fc{number}_out"], name=f"fc{number}"))
        last = number == len(layers)
        tensor = "y" if last else f"relu{number}_out"
        operator, name = ("Softmax", "softmax") if last else ("Relu", f"relu{number}")
        nodes.append(helper.make_node(operator, [f"fc{number}_out"], [tensor], name=name))
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 64])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 10])],
        weights,
    )
    # Opset 13 and IR version 8 are read by every onnx and onnxruntime since 2021.
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def main(folder: Path) -> None:
    """Train and write the three files."""
    classifier, images, labels = train()
    accuracy = classifier.score(images, labels)
    print(f"float accuracy on {len(labels)} held-out images: {accuracy:.4f}")
    onnx.save(to_onnx(classifier), folder / "digits.onnx")
    np.save(folder / "test_images.npy", images)
    np.save(folder / "test_labels.npy", labels)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
