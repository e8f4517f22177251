"""Interrupts of the fabric as ``pynq`` waits for them: ``/dev/uio`` devices."""

from __future__ import annotations

from typing import Any

from hls4ml_soc.virtual.board.axi_intc import AxiIntc
from hls4ml_soc.virtual.pynq.package import uio_devices


class VirtualUio:
    """The line of an interrupt controller at the processing system, as pynq's UioController."""

    def __init__(self, controller: AxiIntc) -> None:
        self._controller = controller
        self._waiting: list[Any] = []

    def add_event(self, event: Any, number: int) -> None:
        """Set an event the next time that the line is active."""
        self._waiting.append(event)

    def poll(self) -> None:
        """Look at the line, after anything that may have changed it."""
        if self._waiting and self._controller.interrupt:
            events, self._waiting = self._waiting, []
            for event in events:
                event.set()


class UioDevices:
    """The lines of a design; pynq finds them by the number of the interrupt."""

    def __init__(self) -> None:
        self._lines: dict[int, VirtualUio] = {}

    def publish(self, controllers: dict[str, AxiIntc], parents: dict[str, Any]) -> None:
        """Offer the lines of controllers; ``parents`` is pynq's description of them."""
        for parent in parents.values():
            controller = controllers.get(parent["name"])
            if parent["parent"] == "" and controller is not None:
                self._lines[parent["raw_irq"]] = VirtualUio(controller)
        uio_devices.update(self._lines)

    def poll(self) -> None:
        """Look at all lines."""
        for line in self._lines.values():
            line.poll()

    def withdraw(self) -> None:
        """Take the lines back."""
        for number in self._lines:
            uio_devices.pop(number, None)
        self._lines.clear()
