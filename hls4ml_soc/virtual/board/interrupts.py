"""Interrupt nets: the level of a pin, through concatenations, from the models that drive it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from hls4ml_soc.hwh import End, Hwh

_CONCATENATIONS = ("xlconcat", "ilconcat")


class InterruptNets:
    """Levels of pins; ``sources`` are the outputs that have a model, others are never active."""

    def __init__(self, hwh: Hwh, sources: Mapping[End, Callable[[], bool]]) -> None:
        self._hwh = hwh
        self._sources = sources

    def level(self, module: str, pin: str) -> int:
        """Return the level of an input pin, all its bits."""
        return sum(self._active(end) << n for n, end in enumerate(self._drivers(module, pin)))

    def _active(self, end: End | None) -> int:
        source = self._sources.get(end) if end is not None else None
        return int(source is not None and source())

    def _drivers(self, module: str, pin: str) -> Iterator[End | None]:
        width = self._hwh.module(module).port(pin).width
        driver = self._hwh.driver(module, pin)
        cell = self._hwh.modules.get(driver.module) if driver is not None else None
        if cell is not None and cell.kind in _CONCATENATIONS:
            for number in range(cell.number("NUM_PORTS")):
                yield from self._drivers(cell.name, f"In{number}")
        else:
            yield driver
            yield from [None] * (width - 1)
