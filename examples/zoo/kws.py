"""MLPerf Tiny keyword spotting, the multi-layer perceptron with 3-bit weights and activations.

Layers: FINN's end-to-end example, 49 x 10 MFCC features, three hidden layers of 256, twelve words.
Weights: random. There the network is built by FINN; here by hls4ml.
"""

from .graph import Graph


def build() -> Graph:
    """Return the network."""
    graph = Graph("kws")
    x = graph.input(490)
    for number in range(3):
        x = graph.dense(x, 256, f"fc{number}")
    graph.output(graph.dense(x, 12, "words", relu=False))
    return graph
