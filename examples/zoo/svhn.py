"""The convolutional network for street-view house numbers, some 13,000 weights.

Layers: Aarrestad et al., "Fast convolutional neural networks on FPGAs with hls4ml", Mach. Learn.:
Sci. Technol. 2 045015 (2021): 32 x 32 x 3, three times convolution, batch normalisation, ReLU and
pooling with 16, 16 and 24 filters, dense layers of 42, 64 and 10. Weights: random.
"""

from .graph import Graph


def build() -> Graph:
    """Return the network."""
    graph = Graph("svhn")
    x = graph.input(3, 32, 32)
    for number, filters in enumerate((16, 16, 24)):
        x = graph.conv(x, filters, f"conv{number}", norm=True)
        x = graph.pool(x, f"pool{number}")
    x = graph.flatten(x)
    for number, units in enumerate((42, 64)):
        x = graph.dense(x, units, f"dense{number}")
    graph.output(graph.dense(x, 10, "logits", relu=False))
    return graph
