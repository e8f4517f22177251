"""The line of a log that is the cause, and what to do about it. The logs are cut from real ones."""

import pytest

from hls4ml_soc.toolchains.messages import cause

UMBRELLAS = """
ERROR: [Common 17-69] Command failed: Synthesis failed - please see the console or run log file
[Tue Nov 21 10:00:00 2023] synth_1 finished
ERROR: [Vivado 12-13638] Failed runs(s) : 'synth_1'
ERROR: [Common 17-39] 'wait_on_runs' failed due to earlier errors.
ERROR: [soc] synth_1 ended with 'synth_design ERROR' at 0%: see x/runme.log
"""
UTLZ = (
    "[DRC UTLZ-1] Resource utilization: LUT as Logic over-utilized in Top Level Design (This design"
    " requires more LUT as Logic cells than are available in the target device. This design "
    "requires 71984 of such cell types but only 70560 compatible sites are available in the target "
    "device.)"
)
LICENCE = (
    "[Common 17-345] A valid license was not found for feature 'Synthesis' and/or device "
    "'xczu9eg'. Please run the Vivado License Manager"
)

#: Log -> the cause, and the beginning of what to do.
LOGS = {
    "a source that synthesis refuses": (
        "ERROR: [Synth 8-2716] syntax error near ')' [top.sv:35]\n" + UMBRELLAS,
        "[Synth 8-2716] syntax error near ')' [top.sv:35]",
        "synthesis refuses a source",
    ),
    "no licence": (f"ERROR: {LICENCE}\n{UMBRELLAS}", LICENCE, "no licence for this part"),
    "too large": (
        f"ERROR: {UTLZ}\nERROR: [Vivado_Tcl 4-23] Error(s) found during DRC. Placer not run.\n"
        f"ERROR: [Common 17-39] 'place_design' failed due to earlier errors.\n{UMBRELLAS}",
        UTLZ,
        "the design does not fit: raise the reuse factor (--reuse)",
    ),
    "a part that Vivado does not have": (
        "ERROR: [Coretcl 2-106] Specified part could not be found.\n",
        "[Coretcl 2-106] Specified part could not be found.",
        "the part is not in this installation",
    ),
    "a part that HLS does not have": (
        "ERROR: [HLS 200-1023] Part 'xc7z020-clg400-1' is not installed.\n"
        "command 'ap_source' returned error code\n",
        "[HLS 200-1023] Part 'xc7z020-clg400-1' is not installed.",
        "the part is not in this installation",
    ),
    "too much to unroll": (
        "ERROR: [XFORM 203-504] Stop unrolling loop 'Product1' in function 'dense' because it may "
        "cause large runtime and excessive memory usage due to increase in code size.\n"
        "ERROR: [HLS 200-70] Pre-synthesis failed.\n",
        "[XFORM 203-504] Stop unrolling loop 'Product1' in function 'dense' because it may cause "
        "large runtime and excessive memory usage due to increase in code size.",
        "more than HLS unrolls",
    ),
    "umbrella first": (
        "ERROR: [HLS 200-1715] Encountered problem during source synthesis\n"
        "ERROR: [HLS 207-3776] use of undeclared identifier 'nnet' (digits.cpp:12:5)\n"
        "ERROR: [HLS 200-70] Pre-synthesis failed.\n",
        "[HLS 207-3776] use of undeclared identifier 'nnet' (digits.cpp:12:5)",
        "",
    ),
    "the year 2022": (
        "ERROR: '2201251806' is an invalid argument. Please specify an integer value.\n"
        "ERROR: [IMPL 213-28] Failed to generate IP.\n",
        "'2201251806' is an invalid argument. Please specify an integer value.",
        "HLS of before 2022.1 needs AMD's patch y2k22",
    ),
    "a full disk": (
        "ERROR: [Common 17-49] Internal Data Exception: HDDMProto::writeMessage failed\n",
        "[Common 17-49] Internal Data Exception: HDDMProto::writeMessage failed",
        "the disk is full",
    ),
    "a port without a pin": (
        "ERROR: [DRC UCIO-1] Unconstrained Logical Port: 1 out of 4 logical ports\n"
        "ERROR: [Vivado 12-1345] Error(s) found during DRC. Bitgen not run.\n",
        "[DRC UCIO-1] Unconstrained Logical Port: 1 out of 4 logical ports",
        "a port has no pin",
    ),
    "killed by the kernel": (
        "Start Technology Mapping\n/tools/Xilinx/Vivado/2023.2/bin/rdiArgs.sh: line 312:  4711 "
        'Killed                  "$RDI_PROG" "$@"\n',
        "/tools/Xilinx/Vivado/2023.2/bin/rdiArgs.sh: line 312:  4711 Killed                  "
        '"$RDI_PROG" "$@"',
        "out of memory",
    ),
    "timing": (
        "ERROR: [soc] timing is not met: worst setup slack is -0.7 ns at 100 MHz: see timing.rpt\n",
        "[soc] timing is not met: worst setup slack is -0.7 ns at 100 MHz: see timing.rpt",
        "raise the reuse factor (--reuse) or lower the board's clock",
    ),
    "a crash": (
        "An unexpected error has occurred (6)\n#0  0x00007f\n",
        "An unexpected error has occurred (6)",
        "a crash of the tool",
    ),
    "critical warnings only": (
        "CRITICAL WARNING: [Timing 38-282] The design failed to meet the timing requirements.\nend",
        "CRITICAL WARNING: [Timing 38-282] The design failed to meet the timing requirements.",
        "",
    ),
    "only umbrellas": (
        UMBRELLAS,
        "[Common 17-69] Command failed: Synthesis failed - please see the console or run log file",
        "",
    ),
}


@pytest.mark.parametrize("name", LOGS)
def test_the_cause(name: str) -> None:
    log, text, told = LOGS[name]
    found = cause(log)
    assert found.text == text
    assert found.hint.startswith(told) and bool(found.hint) == bool(told)


def test_a_run_has_a_log_of_its_own() -> None:
    """Vivado copies the log of the run it waits for, not those of the IPs before it."""
    found = cause(UMBRELLAS, ["all fine\n", "ERROR: [Synth 8-439] module 'x' not found\n"])
    assert found.text == "[Synth 8-439] module 'x' not found"


@pytest.mark.parametrize("code", [-9, 137])
def test_a_kill_goes_before_errors_that_follow_from_it(code: int) -> None:
    log = "ERROR: [Common 17-180] Spawn failed: No error\nParent process (pid 7) has died. Bye\n"
    assert cause(log, code=code).text == "Parent process (pid 7) has died. Bye"
    silent = cause("Phase 1 Build RT Design\n", code=code)
    assert silent.text == "killed (signal 9)" and silent.hint.startswith("out of memory")
