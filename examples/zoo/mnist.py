"""A small dense network for MNIST: 784 pixels, one hidden layer of 16, ten digits.

Weights: random.
"""

from .graph import Graph


def build() -> Graph:
    """Return the network."""
    graph = Graph("mnist")
    x = graph.dense(graph.input(784), 16, "fc1")
    graph.output(graph.dense(x, 10, "fc2", relu=False))
    return graph
