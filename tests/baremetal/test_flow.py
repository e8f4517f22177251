"""A line that never rests, into a UART of 16 bytes."""

import subprocess
from pathlib import Path

import pytest

from tests.baremetal import toy
from tests.baremetal.toy import Toy, stream


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flow")
    # The samples of the digits: 128 bytes in, 24 out.
    digits = Toy(stream(x=("ap_fixed<16,6>", 64)), stream(y=("ap_fixed<16,6>", 10)))
    digits.write(folder)
    sources = (*toy.common_sources(), Path(__file__).parent / "flow.c")
    include = (folder, toy.SOURCES / "src")
    return toy.compile_c(folder / "flow", include, *sources, options=toy.SANITIZERS)


@pytest.mark.parametrize(("requests", "samples"), [(60, 32), (200, 8), (400, 2)])
def test_no_byte_is_lost_and_the_line_is_in_use(flow: Path, requests: int, samples: int) -> None:
    done = subprocess.run(
        [flow, str(requests), str(samples)], capture_output=True, text=True, timeout=120
    )
    answers, lost, overruns, share = done.stdout.split()
    assert (int(answers), int(lost), int(overruns)) == (requests, 0, 0)
    assert float(share) > 0.95
