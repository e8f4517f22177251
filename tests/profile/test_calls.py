"""Layers as they are found in hls4ml's C++."""

import pytest

from hls4ml_soc.profile.calls import Calls
from hls4ml_soc.profile.instrument import traced
from tests.profile import bad_networks


@pytest.fixture(scope="module", params=["io_parallel", "io_stream"])
def cnn(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cnn")
    path = bad_networks.convolutional(folder)
    _, accelerator = bad_networks.converted(path, folder / "net", io_type=request.param)
    return accelerator


def test_the_calls_of_a_network_in_order(cnn) -> None:
    calls = Calls.read(cnn).calls
    found = [(call.layer, call.function.removesuffix("_cl"), call.variable) for call in calls]
    assert [layer for layer, _, _ in found][-2:] == ["sum", "fc"]
    assert found[0][:2] == ("conv", "conv_2d")
    by_name = {call.layer: call for call in calls}
    assert str(by_name["relu"].result) == "ap_fixed<16,6,AP_TRN,AP_WRAP,0>"
    assert by_name["relu"].sums is None
    assert by_name["fc"].sums is not None
    assert by_name["fc"].variable == cnn.outputs[0].name


def test_copies_of_a_stream_go_by_the_name_of_what_is_copied(cnn) -> None:
    calls = Calls.read(cnn)
    writers = {call.variable: call.layer for call in calls.calls}
    joined = next(call for call in calls.calls if call.layer == "sum")
    assert sorted(writers[name] for name in joined.reads) in (["conv", "relu"], ["norm", "relu"])


def test_a_wide_copy_keeps_inputs_and_weights(cnn, tmp_path) -> None:
    before = (cnn.project / "firmware" / "defines.h").read_text()
    copy = traced(cnn, Calls.read(cnn), tmp_path / "wide", wide=True)
    after = (copy.project / "firmware" / "defines.h").read_text()
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    changed = {new.split()[-1].rstrip(";") for old, new in pairs if old != new}
    assert "result_t" in changed and "fc_accum_t" in changed
    assert not [name for name in changed if "weight" in name or "bias" in name or "input" in name]
    assert "ap_fixed<48,22>" in after  # of ap_fixed<16,6>
    assert (cnn.project / "firmware" / "defines.h").read_text() == before
