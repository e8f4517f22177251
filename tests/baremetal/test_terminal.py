"""What a person reads at power-up and after keys, on the HAL of registers and on that of the
vendor's drivers."""

import time
from pathlib import Path

import pytest

from tests.baremetal import toy
from tests.baremetal.toy import SMALL, Board

WELCOME = """
hls4ml_soc test: network toy on host
design 0x0123456789abcdef
input  x [12] ap_fixed<16,6,AP_TRN,AP_WRAP,0>, 24 bytes a sample
output y [5] ap_fixed<16,6,AP_TRN,AP_WRAP,0>, 16 bytes a sample
self-test
  expected -8.0927 -10.3271 -13.7509 -6.2265 17.9443
  got      -8.0927 -10.3271 -13.7509 -6.2265 17.9443
  PASS
  expected 29.6933 -31.4375 -28.9951 -19.2548 -0.7900
  got      29.6933 -31.4375 -28.9951 -19.2548 -0.7900
  PASS
self-test: PASS, 2 of 2 samples as expected
time per inference: not measured, this is a virtual board
keys: i information, s self-test, b benchmark, e errors, r reset, h help
ready
""".replace("\n", "\r\n")


@pytest.mark.parametrize("kind", ["registers", "classic", "sdt"])
def test_at_power_up_it_says_who_it_is_and_tests_itself(kind: str, tmp_path: Path) -> None:
    virtual = toy.Toy(SMALL.inputs, SMALL.outputs, measurable=False)
    if kind == "registers":
        program = toy.application(tmp_path, virtual)
    else:
        options = ("-DSDT",) if kind == "sdt" else ()
        program = toy.vendor_application(tmp_path, virtual, *options)
    with Board.on(program) as board:
        assert board.until("ready\r\n") == WELCOME
