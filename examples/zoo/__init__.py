"""Networks of the literature, written as plain ONNX: ``python -m examples.zoo [NAME ...]``."""

from collections.abc import Callable

from . import (
    ad08,
    cnn_2d,
    jet_tagger,
    kws,
    mlp_1d,
    mnist,
    rn07,
    svhn,
    ternary,
    top_lstm,
    two_by_two,
    vgg16_student,
)
from .graph import Graph

#: Name of a network -> what builds it.
NETWORKS: dict[str, Callable[[], Graph]] = {
    module.__name__.rpartition(".")[2]: module.build
    for module in (
        jet_tagger,
        mnist,
        svhn,
        ad08,
        kws,
        rn07,
        mlp_1d,
        cnn_2d,
        vgg16_student,
        top_lstm,
        two_by_two,
        ternary,
    )
}
