"""The whole story, from the command line to ``report.json``."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc import cli
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.deploy import deploy, example
from hls4ml_soc.errors import LinkError, MismatchError, ModelError
from hls4ml_soc.options import Options
from hls4ml_soc.report import NOBODY_TELLS, NOT_MEASURED, TOOLS_TELL

NETWORK, IMAGES, LABELS = example()


def test_every_image_is_right_to_the_last_bit(demo) -> None:
    out, report = demo
    assert (report.bit_exact, report.samples, report.mismatches) == (360, 360, 0)
    assert report.accuracy >= 0.95
    assert report.accuracy_float >= 0.96
    assert abs(report.accuracy - report.accuracy_float) <= 0.01


def test_the_report_claims_nothing_that_a_model_cannot_know(demo) -> None:
    out, _ = demo
    told = json.loads((out / "report.json").read_text())
    assert told["origin"] == "standin" and told["connection"] == "virtual"
    for name in NOT_MEASURED:
        assert told[name] is None
    unknown = [*TOOLS_TELL, *NOBODY_TELLS, "silicon", *NOT_MEASURED]
    assert told["not_verified"] == unknown
    assert told["simulation_s"] > 0
    assert told["clock_mhz"] == 100.0
    assert told["bytes_per_sample"] == {"in": 128, "out": 24, "padding": 4.0}
    assert all((out / path).exists() for path in told["products"].values())


def test_the_bundle_is_whole_and_marked(demo, capsys) -> None:
    out, report = demo
    bundle = Bundle.read(out / "bundle")
    assert bundle.manifest["origin"] == "standin"
    assert bundle.manifest["design_id"] == report.design_id == bundle.described["design_id"]
    assert cli.main(["verify", str(out / "bundle")]) == 0
    assert "files are as they were written" in capsys.readouterr().out


def test_a_second_run_builds_nothing(demo, capsys, monkeypatch) -> None:
    out, first = demo
    built = {path: path.stat().st_mtime_ns for path in out.rglob("*.so")}
    again = deploy(NETWORK, "pynq-z2", Options(input=IMAGES, labels=LABELS, out=out))
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.so")} == built
    assert again.bit_exact == first.bit_exact


def test_the_same_network_gives_the_same_bytes_elsewhere(demo, tmp_path) -> None:
    """In another folder, with another file name path and another hls4ml stamp."""
    out, first = demo
    copy = tmp_path / "a b" / "digits.onnx"
    copy.parent.mkdir()
    shutil.copy(NETWORK, copy)
    there = tmp_path / "elsewhere"
    options = Options(until="bundle", input=IMAGES, labels=LABELS, out=there)
    again = deploy(copy, "pynq-z2", options)
    assert again.design_id == first.design_id

    def digests(folder: Path) -> dict[str, str]:
        paths = (path for path in (folder / "bundle").rglob("*") if path.is_file())
        return {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in paths
            if "__pycache__" not in path.parts
        }

    assert digests(tmp_path / "elsewhere") == digests(out)


def test_a_project_of_hls4ml_is_taken_as_it_is(demo, tmp_path) -> None:
    out, first = demo
    project = tmp_path / "mine"
    shutil.copytree(out / "project", project)
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    report = deploy(project, "pynq-z2", Options(until="plan", out=tmp_path / "out"))
    assert report.design_id == first.design_id
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_a_project_takes_no_options_of_the_conversion(demo, tmp_path) -> None:
    out, _ = demo
    for option in ({"precision": "ap_fixed<8,3>"}, {"reuse": 4}, {"io_type": "io_stream"}):
        (name,) = option
        with pytest.raises(ModelError) as error:
            deploy(out / "project", "pynq-z2", Options(out=tmp_path / "out", **option))
        assert str(error.value) == (
            "an hls4ml project, which has been converted already, takes no "
            f"--{name.replace('_', '-')}"
        )


def test_expectations_of_ones_own(demo, tmp_path) -> None:
    out = tmp_path / "out"
    shutil.copytree(demo[0], out, symlinks=True)
    with np.load(out / "run/outputs.npz") as outputs:
        (values,) = outputs.values()
    np.save(tmp_path / "y.npy", values)
    options = Options(input=IMAGES, expect=tmp_path / "y.npy", out=out)
    assert deploy(NETWORK, "pynq-z2", options).bit_exact == 360
    values[17, 4] += 2.0**-10
    np.save(tmp_path / "y.npy", values)
    with pytest.raises(MismatchError) as error:
        deploy(NETWORK, "pynq-z2", options)
    assert error.value.exit_code == 4
    assert str(error.value).startswith("1 of 360 samples differ from y.npy; the first: ")
    assert "[4] of sample 17" in str(error.value)
    told = json.loads((out / "report.json").read_text())
    assert told["bit_exact"] == 359 and told["first_mismatch"]["sample"] == 17


def test_a_board_that_fails_is_named_with_its_sentence(demo, tmp_path) -> None:
    from hls4ml_soc.board import Board
    from hls4ml_soc.connections import virtual

    out, _ = demo
    shutil.copytree(out / "bundle", tmp_path / "bundle")
    (tmp_path / "bundle/digits.hwh").unlink()
    bundle = Bundle(tmp_path / "bundle", {})
    x = {"x": np.zeros((1, 64))}
    with pytest.raises(LinkError) as error:
        virtual.Pynq().run(bundle, Board.load("pynq-z2"), x, tmp_path / "run", print)
    assert str(error.value).startswith("pynq-z2 (virtual): ")


def processes_below(folder: Path) -> list[str]:
    """Command lines of processes that work in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "cwd").startswith(str(folder)):
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:  # gone, or not ours
            continue
    return found


