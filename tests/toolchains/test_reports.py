"""Reports in the formats of the tools, and the phases that their logs tell."""

from pathlib import Path

import pytest

from hls4ml_soc.toolchains import reports
from hls4ml_soc.toolchains.phases import Follower, Phases
from tests.toolchains.conftest import REPORTS


def read(name: str) -> str:
    return (REPORTS / name).read_text()


def test_timing() -> None:
    assert reports.timing(read("timing_met.rpt")) == {
        "wns_ns": 1.214,
        "tns_ns": 0.0,
        "failing_endpoints": 0,
        "endpoints": 18242,
        "whs_ns": 0.021,
        "ths_ns": 0.0,
        "wpws_ns": 3.75,
        "met": True,
    }
    missed = reports.timing(read("timing_missed.rpt"))
    assert missed and (missed["wns_ns"], missed["failing_endpoints"]) == (-0.731, 112)
    assert missed["met"] is False
    assert reports.slack(missed) == "NOT met, worst slack -0.731 ns"


def test_a_negative_hold_or_pulse_width_slack_is_not_met() -> None:
    for old in (" 0.021 ", " 3.750 "):
        found = reports.timing(read("timing_met.rpt").replace(old, old.replace(" ", " -", 1)))
        assert found and found["met"] is False


def test_a_design_without_paths_has_no_slack() -> None:
    text = read("timing_met.rpt").replace("      1.214 ", "         NA ")
    found = reports.timing(text)
    assert found and found["wns_ns"] is None and found["met"] is True
    assert reports.slack(found) == "met"


@pytest.mark.parametrize("text", ["", "Timing summary\n\nnot known", "    WNS(ns)      TNS(ns)\n"])
def test_no_timing(text: str) -> None:
    assert reports.timing(text) is None


def test_utilisation_of_7_series() -> None:
    assert reports.utilization(read("utilization_2019.2_7series.rpt")) == {
        "lut": {"used": 12345, "available": 53200, "percent": 23.2},
        "ff": {"used": 15000, "available": 106400, "percent": 14.1},
        "bram_18k": {"used": 13, "available": 280, "percent": 4.64},
        "dsp": {"used": 64, "available": 220, "percent": 29.09},
    }


def test_utilisation_of_ultrascale_with_the_column_of_2020_2() -> None:
    found = reports.utilization(read("utilization_2023.2_ultrascale.rpt"))
    assert found is not None
    assert found["lut"] == {"used": 5365, "available": 230400, "percent": 2.33}
    assert found["bram_18k"] == {"used": 8, "available": 624, "percent": 1.28}
    assert found["uram"] == {"used": 0, "available": 96, "percent": 0.0}
    assert found["dsp"]["used"] == 0


def test_no_utilisation() -> None:
    assert reports.utilization("Report\n\nnot known to hls4ml_soc's stand-in") is None


def test_what_hls_estimates() -> None:
    found = reports.hls(read("csynth_vitis.xml"))
    assert found == {
        "target_ns": 10.0,
        "estimated_ns": 7.187,
        "latency_cycles": [38, 40],
        "interval_cycles": [19, 19],
        "estimated": {"bram_18k": 2, "dsp": 240, "ff": 15876, "lut": 48123, "uram": 0},
        "available": {"bram_18k": 280, "dsp": 220, "ff": 106400, "lut": 53200, "uram": 0},
    }
    assert reports.beyond(found) == ["dsp 240 of 220"]
    undefined = read("csynth_vitis.xml").replace(">40</Worst", ">undef</Worst")
    # Vivado HLS of 2019.2 calls the row by the primitive.
    older = reports.hls(undefined.replace("DSP>", "DSP48E>"))
    assert older and older["latency_cycles"] is None and older["estimated"]["dsp"] == 240


@pytest.mark.parametrize("text", ["", "<profile/>", "no XML"])
def test_no_estimates(text: str) -> None:
    assert reports.hls(text) is None


def phases(name: str) -> list[str]:
    own, found = Phases(), []
    for line in read(name).splitlines():
        if own.read(line):
            found.append(str(own))
    return found


def test_the_phases_of_vivado() -> None:
    assert phases("vivado_2021.1.log") == [
        "3 runs",
        "synth_1",
        "synth_1: synth_design",
        "synth_1: synth_design: RTL Elaboration",
        "synth_1: synth_design: Technology Mapping",
        "impl_1",
        "impl_1: opt_design",
        "impl_1: place_design",
        "impl_1: place_design: Placer",
        "impl_1: place_design: Placer Initialization",
        "impl_1: place_design: Placer Initialization Netlist Sorting",
        "impl_1: place_design: Floorplanning",
        "impl_1: route_design",
        "impl_1: route_design: Build RT Design",
        "impl_1: write_bitstream",
        "impl_1: write_bitstream: Writing bitstream",
    ]


def test_the_phases_of_hls() -> None:
    assert phases("vitis_hls_2022.2.log") == [
        "csynth_design",
        "csynth_design: reading digits.cpp",
        "csynth_design: scheduling dense_latency_ap_fixed_ap_fixed_16_6_5_3",
        "csynth_design: writing digits_soc",
        "export_design",
    ]


def test_a_log_is_followed_by_whole_lines(tmp_path: Path) -> None:
    told: list[str] = []
    follow = Follower(tmp_path / "log", told.append)
    follow()  # not there yet
    with open(tmp_path / "log", "w", buffering=1) as log:
        log.write("Command: place_de")
        log.flush()
        follow()
        log.write("sign\nPhase 1 Placer Initialization\n")
        follow()
        follow()
    assert told == ["place_design: Placer Initialization"]
