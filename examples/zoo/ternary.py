"""A ternary network: every weight is -1, 0 or 1, no biases; 16-32-32-5, as the jet tagger's shape.

Made for this zoo. Weights: random.
"""

import numpy as np

from .graph import Graph


def build() -> Graph:
    """Return the network."""
    graph = Graph("ternary")
    random = np.random.default_rng(3)
    sizes = (16, 32, 32, 5)
    x = graph.input(sizes[0])
    for number, (inputs, units) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
        weight = random.integers(-1, 2, (inputs, units))
        x = graph.dense(x, units, f"fc{number}", relu=units != 5, weight=weight, bias=False)
    graph.output(x)
    return graph
