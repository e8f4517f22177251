"""The zoo on boards and targets: every network on its own board and on each target, boards in turn,
bit for bit on random samples and edge cases."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.zoo import matrix

pytestmark = pytest.mark.deep
TRIAL = Path(matrix.__file__).with_name("trial.py")
#: What the largest may take: a quarter of an hour, 24 GiB.
PATIENCE, MOST_MIB = 900, 24 << 10
CASES = matrix.cases()
COMPILING = ("HLS (stand-in)", "Vitis kernel (stand-in)", "hls4ml emulation")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[matrix.Case, dict[str, Any]]:
    """Run all cases, two at a time, and write table and artefact."""
    base = tmp_path_factory.mktemp("zoo")
    with ThreadPoolExecutor(2) as pool:
        results = dict(zip(CASES, pool.map(lambda case: run(case, base), CASES), strict=True))
    write(list(results.values()))
    return results


def run(case: matrix.Case, base: Path) -> dict[str, Any]:
    """Return what a trial told; its folder is removed, the compiled networks take gigabytes."""
    folder = base / str(case)
    argv = [sys.executable, str(TRIAL), case.recipe, case.board, case.target, str(folder)]
    process = subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        out, said = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.communicate()
        return {**vars(case), "error": f"not done after {PATIENCE} s"}
    shutil.rmtree(folder, ignore_errors=True)
    lines = out.strip().splitlines()
    return json.loads(lines[-1]) if lines else {**vars(case), "error": said}


def write(results: list[dict[str, Any]]) -> None:
    """Write ``zoo.json`` and ``zoo.md`` to the folder of the deep reports."""
    report = Path(os.environ.get("HLS4ML_SOC_DEEP_REPORT", "build/deep/zoo.md"))
    report.parent.mkdir(parents=True, exist_ok=True)
    report.with_name("zoo.json").write_text(json.dumps(results, indent=1) + "\n")
    report.with_name("zoo.md").write_text(table(results))


def table(results: list[dict[str, Any]]) -> str:
    """Return a table with a line a case."""
    columns = ["recipe", "board", "target", "bit-exact", "of these edge", "compiling s", "peak MiB",
               "emulated/s", "from float"]  # fmt: skip
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for each in results:
        where = f"| {each['recipe']} | {each['board']} | {each['target']} |"
        if "error" in each:
            lines.append(f"{where} {each['error'].splitlines()[0]} | | | | | |")
            continue
        seconds = sum(each["seconds"].get(step, 0.0) for step in COMPILING)
        lines.append(
            f"{where} {each['bit_exact']}/{each['samples']} | {each['edges']} | {seconds:.0f} "
            f"| {each['peak_mib']} | {each['emulated_per_s']:,.0f} | {each['from_float']:.3f} |"
        )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_bit_exact(case: matrix.Case, told) -> None:
    result = told[case]
    assert "error" not in result, result["error"]
    assert result["bit_exact"] == result["samples"]
    assert result["edges"] == 17
    wanted = matrix.LARGE.get(case.recipe, matrix.RANDOM)
    least = 8 if case.target == "baremetal" else wanted  # a serial line takes its time
    assert least <= result["samples"] - result["edges"] <= wanted
    assert result["peak_mib"] < MOST_MIB


def test_the_table_has_a_line_a_case(told) -> None:
    assert len(table(list(told.values())).splitlines()) == 2 + len(CASES)
