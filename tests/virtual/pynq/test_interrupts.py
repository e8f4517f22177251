"""``pynq`` waits for interrupts of the fabric."""

from __future__ import annotations

import asyncio

import numpy as np
import pynq
import pytest

from hls4ml_soc.virtual.pynq.package import uio_devices


@pytest.fixture
def overlay(board, write_bit, designs):
    device = board()
    yield pynq.Overlay(write_bit(designs.interrupting()))
    device.unload()


def test_waiting_for_both_ends_of_a_transfer(overlay):
    source, target = pynq.allocate(64, np.uint64), pynq.allocate(64, np.uint64)
    source[:] = range(64)

    async def transfer() -> None:
        overlay.dma.sendchannel.transfer(source)
        sent = asyncio.ensure_future(overlay.dma.sendchannel.wait_async())
        await asyncio.sleep(0)
        assert not sent.done()  # the receiver is not armed
        overlay.dma.recvchannel.transfer(target)
        await asyncio.wait_for(sent, 10)
        await asyncio.wait_for(overlay.dma.recvchannel.wait_async(), 10)

    async def transfers() -> None:
        for _ in range(3):
            target[:] = 0
            target.flush()
            await transfer()
            assert target.tolist() == list(range(64))

    asyncio.run(transfers())


def test_another_design_takes_the_lines_away(board, write_bit, designs):
    device = board()
    pynq.Overlay(write_bit(designs.interrupting(), name="first"))
    assert list(uio_devices) == [61]
    pynq.Overlay(write_bit(designs.loopback()))
    assert list(uio_devices) == []
    assert device.fabric.controllers == {}
