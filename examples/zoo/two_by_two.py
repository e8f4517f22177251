"""Two inputs and two outputs of different sizes: image features and a few global numbers, a class
and a position.

Made for this zoo. Weights: random.
"""

from .graph import Graph


def build() -> Graph:
    """Return the network."""
    graph = Graph("two_by_two")
    pixels = graph.dense(graph.input(24, name="pixels"), 16, "fc_pixels")
    globals_ = graph.dense(graph.input(5, name="globals"), 8, "fc_globals")
    joined = graph.dense(graph.concat(pixels, globals_, name="join"), 16, "fc_join")
    kind = graph.dense(joined, 4, "kind", relu=False)
    position = graph.dense(graph.dense(joined, 8, "fc_position"), 2, "position", relu=False)
    graph.output(kind, position)
    return graph