def begun(out: Path) -> subprocess.Popen[str]:
    """A run in another process, in the middle of HLS."""
    argv = [sys.executable, "-m", "hls4ml_soc", "deploy", str(NETWORK), "--board", "pynq-z2"]
    argv += ["--until", "build", "--out", str(out)]
    process = subprocess.Popen(argv, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    deadline = time.monotonic() + 120
    while not any("cc1plus" in line for line in processes_below(out)):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"HLS did not begin: {process.communicate()}")
        time.sleep(0.02)
    return process


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_leaves_nothing_running(tmp_path, how: signal.Signals) -> None:
    process = begun(tmp_path)
    try:
        process.send_signal(how)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, said) == (130, "error: interrupted\n")
    assert processes_below(tmp_path) == []


def test_a_killed_run_can_be_gone_on_with(tmp_path) -> None:
    """While a tool of the killed run is still at work the folder is in use; then all is well."""
    process = begun(tmp_path)
    process.kill()
    process.communicate(timeout=60)
    with pytest.raises(ModelError, match="is in use by another run; wait for it"):
        deploy(NETWORK, "pynq-z2", Options(until="build", out=tmp_path))
    deadline = time.monotonic() + 120
    while processes_below(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert deploy(NETWORK, "pynq-z2", Options(until="build", out=tmp_path)).products["bit"]


def test_an_output_folder_that_the_tools_would_refuse(tmp_path) -> None:
    with pytest.raises(ModelError) as error:
        deploy(NETWORK, "pynq-z2", Options(out=tmp_path / "my [out]"))
    assert str(error.value) == (
        f"output folder {tmp_path}/my [out]: HLS and Vivado refuse paths with ' ' '[' ']'; "
        "choose another with --out"
    )
    assert not (tmp_path / "my [out]").exists()


def test_loopback(tmp_path) -> None:
    report = deploy(None, "pynq-z2", Options(loopback=True, out=tmp_path))
    assert (report.bit_exact, report.samples) == (400, 400)


def test_loopback_takes_no_network() -> None:
    with pytest.raises(
        ModelError, match="^--loopback takes no network: a FIFO stands in its place$"
    ):
        deploy(NETWORK, "pynq-z2", Options(loopback=True))
    for option in ({"labels": LABELS}, {"reuse": 9}, {"io_type": "io_stream"}):
        (name,) = option
        with pytest.raises(ModelError) as error:
            deploy(None, "pynq-z2", Options(loopback=True, **option))
        assert str(error.value) == f"a loopback takes no --{name.replace('_', '-')}"


def test_dense_packing(tmp_path) -> None:
    options = Options(input=IMAGES, packing="dense", precision="ap_fixed<12,6>", out=tmp_path)
    report = deploy(NETWORK, "pynq-z2", options)
    assert (report.bit_exact, report.samples) == (360, 360)
    assert report.bytes_per_sample["in"] == 104  # 5 elements of 12 bits in a beat of 64


def test_a_recipe(demo, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["init", str(NETWORK), "--board", "pynq-z2"]) == 0
    assert cli.main(["init", str(NETWORK), "--board", "pynq-z2"]) == 2
    assert capsys.readouterr().err == (
        "error: soc.yaml is there already; edit it, or remove it first\n"
    )
    assert cli.main(["deploy", "--until", "plan"]) == 0
    assert json.loads(Path("build/pynq-z2-pynq-virtual/report.json").read_text())["until"] == "plan"
    recipe = Path("soc.yaml").read_text()
    Path("soc.yaml").write_text(recipe.replace("packing: 'aligned'", "paking: 'dense'"))
    assert cli.main(["deploy", "--until", "plan"]) == 2
    assert "soc.yaml:8: unknown key 'paking' (did you mean 'packing'?)" in capsys.readouterr().err
