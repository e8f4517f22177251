"""What fails on the board ends in a sentence, on the host and on the terminal; what comes next is
right."""

import re
from pathlib import Path

import pytest

from hls4ml_soc.errors import LinkError
from hls4ml_soc.serial_protocol.board import SerialBoard
from tests.baremetal import toy
from tests.baremetal.toy import SMALL, Board

#: Transfers at power-up: two samples of the self-test, then a hundred of the benchmark.
POWER_UP = 102

#: Fault -> what the board says, for 3 samples of 24 bytes in and 16 out.
SENTENCES = {
    "no-tlast": "no result after 200 ms: all 72 input bytes were sent, but no TLAST ended the "
    "output: the core gave fewer than 48 bytes, keeps its last samples, or sets no TLAST "
    "(MM2S_DMASR 0x00001002, S2MM_DMASR 0x00001000)",
    "hang": "no result after 200 ms: the core stopped taking its input: it has not read all of "
    "the 72 bytes (MM2S_DMASR 0x00001000, S2MM_DMASR 0x00001000)",
    "short": "the output ended after 24 of 48 bytes: TLAST came too early",
    "long": "S2MM (DMAIntErr): more than the 48 bytes of the output came before TLAST, or the "
    "memory write failed (MM2S_DMASR 0x00001002, S2MM_DMASR 0x00001011)",
    "decode-in": "MM2S (DMADecErr): reading the input, the DMA met an address that the design "
    "does not map (MM2S_DMASR 0x00001041, S2MM_DMASR 0x00001000)",
    "decode-out": "S2MM (DMADecErr): writing the output, the DMA met an address that the design "
    "does not map (MM2S_DMASR 0x00001002, S2MM_DMASR 0x00001041)",
    "slave-in": "MM2S (DMASlvErr): reading the input, the memory answered with an error "
    "(MM2S_DMASR 0x00001021, S2MM_DMASR 0x00001000)",
    "halt": "S2MM has halted without an error: something else has reset the DMA "
    "(MM2S_DMASR 0x00001000, S2MM_DMASR 0x00001001)",
}


@pytest.mark.parametrize("fault", SENTENCES)
def test_a_failed_transfer_is_told_and_the_next_call_is_right(small: Path, fault: str) -> None:
    raw = SMALL.raw(3)
    with Board.on(small, fault, str(POWER_UP)) as line:
        board = SerialBoard(line, SMALL.described)
        with pytest.raises(LinkError, match=f"^{re.escape(SENTENCES[fault])}$"):
            board.compute(raw)
        assert (board.compute(raw) == SMALL.compute(raw)).all()
        assert f"error: {SENTENCES[fault]}\r\n" in board.exchange.decoder.text
        info = board.info()
        assert (info.failures, info.error) == (1, SENTENCES[fault])


def test_a_dma_that_stays_in_reset_is_told(small: Path) -> None:
    sentence = (
        "the AXI DMA does not come out of reset: its clock stands still or its bus hangs; load "
        "the bitstream again, or switch the board off and on"
    )
    with Board.on(small, "stuck-reset", str(POWER_UP)) as line:
        board = SerialBoard(line, SMALL.described)
        for _ in range(2):
            with pytest.raises(LinkError, match=f"^{re.escape(sentence)}$"):
                board.reset()
        with pytest.raises(LinkError, match=f"^{re.escape(sentence)}$"):
            board.compute(SMALL.raw(1))


def test_another_design_in_the_fabric_is_told(small: Path) -> None:
    sentence = (
        "the fabric holds design 0x0123456789abcd10, this program is of 0x0123456789abcdef: load "
        "the bitstream and the program of one build"
    )
    with Board.on(small, "identity", "0") as line:
        assert f"error: {sentence}\r\n" in line.until("ready\r\n")
        with pytest.raises(LinkError, match=f"^host: {re.escape(sentence)}$"):
            SerialBoard(line, SMALL.described)


def test_a_wrong_result_fails_the_self_test(tmp_path: Path) -> None:
    SMALL.write(tmp_path)
    header = tmp_path / "vectors.h"
    # The last byte of the tensor in the first result: the top byte of y[4].
    start = header.read_text().index("VECTOR_OUTPUTS")
    head, values = header.read_text()[:start], header.read_text()[start:].split()
    assert values[10] == "71,"
    values[10] = "70,"
    header.write_text(head + " ".join(values) + "\n")
    program = toy.compile_c(
        tmp_path / "wrong",
        (tmp_path, toy.HOST, toy.SOURCES / "src", toy.SOURCES / "hal_bare"),
        *toy.common_sources(),
        toy.SOURCES / "hal_bare" / "fabric.c",
        *sorted(toy.HOST.glob("*.c")),
    )
    first = "y[4] of sample 0: expected 17.6943, got 17.9443"
    with Board.on(program) as line:
        said = line.until("ready\r\n")
        assert "got      -8.0927 -10.3271 -13.7509 -6.2265 17.9443\r\n  FAIL\r\n" in said
        assert f"self-test: FAIL, 1 of 2 samples as expected\r\n{first}\r\n" in said
        result = SerialBoard(line, SMALL.described).selftest()
        assert (result.samples, result.wrong, result.first) == (2, 1, first)


def test_a_lost_byte_in_the_receiver_is_counted_and_repaired(small: Path) -> None:
    raw = SMALL.raw(40)
    with Board.on(small, "none", "0", "300") as line:
        board = SerialBoard(line, SMALL.described, patience=1.0)
        assert (board.compute(raw) == SMALL.compute(raw)).all()
        assert (board.info().overruns, board.info().damaged) == (1, 1)
        line.write(b"e")
        said = line.until("last error: none\r\n")
        assert "damaged frames 1, receiver overruns 1, failures 0\r\n" in said
