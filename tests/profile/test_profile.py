"""Profiles of networks in which one layer is bad, and of one in which none is."""

import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc import sources
from hls4ml_soc.errors import ModelError
from hls4ml_soc.execute import Silence
from hls4ml_soc.job import Job
from hls4ml_soc.options import Options
from hls4ml_soc.profile import Accuracy, table
from hls4ml_soc.profile.measure import check, profile
from hls4ml_soc.report import Report
from tests.profile import bad_networks

WRAPPED = "ap_fixed<8,2,AP_TRN,AP_WRAP,0>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("profile")


def profiled(folder: Path, kind: str):
    path = bad_networks.mlp(folder)
    source, accelerator = bad_networks.converted(path, folder / kind, bad_networks.BAD[kind])
    inputs = bad_networks.inputs(accelerator)
    return profile(source, accelerator, inputs, folder / f"{kind}_out" / "profile", Silence())


@pytest.fixture(scope="module")
def good(folder):
    return profiled(folder, "good")


@pytest.fixture(scope="module")
def bad(folder):
    return profiled(folder, "overflow")


def test_a_good_network_gives_no_warning(good) -> None:
    assert good.warning == ""
    assert good.first is None
    assert good.recipe == {}
    assert good.notes == ()
    assert {layer.against for layer in good.layers} == {"float"}
    # A softmax is left to the host: what is compared comes before it.
    assert good.outputs[0].fixed.distance.error < 0.005
    assert good.outputs[0].fixed.agreement == 1
    assert max(layer.distance.error for layer in good.layers) < 0.005


def test_a_good_network_is_not_built_a_second_time(folder, good) -> None:
    assert not (folder / "good_out" / "profile" / "wide").exists()


def test_the_layer_that_overflows_is_named(bad) -> None:
    assert bad.first.name == "relu2"
    right = next(layer for layer in bad.layers if layer.name == "relu2")
    assert right.fit.overflow == 3
    assert right.right.highest == pytest.approx(2.555, abs=0.001)
    assert right.fixed.highest < 2
    assert bad.recipe == {"relu2": {"result": "ap_fixed<12,3,AP_TRN,AP_WRAP,0>"}}
    assert bad.warning == (
        "fixed point departs from float (layer6_out: error 38.86% of the values' rms, same largest "
        "output in 97.7% of 130 samples); the first layer that departs is 'relu2': 3 of 1040 "
        f"values lie outside {WRAPPED}: they reach from 0 to 2.555"
    )
    last = bad.layers[-1]
    assert (last.name, last.departs, bad.cause(last)) == (
        "fc3",
        True,
        "what it reads departs: relu2",
    )


def test_the_check_of_every_run_sees_it_without_building(folder, bad, good, monkeypatch) -> None:
    monkeypatch.setattr("hls4ml_soc.profile.trace.run", None)
    monkeypatch.setattr("hls4ml_soc.profile.measure.CHECKED", 130)
    for kind, made, departs in (("overflow", bad, True), ("good", good, False)):
        source, accelerator = bad_networks.converted(
            folder / "mlp.onnx", folder / kind, bad_networks.BAD[kind]
        )
        inputs = bad_networks.inputs(accelerator)
        (output,) = check(source, accelerator, inputs, made.fixed)
        assert output.departs is departs
        assert output.fixed == made.outputs[0].fixed


def test_a_run_warns_and_names_the_layer(folder, bad) -> None:
    source, accelerator = bad_networks.converted(
        folder / "mlp.onnx", folder / "overflow", bad_networks.BAD["overflow"]
    )
    inputs, out = bad_networks.inputs(accelerator), folder / "overflow_out"
    found = Accuracy.checked(source, accelerator, inputs, bad.fixed, out, Silence())
    report = found.noted(report_of())
    assert report.notes == ["first", bad.warning]
    assert report.products == {"bit": "b", "profile": "profile.json", "page": "report.html"}
    told = report.fixed_to_float
    assert told["departs"] is True and told["layer"] == "relu2"
    assert told["cause"] == f"3 of 1040 values lie outside {WRAPPED}: they reach from 0 to 2.555"
    assert told["outputs"]["layer6_out"]["agreement"] == pytest.approx(127 / 130)
    found.board(bad.fixed)
    read = json.loads((out / "profile.json").read_text())
    assert read["outputs"][0]["board_fixed"]["equal"] == 130


