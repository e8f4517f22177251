"""The DMA's registers, as the driver drives them."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

PARAMETERS = {"c_include_sg": "0", "c_sg_length_width": "26", "c_addr_width": "32"}
HALTED, IDLE, INTERNAL, SLAVE, DECODE = 0x1, 0x2, 0x10, 0x20, 0x40


class Registers:
    """Answers status reads from two lists, the last value for ever; notes what is written."""

    def __init__(self, source=(IDLE,), sink=(IDLE,), received=0, stuck=False):
        self._status = {0x04: list(source), 0x34: list(sink)}
        self._received = received
        self._stuck = stuck
        self.written = []

    def __setitem__(self, word, value):
        self.written.append((4 * word, value))

    def __getitem__(self, word):
        return self.read(4 * word)

    def read(self, offset):
        under_way = any(at == 0x28 for at, _ in self.written)
        if offset in self._status and not under_way:
            return IDLE
        if offset in self._status:
            values = self._status[offset]
            return values.pop(0) if len(values) > 1 else values[0]
        if offset == 0x58:
            return self._received
        return 0x4 if self._stuck else 0x10002


@pytest.fixture
def dma_of(driver):
    from hls4ml_overlay import dma

    def make(registers, **parameters):
        return dma.AxiDma(registers, {**PARAMETERS, **parameters})

    return make


def test_a_transfer_is_set_up_with_the_sink_first(dma_of) -> None:
    registers = Registers(received=80)
    dma = dma_of(registers)
    assert registers.written == [(0x00, 4), (0x00, 1), (0x30, 1)]
    registers.written.clear()
    dma.start(0x1000_0000, 128, 0x1100_0000, 80)
    assert registers.written == [(0x48, 0x1100_0000), (0x58, 80), (0x18, 0x1000_0000), (0x28, 128)]
    dma.wait(1)


def test_wide_addresses_use_the_high_registers(dma_of) -> None:
    registers = Registers()
    dma = dma_of(registers, c_addr_width="40")
    registers.written.clear()
    dma.start(0x8_1000_0000, 128, 0x9_0000_0000, 80)
    assert registers.written == [
        (0x4C, 9), (0x1C, 8), (0x48, 0), (0x58, 80), (0x18, 0x1000_0000), (0x28, 128)
    ]  # fmt: skip


def test_the_longest_transfer_is_that_of_the_length_register(dma_of) -> None:
    assert dma_of(Registers()).longest == 2**26 - 1
    assert dma_of(Registers(), c_sg_length_width="14").longest == 16383


def failure(dma_of, driver, registers) -> str:
    dma = dma_of(registers)
    dma.start(0, 128, 0, 80)
    with pytest.raises(driver.AcceleratorError) as error:
        dma.wait(0)
    return str(error.value)


@pytest.mark.parametrize(
    ("source", "sink", "said"),
    [
        (
            DECODE | HALTED,
            0,
            "MM2S (DMADecErr): reading the input, the DMA met an address that the design does not "
            "map "
            "(MM2S_DMASR 0x00000041, S2MM_DMASR 0x00000000)",
        ),
        (
            IDLE,
            SLAVE | HALTED,
            "S2MM (DMASlvErr): writing the output, the memory answered with an error "
            "(MM2S_DMASR 0x00000002, S2MM_DMASR 0x00000021)",
        ),
        (
            IDLE,
            INTERNAL | HALTED,
            "S2MM (DMAIntErr): more than the 80 bytes of the output came before TLAST, or the "
            "memory write failed "
            "(MM2S_DMASR 0x00000002, S2MM_DMASR 0x00000011)",
        ),
        (
            INTERNAL | HALTED,
            0,
            "MM2S (DMAIntErr): the DMA was asked for 0 bytes or lost its way reading the input "
            "(MM2S_DMASR 0x00000011, S2MM_DMASR 0x00000000)",
        ),
        (
            HALTED,
            IDLE,
            "MM2S has halted without an error: something else has reset the DMA "
            "(MM2S_DMASR 0x00000001, S2MM_DMASR 0x00000002)",
        ),
        (
            IDLE,
            0,
            "no result within timeout=0 s: all 128 input bytes were sent, but no TLAST ended "
            "the output: "
            "the core gave fewer "
            "than 80 bytes, keeps its last samples, or sets no TLAST (MM2S_DMASR 0x00000002, "
            "S2MM_DMASR 0x00000000)",
        ),
        (
            0,
            0,
            "no result within timeout=0 s: the core stopped taking its input: it has not "
            "read all of the "
            "128 bytes "
            "(MM2S_DMASR 0x00000000, S2MM_DMASR 0x00000000)",
        ),
    ],
)
def test_a_failure_becomes_a_sentence(dma_of, driver, source, sink, said) -> None:
    assert failure(dma_of, driver, Registers([source], [sink])) == said


def test_an_output_that_ends_early_is_a_failure(dma_of, driver) -> None:
    assert failure(dma_of, driver, Registers(received=72)) == (
        "the output ended after 72 of 80 bytes: TLAST came too early"
    )


def test_a_reset_that_does_not_end_is_a_failure(dma_of, driver, monkeypatch) -> None:
    from hls4ml_overlay import dma

    monkeypatch.setattr(dma, "RESET_SECONDS", 0)
    with pytest.raises(
        driver.AcceleratorError, match="^the AXI DMA does not come out of reset: its clock stands"
    ):
        dma_of(Registers(stuck=True))


def test_a_channel_that_does_not_start_is_a_failure(dma_of, driver, monkeypatch) -> None:
    from hls4ml_overlay import dma

    monkeypatch.setattr(dma, "RESET_SECONDS", 0)
    registers = Registers()
    registers.read = lambda offset: HALTED if offset in (0x04, 0x34) else 0
    with pytest.raises(driver.AcceleratorError, match="^the AXI DMA does not start: both channels"):
        dma_of(registers)


def test_scatter_gather_is_refused(dma_of, driver) -> None:
    with pytest.raises(
        driver.AcceleratorError,
        match="^this AXI DMA is in scatter-gather mode; simple mode is needed$",
    ):
        dma_of(Registers(), c_include_sg="1")


status = st.integers(0, 2**32 - 1)


@settings(max_examples=400, deadline=None)
@given(st.lists(status, min_size=1, max_size=6), st.lists(status, min_size=1, max_size=6), status)
def test_whatever_the_registers_say_ends_in_a_result_or_a_sentence(
    driver, source, sink, received
) -> None:
    from hls4ml_overlay import dma

    channel = dma.AxiDma(Registers(source, sink, received), PARAMETERS)
    channel.start(0, 128, 0, 80)
    try:
        channel.wait(0.0)
    except driver.AcceleratorError as error:
        assert str(error).strip()
        return
    # A result: at some look both were idle without an error, and all bytes have come.
    assert received == 80
    looks = itertools.zip_longest(source, sink)
    last = [source[-1], sink[-1]]
    assert any(
        ((a if a is not None else last[0]) & (b if b is not None else last[1]) & IDLE)
        for a, b in looks
    )
