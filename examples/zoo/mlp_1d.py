"""The system-on-chip workflow's one-dimensional perceptron, after its published count of 529.

The count is that of 14 inputs, two hidden layers of 16 and one output; the paper's own shapes were
not at hand. Weights: random.
"""

from .graph import Graph


def build() -> Graph:
    """Return the network."""
    graph = Graph("mlp_1d")
    x = graph.input(14)
    for number in range(2):
        x = graph.dense(x, 16, f"fc{number}")
    graph.output(graph.dense(x, 1, "score", relu=False))
    return graph