def test_a_good_run_tells_how_far_it_is_and_nothing_more(folder, good) -> None:
    source, accelerator = bad_networks.converted(folder / "mlp.onnx", folder / "good")
    inputs, out = bad_networks.inputs(accelerator), folder / "unused"
    found = Accuracy.checked(source, accelerator, inputs, good.fixed, out, Silence())
    report = found.noted(report_of())
    assert (report.notes, report.products) == (["first"], {"bit": "b"})
    assert report.fixed_to_float["departs"] is False
    assert report.fixed_to_float["outputs"]["layer6_out"]["samples"] == 100
    found.board(good.fixed)
    assert not out.exists()


def test_of_a_project_nothing_is_known_without_a_profile(folder, good) -> None:
    _, accelerator = bad_networks.converted(folder / "mlp.onnx", folder / "good")
    source = sources.Project(folder / "good")
    inputs = bad_networks.inputs(accelerator)
    found = Accuracy.checked(source, accelerator, inputs, good.fixed, folder, Silence())
    assert found.noted(report_of()) == report_of()


def report_of() -> Report:
    """A report with a note and a product."""
    return Report(*("b", "t", "c", "o", "u", "f"), notes=["first"], products={"bit": "b"})


def test_board_and_fixed_and_float_side_by_side(bad) -> None:
    flipped = {name: values.copy() for name, values in bad.fixed.items()}
    flipped["layer6_out"][7, 0] += 0.5
    (output,) = bad.with_board(flipped).outputs
    assert (output.board_fixed.equal, output.board_fixed.samples) == (129, 130)
    assert output.board_fixed.distance.worst == 0.5
    assert output.board.distance.error == pytest.approx(0.3886, abs=0.01)
    assert bad.outputs[0].board is None


def test_the_file_holds_what_the_profile_tells(bad, tmp_path) -> None:
    bad.with_board(bad.fixed).write(tmp_path)
    told = json.loads((tmp_path / "profile.json").read_text())
    assert told["format"] == 1
    assert told["first_departing"] == "relu2"
    assert told["warning"] == bad.warning
    assert [layer["name"] for layer in told["layers"]] == [
        *("x", "fc1", "relu1", "fc2", "relu2", "fc3")
    ]
    assert told["layers"][4]["fit"]["overflow"] == 3
    layers, outputs = table.read(tmp_path / "profile.json")
    assert layers[5] == (
        *("relu2", "ap_fixed<8,2>", "0 to 2.555", "3 (0.3%)", "8 (0.8%)", "47.03%"),
        "ap_fixed<12,3>",
    )
    head, first, *_ = table.lines(layers)
    assert head.index("format") == first.index("ap_fixed<16,6>")
    assert {len(line) for line in table.lines(layers)} <= set(range(1, 101))
    assert outputs[1] == (*("layer6_out", "38.86% off", "97.7%", "130/130 equal", "38.86% off"),)


class Page(HTMLParser):
    """Everything that a page would load, and whether its elements are closed."""

    VOID = frozenset(("meta", "br"))

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.open: list[str] = []
        self.drawings: list[str] = []

    def handle_starttag(self, tag, attributes) -> None:
        given = dict(attributes)
        self.loads += [f"{tag} {name}" for name in ("src", "href", "action") if name in given]
        self.loads += [tag] if tag in ("script", "link", "iframe", "object") else []
        self.drawings += [given["aria-label"]] if tag == "svg" else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_nothing_beside_it(bad, tmp_path) -> None:
    bad.write(tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    page.close()
    assert page.loads == []
    assert page.open == []
    assert "url(" not in text and "@import" not in text and "http" not in text
    assert "@media (prefers-color-scheme: dark)" in text
    assert page.drawings == [
        "values of each layer beside what its format holds",
        "error of each layer",
        *(f"{name}: fixed over float" for name in ("x", "fc1", "relu1", "fc2", "relu2", "fc3")),
    ]
    assert "relu2: {precision: {result: &#x27;ap_fixed&lt;12,3,AP_TRN,AP_WRAP,0&gt;&#x27;}}" in text


def test_traced_values_are_those_of_the_emulation(bad, good) -> None:
    assert not np.array_equal(bad.fixed["layer6_out"], good.fixed["layer6_out"])
    assert bad.samples == good.samples == 130


def test_a_loopback_refuses_a_profile(tmp_path) -> None:
    options = Options(loopback=True, profile=True, out=tmp_path)
    with pytest.raises(ModelError, match="^a loopback takes no --profile: it computes nothing$"):
        Job.of(None, "pynq-z2", options, None)
