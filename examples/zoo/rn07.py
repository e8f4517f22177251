"""MLPerf Tiny image classification RN07 (v0.7, open division) for CIFAR-10.

Layers: ``tiny2_pynq-z2.yml`` of hls4ml-finn-mlperftiny/CIFAR10: five convolutions, 32 of 1 x 1,
then 4, 32, 32 and 32 of 4 x 4, the fourth with stride 4, no shortcuts, one dense layer. Published
are 58,115 parameters: 57,582 of convolutions and dense layer, 528 of batch normalisation, and a
counter that QKeras keeps for each of the five convolutions. Weights: random.
"""

from .graph import Graph

#: Filters, kernel, stride.
CONVOLUTIONS = ((32, 1, 1), (4, 4, 1), (32, 4, 1), (32, 4, 4), (32, 4, 1))


def build() -> Graph:
    """Return the network."""
    graph = Graph("rn07")
    x = graph.input(3, 32, 32)
    for number, (filters, kernel, stride) in enumerate(CONVOLUTIONS):
        x = graph.conv(x, filters, f"conv{number}", kernel, stride, same=True, norm=True)
    graph.output(graph.dense(graph.flatten(x), 10, "logits", relu=False))
    return graph
