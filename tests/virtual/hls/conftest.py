"""Networks whose cores are made once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.virtual.hls.networks import Network, add, conv, dense, entry, make_network, relu
from tests.virtual.hls.wrapping import synthesise, write_hls


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Network]:
    """Make a network in a folder of its own; the core with it."""

    def run(name: str, *arguments: Any, **options: Any) -> Network:
        network = make_network(tmp_path_factory.mktemp(name), name, *arguments, **options)
        write_hls(network)
        synthesise(network.folder, name)
        return network

    return run


@pytest.fixture(scope="session")
def mlp(build: Callable[..., Network]) -> Network:
    """io_parallel, one input and one wide output."""
    layers = [entry("x", 10), dense("fc1", "x", 10, 6), relu("r1", "fc1"), dense("fc2", "r1", 6, 5)]
    return build("mlp", layers, ["fc2"])


@pytest.fixture(scope="session")
def two(build: Callable[..., Network]) -> Network:
    """io_parallel in a namespace, two inputs (one ap_uint) and two outputs of different widths."""
    layers = [entry("a", 9), entry("b", 4), dense("fa", "a", 9, 3), dense("fb", "b", 4, 6, 5)]
    kinds = {"b": {"result": "ap_uint<8>"}, "fa": {"result": "ap_fixed<12,6>"}}
    return build("two", layers, ["fa", "fb"], precision=kinds, namespace="inner")


@pytest.fixture(scope="session")
def image(build: Callable[..., Network]) -> Network:
    """io_stream, a picture in RGB to one of two channels; words run across beats, paths fork."""
    layers = [
        entry("img", 5, 5, 3), conv("c", "img", 5, 3, 2), relu("r", "c"), add("sum", "r", "c")
    ]  # fmt: skip
    kinds = {"r": {"result": "ap_ufixed<14,8>"}, "sum": {"result": "ap_fixed<14,9>"}}
    return build("image", layers, ["sum"], "io_stream", precision=kinds)
