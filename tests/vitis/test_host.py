"""The host that ships, on the virtual card: results, options, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc.fixed_point import FixedPoint

from .conftest import Build, left_behind, on_card, results

REFUSED = 2


@pytest.mark.parametrize("batch", [1, 7, 50, 64])
def test_words_come_back_in_any_batch(
    batch: int, runner: Path, loopback: Build, words: np.ndarray, tmp_path: Path
) -> None:
    report = tmp_path / "card.json"
    done = on_card(runner, loopback, "--batch", str(batch), "--json", x=words, report=report)
    assert (done.returncode, done.stderr) == (0, "")
    assert (results(runner) == words).all()
    told = json.loads(done.stdout)
    starts = -(-50 // batch)
    assert {name: told[name] for name in ("samples", "batch", "compute_units", "starts")} == {
        "samples": 50, "batch": batch, "compute_units": 2, "starts": starts,
    }  # fmt: skip
    # Each byte goes once in each direction, in one transfer a start: the card's own count.
    counted = {"starts": starts, "to_card": starts, "from_card": starts}
    assert json.loads(report.read_text()) == {
        **counted, "bytes_to_card": words.nbytes, "bytes_from_card": words.nbytes,
    }  # fmt: skip
    assert left_behind(runner) == []


def test_samples_can_be_computed_again_and_again(
    runner: Path, loopback: Build, words: np.ndarray, tmp_path: Path
) -> None:
    told = tmp_path / "run.json"
    done = on_card(runner, loopback, "--batch", "9", "--runs", "3", "--json", str(told), x=words)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(json.loads(told.read_text())["seconds"]) == 3
    assert (results(runner) == words).all()


def test_no_samples_are_no_samples(runner: Path, loopback: Build, words: np.ndarray) -> None:
    done = on_card(runner, loopback, x=words[:0])
    assert (done.returncode, done.stderr) == (0, "")
    assert results(runner).shape == (0, 256)


FORMATS = (
    "ap_fixed<16,6,AP_RND_CONV,AP_SAT,0>",
    "ap_fixed<11,3,AP_RND_MIN_INF,AP_SAT_SYM,0>",
    "ap_ufixed<9,-2,AP_RND_INF,AP_WRAP,2>",
    "ap_fixed<20,24,AP_TRN_ZERO,AP_WRAP_SM,1>",
    "ap_int<13>",
)


@pytest.mark.parametrize("form", FORMATS)
def test_numbers_are_converted_as_everywhere_else(
    form: str, runner: Path, loopback: Build, tmp_path: Path
) -> None:
    design = json.loads((loopback.bundle.folder / "accelerator.json").read_text())
    for tensor in (*design["inputs"], *design["outputs"]):
        tensor["precision"] = form
    path = tmp_path / "accelerator.json"
    path.write_text(json.dumps(design))
    precision = FixedPoint.parse(form)
    random = np.random.default_rng(3)
    spread = random.normal(0, 3 * abs(precision.highest), (20, 256))
    spread[1::2] = random.integers(-999, 999, (10, 256)) * precision.step / 2  # halves, too
    done = on_card(runner, loopback, "--design", str(path), "--batch", "6", x=spread)
    assert (done.returncode, done.stderr) == (0, "")
    assert (results(runner) == precision.decode(precision.encode(spread))).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--batch", "0"), "--batch 0: a whole number of 1 at least is needed"),
        (("--batch", "many"), "--batch many: a whole number of 1 at least is needed"),
        (("--deadline", "0"), "--deadline 0: a number of seconds from 0.001 to 1000000 is needed"),
        (("--input", "nowhere.npy"), "nowhere.npy cannot be read"),
        (("--input", "y=x.npy"), "--input: there is no tensor 'y', there is sent"),
        (("--design", "nowhere.json"), "nowhere.json cannot be read"),
        (("--runs",), "--runs has no value"),
    ],
)
def test_options_that_are_refused(
    options: tuple[str, ...], message: str, runner: Path, loopback: Build, words: np.ndarray
) -> None:
    done = on_card(runner, loopback, *options, x=words)
    assert (done.returncode, done.stdout, done.stderr) == (REFUSED, "", f"ERROR: {message}\n")


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (
            np.zeros((3, 256), np.float16),
            "an array of type '<f2' was given; float32, float64 and integers of up to 32 bits are "
            "read",
        ),
        (
            np.zeros((3, 256), [("a", "f4"), ("b", "f4")]),
            "an array of type '[('a'' was given; float32, float64 and integers of up to 32 bits "
            "are read",
        ),
        (np.zeros((3, 255)), "an array of shape (3, 255) was given; (samples, 256) is needed"),
        (np.zeros((256,)), "an array of shape (256) was given; (samples, 256) is needed"),
        (
            np.asfortranarray(np.ones((3, 256))),
            "columns come first: save numpy.ascontiguousarray(x)",
        ),
    ],
    ids=["float16", "records", "columns", "flat", "fortran"],
)
def test_arrays_that_are_refused(
    x: np.ndarray, message: str, runner: Path, loopback: Build
) -> None:
    done = on_card(runner, loopback, x=x)
    given = runner.parent / "x.npy"
    assert (done.returncode, done.stderr) == (REFUSED, f"ERROR: {given}: {message}\n")


def test_a_number_without_a_word_is_refused(
    runner: Path, loopback: Build, words: np.ndarray
) -> None:
    x = words.astype(np.float64)
    x[41, 7] = np.nan
    done = on_card(runner, loopback, "--batch", "4", x=x)
    message = "sent: sample 41 holds a number that has no word in ap_uint<32>"
    assert (done.returncode, done.stderr) == (REFUSED, f"ERROR: {message}\n")
    assert left_behind(runner) == []


def test_an_xclbin_of_another_build_is_refused(
    runner: Path, loopback: Build, words: np.ndarray, tmp_path: Path
) -> None:
    content = bytearray(loopback.xclbin.read_bytes())
    content[416] ^= 1
    other = tmp_path / "other.xclbin"
    other.write_bytes(content)
    design = loopback.bundle.folder / "accelerator.json"
    done = on_card(runner, loopback, "--xclbin", str(other), "--design", str(design), x=words)
    uuid = loopback.bundle.manifest["xclbin_uuid"]
    found = f"{int(uuid[:2], 16) ^ 1:02x}{uuid[2:]}"
    message = f"{other} has the UUID {found}, {design} is for {uuid}: they are not of one build"
    assert (done.returncode, done.stderr) == (REFUSED, f"ERROR: {message}\n")


def test_what_is_no_xclbin_is_refused(
    runner: Path, loopback: Build, words: np.ndarray, tmp_path: Path
) -> None:
    design = str(loopback.bundle.folder / "accelerator.json")
    done = on_card(runner, loopback, "--xclbin", design, "--design", design, x=words)
    assert (done.returncode, done.stderr) == (REFUSED, f"ERROR: {design} is no .xclbin\n")
