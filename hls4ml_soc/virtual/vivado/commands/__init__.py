"""The commands of the stand-in; importing this package registers them."""

from hls4ml_soc.virtual.vivado.commands import (
    address,
    automation,
    block_design,
    boundary,
    connect,
    copies,
    general,
    grouping,
    ip,
    lookup,
    products,
    project,
    properties,
    runs,
    search,
    surroundings,
)

__all__ = [
    "address",
    "automation",
    "block_design",
    "boundary",
    "connect",
    "copies",
    "general",
    "grouping",
    "ip",
    "lookup",
    "products",
    "project",
    "properties",
    "runs",
    "search",
    "surroundings",
]
