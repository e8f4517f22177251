"""Running plans: products, logs, failures, what is reused, interruption."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from hls4ml_soc.errors import ToolError
from hls4ml_soc.execute import execute
from hls4ml_soc.plan import Plan, Step
from hls4ml_soc.processes import run
from hls4ml_soc.toolchains import messages


class Tool:
    """A toolchain whose only tool is a Python script of the plan."""

    origin = label = "test"

    def __init__(self, version: str = "1") -> None:
        self._version = version

    def command(self, step):
        return [sys.executable, step.arguments[0]]

    def version(self, tool):
        return self._version


class Watch:
    """Progress that remembers."""

    def __init__(self) -> None:
        self.told = []

    @contextmanager
    def step(self, title):
        remarks = []
        yield remarks.append
        self.told.append((title, *remarks))


def plan(*scripts: str, driver: str = "") -> Plan:
    files = {f"s{i}/run.py": text for i, text in enumerate(scripts)}
    steps = tuple(
        Step(f"step {i}", "tool", ("run.py",), f"s{i}", {f"out{i}": "out"})
        for i in range(len(scripts))
    )
    return Plan(files | {"driver.py": driver}, steps)


WRITE = "import sys; open('out', 'w').write('made'); open('count', 'a').write('x')"


def test_products_are_found_by_kind(tmp_path) -> None:
    products = execute(plan(WRITE, WRITE), tmp_path, Tool(), Watch())
    assert products["out1"].read_text() == "made"
    assert (products.origin, products.versions) == ("test", {"tool": "1"})


def test_what_is_unchanged_is_not_run_again(tmp_path) -> None:
    def counts() -> list[int]:
        return [len((tmp_path / f"s{i}/count").read_text()) for i in range(2)]

    execute(plan(WRITE, WRITE), tmp_path, Tool(), Watch())
    watch = Watch()
    execute(plan(WRITE, WRITE, driver="changed"), tmp_path, Tool(), watch)
    assert counts() == [1, 1]
    assert watch.told == [("step 0 (test)", "unchanged"), ("step 1 (test)", "unchanged")]

    execute(plan(WRITE, WRITE + "\n"), tmp_path, Tool(), Watch())
    assert counts() == [1, 2], "only the later step reads what changed"
    execute(plan(WRITE + "\n", WRITE + "\n"), tmp_path, Tool(), Watch())
    assert counts() == [2, 3], "an earlier step makes the later ones run"
    execute(plan(WRITE + "\n", WRITE + "\n"), tmp_path, Tool("2"), Watch())
    assert counts() == [3, 4], "another version of the tool"
    (tmp_path / "s1/out").write_text("spoilt")
    execute(plan(WRITE + "\n", WRITE + "\n"), tmp_path, Tool("2"), Watch())
    assert counts() == [3, 5], "a product that somebody has changed"


class Two(Tool):
    """A toolchain of two tools, each with its own version."""

    def __init__(self, **versions: str) -> None:
        self._versions = versions

    def version(self, tool):
        return self._versions[tool]


def test_another_version_of_an_earlier_tool_makes_the_later_steps_run(tmp_path) -> None:
    def counts() -> list[int]:
        return [len((tmp_path / f"s{i}/count").read_text()) for i in range(2)]

    files = {f"s{i}/run.py": WRITE for i in range(2)}
    names = ("first", "second")
    steps = [Step(n, n, ("run.py",), f"s{i}", {f"o{i}": "out"}) for i, n in enumerate(names)]
    whole = Plan(files, tuple(steps))
    execute(whole, tmp_path, Two(first="1", second="1"), Watch())
    execute(whole, tmp_path, Two(first="1", second="2"), Watch())
    assert counts() == [1, 2]
    execute(whole, tmp_path, Two(first="2", second="2"), Watch())
    assert counts() == [2, 3]


def test_a_failure_names_its_cause_and_log(tmp_path) -> None:
    script = (
        "print('INFO: x'); print('ERROR: [BD 5-390] no such IP'); print('ERROR: later'); "
        "raise SystemExit(1)"
    )
    with pytest.raises(ToolError) as error:
        execute(plan(script), tmp_path, Tool(), Watch())
    assert str(error.value) == (
        f"step 0 failed (exit code 1): [BD 5-390] no such IP\n  log: {tmp_path}/s0/tool.run.log"
    )
    assert error.value.exit_code == 3


def test_success_without_the_product_is_a_failure(tmp_path) -> None:
    (tmp_path / "s0").mkdir()
    (tmp_path / "s0/out").write_text("of an earlier run")
    with pytest.raises(ToolError) as error:
        execute(plan("print('fine')"), tmp_path, Tool(), Watch())
    assert str(error.value) == (
        f"step 0 ended without an error but wrote no out0 (out)\n  log: {tmp_path}/s0/tool.run.log"
    )


def test_a_step_that_failed_is_run_again(tmp_path) -> None:
    execute(plan(WRITE), tmp_path, Tool(), Watch())
    with pytest.raises(ToolError):
        execute(plan("raise SystemExit(1)"), tmp_path, Tool(), Watch())
    noted = json.loads((tmp_path / "s0/build.json").read_text())
    assert noted["verdict"]["exit_code"] == 1 and "key" not in noted
    execute(plan(WRITE), tmp_path, Tool(), Watch())
    assert json.loads((tmp_path / "s0/build.json").read_text())["tool"] == "tool"
    assert (tmp_path / "s0/count").read_text() == "xx"


@pytest.mark.parametrize(
    ("text", "cause"),
    [("", "it wrote nothing"), ("one\ntwo\n\n", "two"), ("error: a.cpp:3\nmore", "a.cpp:3")],
)
def test_the_root_cause_of_a_log(tmp_path, text: str, cause: str) -> None:
    (tmp_path / "log").write_text(text)
    assert messages.cause((tmp_path / "log").read_text(errors="replace")).text == cause


def test_the_output_goes_to_the_log_and_the_input_is_closed(tmp_path) -> None:
    script = "import sys; print(sys.stdin.read() == ''); print('bad', file=sys.stderr); sys.exit(7)"
    code = run([sys.executable, "-c", script], tmp_path, tmp_path / "log")
    assert code == 7
    assert sorted((tmp_path / "log").read_text().split()) == ["True", "bad"]


def test_an_interrupt_ends_the_tool_and_its_children(tmp_path) -> None:
    """The tool ignores SIGINT, as a wrapper script may, and has a child of its own."""
    tool = (
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        "open('pids', 'w').write(f'{os.getpid()} {child.pid}\\n')\n"
        "time.sleep(600)\n"
    )
    (tmp_path / "tool.py").write_text(tool)
    outer = (
        "import sys\nfrom pathlib import Path\nfrom hls4ml_soc.processes import run\n"
        f"run([sys.executable, 'tool.py'], Path({str(tmp_path)!r}), "
        f"Path({str(tmp_path / 'log')!r}))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", outer], stderr=subprocess.PIPE)
    pids = tmp_path / "pids"
    try:
        deadline = time.monotonic() + 30
        while not (pids.exists() and pids.read_text().endswith("\n")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert b"KeyboardInterrupt" in said
    for pid in map(int, pids.read_text().split()):
        assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child whose parent has gone may wait for init to take note of its end.
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
