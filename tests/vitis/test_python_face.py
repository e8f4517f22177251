"""The library from Python: results, and its exceptions."""

import sys
from pathlib import Path

import numpy as np
import pytest

from .conftest import Build, host_variables, make, run_on_card

FACE = """
import sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from accelerator import Accelerator, CardError
bundle, library, x, y = sys.argv[2:6]
words = np.load(x)
with Accelerator(bundle, library, batch=7) as network:
    for kind in (np.float64, np.float32):
        result = network.predict(words.astype(kind))["received"]
        assert result.dtype == kind and result.shape == words.shape
        assert (result == words.astype(kind).astype(np.float64) // 1 % 2**32).all()
    wordless = np.tile(words.astype(float), (3, 1))
    wordless[100, 0] = np.nan
    try:
        network.predict(wordless)
    except ValueError as error:
        print(error)
    np.save(y, network.predict(words[::-1])["received"][::-1])
    for wrong in ((), (words, words), (words[:, :3],), (words.astype(complex),)):
        try:
            network.predict(*wrong)
        except ValueError as error:
            print(error)
try:
    network.predict(words)
except ValueError as error:
    print(error)
try:
    Accelerator(bundle, library, batch=0)
except ValueError as error:
    print(error)
try:
    Accelerator(bundle, library, deadline=0)
except ValueError as error:
    print(error)
many = np.tile(words, (200, 1))
late = Accelerator(bundle, library, batch=len(many), deadline=0.001)
for _ in range(2):
    try:
        late.predict(many)
    except CardError as error:
        print(error)
"""


@pytest.fixture
def library(host: Path) -> Path:
    make(host.parent, host_variables(), "libhls4ml_accelerator.so", "-O0")
    return host.parent / "libhls4ml_accelerator.so"


def test_the_library_from_python(library: Path, loopback: Build, tmp_path: Path) -> None:
    # Of 24 bits: float32 holds them.
    words = np.random.default_rng(1).integers(0, 1 << 24, (50, 256), dtype=np.uint32)
    np.save(tmp_path / "x.npy", words)
    script = tmp_path / "face.py"
    script.write_text(FACE)
    argv = [sys.executable, "-B", str(script), str(library.parent / "host")]
    argv += [str(loopback.bundle.folder), str(library)]
    done = run_on_card(
        [*argv, str(tmp_path / "x.npy"), str(tmp_path / "y.npy")], loopback, tmp_path
    )
    told = done.stdout.splitlines()
    assert told == [
        "sent: sample 100 holds a number that has no word in ap_uint<32>",
        "0 arrays were given; the network takes sent",
        "2 arrays were given; the network takes sent",
        "sent: an array of shape (50, 3) was given; (samples, 256) is needed",
        "sent: complex128 is no array of real numbers",
        "the accelerator is closed",
        "a batch of 0 samples: it must be 1 at least",
        "a deadline of 0 s: it must be a millisecond at least",
        "compute unit loopback_soc_1 did not finish 10000 samples within 0.001 s: reset the card "
        "(xbutil reset)",
        "an earlier batch failed: load the accelerator anew",
    ]
    assert done.returncode == 0
    assert (np.load(tmp_path / "y.npy") == words).all()
