"""A finished bundle in a network's place."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc import cli
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.deploy import deploy, example
from hls4ml_soc.errors import MismatchError, ModelError
from hls4ml_soc.options import Options
from hls4ml_soc.trial import FILE, MOST_BYTES, Trial


@pytest.fixture(scope="module")
def bundle(demo) -> Path:
    return demo[0] / "bundle"


def test_a_bundle_runs_with_the_samples_it_carries(demo, bundle: Path, tmp_path: Path) -> None:
    report = deploy(bundle, None, Options(out=tmp_path / "out"))
    assert (report.bit_exact, report.samples) == (360, 360)
    assert report.accuracy == demo[1].accuracy
    assert report.bytes_per_sample == demo[1].bytes_per_sample
    assert report.shows == (
        "on 360 samples the bundle's hardware and software agree with the bundle's expectation"
    )
    assert json.loads((tmp_path / "out" / "report.json").read_text())["inputs"] == "samples.npz"
    assert report.latency_us is None and report.throughput_per_s is None


def test_a_bundle_needs_no_hls4ml(bundle: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from hls4ml_soc import cli\n"
        f"code = cli.main(['deploy', {str(bundle)!r}, '--out', {str(tmp_path / 'out')!r}])\n"
        "print('hls4ml' in sys.modules, 'onnx' in sys.modules)\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("False False")
    assert "360/360 bit-exact with the bundle's expectation" in done.stdout


def test_other_samples_come_with_their_expectations(bundle: Path, tmp_path: Path) -> None:
    with np.load(bundle / FILE) as given:
        x, y = given["input/x"][:7], given["expected/layer6_out"][:7]
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", y)
    options = Options(input=tmp_path / "x.npy", expect=tmp_path / "y.npy", out=tmp_path / "out")
    assert deploy(bundle, "pynq-z2", options).bit_exact == 7
    y[3, 2] += 2**-10
    np.save(tmp_path / "y.npy", y)
    with pytest.raises(MismatchError, match="1 of 7 samples differ from y.npy; the first: "):
        deploy(bundle, "pynq-z2", options)
    with pytest.raises(ModelError, match="^a bundle does not know .*: add --expect$"):
        deploy(bundle, None, replace(options, expect=None))
    np.save(tmp_path / "y.npy", y[:6])
    with pytest.raises(ModelError, match="y.npy: 6 expectations for 7 samples$"):
        deploy(bundle, None, options)


@pytest.mark.parametrize(
    "options, said",
    [
        ({"reuse": 4}, "a bundle, which is built already, takes no --reuse"),
        ({"tools": "standin"}, "a bundle, which is built already, takes no --tools"),
        ({"profile": True}, "a bundle, which is built already, takes no --profile"),
        ({"packing": "dense"}, "a bundle, which is built already, takes no --packing"),
        ({"until": "build"}, "a bundle has been built: there is nothing to do with --until build"),
        (
            {"labels": Path("l.npy")},
            "--expect and --labels go with --input where a bundle is deployed",
        ),
    ],
)
def test_what_comes_too_late_for_a_bundle(bundle: Path, options, said: str) -> None:
    with pytest.raises(ModelError) as error:
        deploy(bundle, None, Options(**options))
    assert str(error.value) == said


def test_a_bundle_of_another_board_or_target(bundle: Path) -> None:
    with pytest.raises(ModelError, match="is for pynq-z2, not zcu102$"):
        deploy(bundle, "zcu102", Options())
    with pytest.raises(ModelError, match="is for the target pynq, not baremetal$"):
        deploy(bundle, None, Options(target="baremetal"))


def test_one_changed_byte_is_named(bundle: Path, tmp_path: Path, capsys) -> None:
    copy = tmp_path / "bundle"
    shutil.copytree(bundle, copy)
    path = copy / "digits.bit"
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    assert cli.main(["deploy", str(copy)]) == 2
    assert capsys.readouterr().err.strip().endswith("digits.bit has been changed")


def test_samples_in_a_bundle_are_limited_and_reproducible() -> None:
    rows = MOST_BYTES // 1024
    x = np.arange((rows + 5) * 128, dtype=np.float64).reshape(rows + 5, 128)
    trial = Trial({"x": x}, {"y": x[:, :0]}, "", "", "")
    assert trial.file() == trial.file()
    with np.load(__import__("io").BytesIO(trial.file()[FILE])) as held:
        assert held["input/x"].shape == (rows, 128)


def test_a_bundle_without_samples(bundle: Path, tmp_path: Path) -> None:
    whole = Bundle.read(bundle)
    files = {n: (bundle / n).read_bytes() for n in whole.manifest["files"] if n != FILE}
    Bundle.write(
        tmp_path / "bare", files, {k: v for k, v in whole.manifest.items() if k != "files"}
    )
    with pytest.raises(
        ModelError, match="holds no samples.npz: give samples with --input and --expect$"
    ):
        deploy(tmp_path / "bare", None, Options())


def test_the_example_itself_is_no_bundle() -> None:
    with pytest.raises(ModelError, match="which board"):
        deploy(example()[0], None, Options())
