"""MLPerf Tiny anomaly detection AD08 (v0.7, open division): an autoencoder of 64 inputs.

Layers: ``ad08.yml`` of hls4ml-finn-mlperftiny/AnomalyDetection: twice 72, a waist of 8, twice 72,
64 outputs; batch normalisation folded into the dense layers, as there. Weights: random.
"""

from .graph import Graph


def build() -> Graph:
    """Return the network."""
    graph = Graph("ad08")
    x = graph.input(64)
    for number, units in enumerate((72, 72, 8, 72, 72)):
        x = graph.dense(x, units, f"dense{number}")
    graph.output(graph.dense(x, 64, "decoded", relu=False))
    return graph
