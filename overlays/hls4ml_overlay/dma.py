"""AXI DMA in simple mode, by its registers (PG021), with deadlines and errors that say what
happened.

PYNQ's own DMA class waits for ever and stays unusable after an error.
"""

import time

# Words of a channel's registers; S2MM's begin 0x30 bytes after MM2S's.
CONTROL, STATUS, ADDRESS, ADDRESS_HIGH, LENGTH = (at // 4 for at in (0x00, 0x04, 0x18, 0x1C, 0x28))
MM2S, S2MM = 0x00 // 4, 0x30 // 4

RUN, RESET = 0x1, 0x4
HALTED, IDLE = 0x1, 0x2
INTERNAL_ERROR, SLAVE_ERROR, DECODE_ERROR = 0x10, 0x20, 0x40
ANY_ERROR = INTERNAL_ERROR | SLAVE_ERROR | DECODE_ERROR

#: Seconds that a soft reset may take: it waits for bursts under way, microseconds on a healthy bus.
RESET_SECONDS = 1.0
#: Seconds to look without a pause; a longer wait leaves the processor to others in between.
SPIN_SECONDS = 0.001


class AcceleratorError(RuntimeError):
    """The board did not do what was asked; the message says what it reported."""


class AxiDma:
    """The two channels of one AXI DMA.

    ``registers`` is the ``array`` of an MMIO object, one item a register: its ``read`` and
    ``write`` check on every call what is always right here. ``parameters`` are those of the IP in
    the ``.hwh``.
    """

    def __init__(self, registers, parameters):
        if int(parameters.get("c_include_sg", 0)):
            raise AcceleratorError("this AXI DMA is in scatter-gather mode; simple mode is needed")
        self._registers = registers
        self._wide = int(parameters.get("c_addr_width", 32)) > 32
        #: most bytes of one transfer
        self.longest = (1 << int(parameters.get("c_sg_length_width", 14))) - 1
        self._sent = self._wanted = 0
        self.reset()

    def reset(self):
        """Reset both channels, and with them the core: whatever was under way is gone.

        Raises AcceleratorError if the reset does not end.
        """
        registers = self._registers
        registers[MM2S + CONTROL] = RESET  # resets the engine as a whole
        deadline = time.monotonic() + RESET_SECONDS
        while int(registers[MM2S + CONTROL] | registers[S2MM + CONTROL]) & RESET:
            if time.monotonic() > deadline:
                raise AcceleratorError(
                    "the AXI DMA does not come out of reset: its clock stands still or its bus "
                    "hangs; load the overlay "
                    "again, or switch the board off and on"
                )
        registers[MM2S + CONTROL] = RUN
        registers[S2MM + CONTROL] = RUN
        while int(registers[MM2S + STATUS] | registers[S2MM + STATUS]) & HALTED:
            if time.monotonic() > deadline:
                raise AcceleratorError("the AXI DMA does not start: both channels stay halted")

    def start(self, source, sent, sink, wanted):
        """Start one transfer each way: physical addresses and bytes. The sink first, so that
        nothing waits for it."""
        self._sent, self._wanted = sent, wanted
        registers = self._registers
        if self._wide:
            registers[S2MM + ADDRESS_HIGH] = sink >> 32
            registers[MM2S + ADDRESS_HIGH] = source >> 32
        registers[S2MM + ADDRESS] = sink & 0xFFFFFFFF
        registers[S2MM + LENGTH] = wanted
        registers[MM2S + ADDRESS] = source & 0xFFFFFFFF
        registers[MM2S + LENGTH] = sent

    def wait(self, seconds):
        """Return once both channels are done.

        Raises AcceleratorError after so many seconds, at an error bit, or if the output ended
        early."""
        registers = self._registers
        started = time.monotonic()
        while True:
            waited = time.monotonic() - started  # before the look: there always is a last one
            sink, source = int(registers[S2MM + STATUS]), int(registers[MM2S + STATUS])
            if (sink | source) & (ANY_ERROR | HALTED):
                raise AcceleratorError(self._explain(source, sink))
            if sink & source & IDLE:
                break
            if waited > seconds:
                raise AcceleratorError(self._overdue(source, sink, seconds))
            if waited > SPIN_SECONDS:
                time.sleep(SPIN_SECONDS)
        received = int(registers[S2MM + LENGTH])
        if received != self._wanted:
            raise AcceleratorError(
                f"the output ended after {received} of {self._wanted} bytes: TLAST came too early"
            )

    def _explain(self, source, sink):
        told = []
        for name, status, way in (
            ("MM2S", source, "reading the input"),
            ("S2MM", sink, "writing the output"),
        ):
            if status & DECODE_ERROR:
                told.append(
                    f"{name} (DMADecErr): {way}, the DMA met an address that the design does not "
                    "map"
                )
            if status & SLAVE_ERROR:
                told.append(f"{name} (DMASlvErr): {way}, the memory answered with an error")
            if status & INTERNAL_ERROR and name == "S2MM":
                told.append(
                    f"S2MM (DMAIntErr): more than the {self._wanted} bytes of the output came "
                    "before TLAST, or the memory write "
                    "failed"
                )
            elif status & INTERNAL_ERROR:
                told.append(
                    "MM2S (DMAIntErr): the DMA was asked for 0 bytes or lost its way reading the "
                    "input"
                )
            if status & HALTED and not status & ANY_ERROR:
                told.append(f"{name} has halted without an error: something else has reset the DMA")
        return "; ".join(told) + f" (MM2S_DMASR 0x{source:08x}, S2MM_DMASR 0x{sink:08x})"

    def _overdue(self, source, sink, seconds):
        if not source & IDLE:
            what = (
                f"the core stopped taking its input: it has not read all of the {self._sent} bytes"
            )
        else:
            what = (
                f"all {self._sent} input bytes were sent, but no TLAST ended the output: the core "
                f"gave fewer than {self._wanted} bytes, keeps "
                "its last samples, or sets no TLAST"
            )
        status = f"MM2S_DMASR 0x{source:08x}, S2MM_DMASR 0x{sink:08x}"
        return f"no result within timeout={seconds:g} s: {what} ({status})"
