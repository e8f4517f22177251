"""The system-on-chip workflow's image network, after the published parameter count: 3,699.

The count is that of 28 x 28 grey pixels, convolutions of 12, 12 and 19 filters, pooling after each,
and ten classes; the paper's own shapes were not at hand. Weights: random.
"""

from .graph import Graph


def build() -> Graph:
    """Return the network."""
    graph = Graph("cnn_2d")
    x = graph.conv(graph.input(1, 28, 28), 12, "conv0")
    x = graph.conv(graph.pool(x, "pool0"), 12, "conv1")
    x = graph.conv(graph.pool(x, "pool1"), 19, "conv2")
    x = graph.pool(x, "pool2")
    graph.output(graph.dense(graph.flatten(x), 10, "logits", relu=False))
    return graph
