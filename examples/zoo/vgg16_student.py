"""The system-on-chip workflow's student of VGG16: 16 layers, after the published count of 3,207.

Thirteen convolutions and three dense layers as in VGG16, on 32 x 32 x 3 pixels; widths of 3, 3, 4,
5 and 5 filters and 26, 26 and 10 units give the count; the paper's own were not at hand. Weights:
random.
"""

from .graph import Graph

#: Filters and number of convolutions, between poolings.
BLOCKS = ((3, 2), (3, 2), (4, 3), (5, 3), (5, 3))


def build() -> Graph:
    """Return the network."""
    graph = Graph("vgg16_student")
    x = graph.input(3, 32, 32)
    for block, (filters, convolutions) in enumerate(BLOCKS, start=1):
        for number in range(convolutions):
            x = graph.conv(x, filters, f"conv{block}_{number}", same=True)
        x = graph.pool(x, f"pool{block}")
    x = graph.flatten(x)
    for number in range(2):
        x = graph.dense(x, 26, f"fc{number}")
    graph.output(graph.dense(x, 10, "logits", relu=False))
    return graph
