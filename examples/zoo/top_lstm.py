"""A recurrent top-quark tagger: 20 particles of 6 features, LSTM of 20 units, dense 64, one output.

Layers: Khoda et al., "Ultra-low latency recurrent neural network inference on FPGAs for physics
applications with hls4ml", Mach. Learn.: Sci. Technol. 4 025004 (2023). Weights: random. The final
sigmoid is left out.
"""

from .graph import Graph


def build() -> Graph:
    """Return the network."""
    graph = Graph("top_lstm")
    x = graph.lstm(graph.input(20, 6), 20, "lstm")
    x = graph.dense(x, 64, "fc")
    graph.output(graph.dense(x, 1, "score", relu=False))
    return graph
