"""The LHC jet tagger: 16 features, three hidden layers of 64, 32 and 32, five kinds of jets.

Layers: Duarte et al., "Fast inference of deep neural networks in FPGAs for particle physics",
JINST 13 P07027 (2018). Weights: random. The softmax is left out, the order of the logits is its.
"""

from .graph import Graph


def build() -> Graph:
    """Return the network."""
    graph = Graph("jet_tagger")
    x = graph.input(16)
    for number, units in enumerate((64, 32, 32), start=1):
        x = graph.dense(x, units, f"fc{number}")
    graph.output(graph.dense(x, 5, "fc4", relu=False))
    return graph
