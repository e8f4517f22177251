"""What a user types, right and wrong: one sentence, the exit code, and nothing left behind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from hls4ml_soc import cli
from hls4ml_soc.deploy import example

NETWORK, IMAGES, LABELS = example()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capsys, *argv: str, code: int = 2) -> str:
    """Run a command that must be refused, and return its one sentence.

    What it may leave is the hls4ml project, which is complete and used again by the next run.
    """
    before = set(Path().rglob("*"))
    assert cli.main(["deploy", *argv]) == code
    out, err = capsys.readouterr()
    assert err.startswith("error: ") and "Traceback" not in err
    left = [path for path in set(Path().rglob("*")) - before if path.is_file()]
    assert {path.name for path in left if "project" not in path.parts} <= {
        ".hls4ml_soc.lock",
        "project.key",
    }
    return err.removeprefix("error: ").strip()


def network(path: Path, **changes) -> Path:
    """A small ONNX network; ``changes`` spoil it."""
    values = {"op": "Gemm", "shape": ["N", 4], "weight": np.eye(4, dtype=np.float32), **changes}
    nodes = [helper.make_node(values["op"], ["x", "w"], ["y"], name="only")]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, values["shape"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 4])],
        [onnx.numpy_helper.from_array(values["weight"], "w")],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path
    )
    return path


def test_an_unknown_board(capsys, folder) -> None:
    said = refused(capsys, str(NETWORK), "--board", "pynq-z22")
    assert said == "unknown board 'pynq-z22' (did you mean 'pynq-z2'?)"


def test_a_wrong_board_file_is_named_with_its_line(capsys, folder) -> None:
    (folder / "mine.yaml").write_text("version: 1\ntitel: x\n")
    said = refused(capsys, str(NETWORK), "--board", "mine.yaml")
    assert said.splitlines()[0] == "mine.yaml:2: unknown key 'titel' (did you mean 'title'?)"


def test_an_unknown_target(capsys, folder) -> None:
    said = refused(capsys, str(NETWORK), "--board", "pynq-z2", "--target", "vitis")
    assert said.startswith("pynq-z2 has no target 'vitis'; it has pynq")


@pytest.mark.parametrize("name", ["missing.onnx", "empty.onnx", "text.onnx", "data.bin"])
def test_a_file_that_is_no_network(capsys, folder, name: str) -> None:
    (folder / "empty.onnx").write_bytes(b"")
    (folder / "text.onnx").write_text("this is not a network, " * 10)
    (folder / "data.bin").write_bytes(b"\0" * 100)
    said = refused(capsys, name, "--board", "pynq-z2")
    assert name in said and "\n" not in said


def test_unsupported_nodes_are_all_named(capsys, folder) -> None:
    said = refused(capsys, str(network(folder / "n.onnx", op="Hardmax")), "--board", "pynq-z2")
    assert "Hardmax" in said and "only" in said and "\n" not in said


def test_a_dimension_that_is_open(capsys, folder) -> None:
    said = refused(capsys, str(network(folder / "n.onnx", shape=["N", "M"])), "--board", "pynq-z2")
    assert "n.onnx" in said and "\n" not in said


def test_weights_that_are_no_numbers(capsys, folder) -> None:
    weight = np.eye(4, dtype=np.float32)
    weight[2, 1] = np.nan
    said = refused(capsys, str(network(folder / "n.onnx", weight=weight)), "--board", "pynq-z2")
    assert "n.onnx" in said and "nan" in said.lower() and "\n" not in said


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.full((3, 64), np.nan), "x.npy: x[0, 0] is nan, not a finite number"),
        (np.zeros((3, 63)), "x.npy: x has shape (3, 63); needed is (samples, 64)"),
        (np.zeros(64), "x.npy: x has shape (64,); needed is (samples, 64)"),
        (np.zeros((0, 64)), "x.npy: x has no samples"),
        (np.zeros((3, 64), complex), "x.npy: x is of type complex128; needed are real numbers"),
        (np.zeros((3, 64), "U1"), "x.npy: x is of type <U1; needed are real numbers"),
    ],
)
def test_inputs_that_cannot_be_used(capsys, folder, array, said: str) -> None:
    np.save("x.npy", array)
    assert refused(capsys, str(NETWORK), "--board", "pynq-z2", "--input", "x.npy") == said


def test_an_input_file_that_is_none(capsys, folder) -> None:
    (folder / "x.npy").write_text("no array")
    said = refused(capsys, str(NETWORK), "--board", "pynq-z2", "--input", "x.npy")
    assert said.startswith("x.npy is not an .npy or .npz of numbers: ") and "\n" not in said
    said = refused(capsys, str(NETWORK), "--board", "pynq-z2", "--input", "none.npy")
    assert said == "none.npy does not exist"


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros(359, int), "l.npy: 359 labels for 360 samples"),
        (
            np.zeros(360),
            "l.npy: labels of type float64 and shape (360,); needed is one integer a sample",
        ),
        (
            np.zeros((360, 1), int),
            "l.npy: labels of type int64 and shape (360, 1); needed is one integer a sample",
        ),
    ],
)
def test_labels_that_do_not_fit(capsys, folder, array, said: str) -> None:
    np.save("l.npy", array)
    argv = [str(NETWORK), "--board", "pynq-z2", "--input", str(IMAGES), "--labels", "l.npy"]
    assert refused(capsys, *argv) == said


def test_what_vendor_tools_build_does_not_run_on_a_model(capsys, folder) -> None:
    said = refused(capsys, str(NETWORK), "--board", "pynq-z2", "--tools", "vendor")
    assert said == (
        "what the vendor tools build cannot run on a virtual board: name the board with --host, "
        "add --until bundle, or leave out --tools vendor"
    )


def test_vendor_tools_that_are_missing(capsys, folder, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    argv = ["deploy", str(NETWORK), "--board", "pynq-z2", "--tools", "vendor", "--until", "bundle"]
    assert cli.main(argv) == 3
    assert (
        "vitis-run or vitis_hls not found: source the settings64.sh of Vitis"
        in capsys.readouterr().err
    )


def test_an_output_folder_that_is_somebody_elses(capsys, folder) -> None:
    (folder / "thesis").mkdir()
    (folder / "thesis/thesis.tex").write_text("x")
    said = refused(capsys, str(NETWORK), "--board", "pynq-z2", "--out", "thesis")
    assert said == f"{folder}/thesis holds other files; name an empty or new folder with --out"
    assert os.listdir("thesis") == ["thesis.tex"]


@pytest.mark.parametrize("argv", [["deploy", "--bord", "x"], ["nothing"], []])
def test_a_command_line_that_is_wrong(argv, capsys) -> None:
    with pytest.raises(SystemExit) as error:
        cli.main(argv)
    assert error.value.code == 2
    assert "usage: hls4ml-soc" in capsys.readouterr().err


def test_an_interrupt_is_130(capsys, folder, monkeypatch) -> None:
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "deploy", interrupted)
    assert cli.main(["deploy", str(NETWORK), "--board", "pynq-z2"]) == 130
    assert capsys.readouterr().err == "error: interrupted\n"


@pytest.mark.parametrize("program", ["main", "main_deploy"])
def test_an_interrupt_while_importing_is_130(program: str) -> None:
    code = (
        "import sys\n"
        "class Impatient:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'hls4ml_soc.cli': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Impatient())\n"
        f"from hls4ml_soc.__main__ import {program}\n"
        f"sys.exit({program}())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, "error: interrupted\n")


def test_a_bug_of_ours_is_1_with_a_traceback(capsys, folder, monkeypatch) -> None:
    def broken(*_):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(cli, "deploy", broken)
    assert cli.main(["deploy", str(NETWORK), "--board", "pynq-z2"]) == 1
    assert "ZeroDivisionError: oops" in capsys.readouterr().err


def test_a_disk_that_is_full(folder) -> None:
    """The limit on the size of a file stands for it: the same writes fail."""
    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "from hls4ml_soc.cli import main\n"
        f"sys.exit(main(['deploy', {str(NETWORK)!r}, '--board', 'pynq-z2', '--out', 'out']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: ") and "make room and run again" in done.stderr
    assert (
        cli.main(["deploy", str(NETWORK), "--board", "pynq-z2", "--out", "out", "--until", "plan"])
        == 0
    )


@pytest.mark.parametrize(("tool", "package"), [("tclsh", "tcl"), ("g++", "g++")])
def test_a_program_that_is_missing(capsys, folder, monkeypatch, tool: str, package: str) -> None:
    programs = folder / "bin"
    programs.mkdir()
    for name in {"tclsh", "g++", "bash"} - {tool}:
        (programs / name).symlink_to(shutil.which(name))
    monkeypatch.setenv("PATH", str(programs))
    assert cli.main(["deploy", str(NETWORK), "--board", "pynq-z2"]) == 3
    assert capsys.readouterr().err == (
        f"error: {tool} is missing; on Debian and Ubuntu: sudo apt-get install {package}\n"
    )


def test_a_dry_run_lists_files_and_commands_and_leaves_nothing(capsys, folder, monkeypatch) -> None:
    monkeypatch.setattr("subprocess.Popen", None)  # nothing may be started
    assert cli.main(["deploy", str(NETWORK), "--board", "pynq-z2", "--dry-run"]) == 0
    out = capsys.readouterr().out
    for line in ("  hls/digits_soc.cpp (", "  vivado/build.tcl (", "  vivado/settings.tcl ("):
        assert line in out
    commands = [line for line in out.splitlines() if "$ " in line]
    assert [line.split("$")[0].strip() for line in commands] == ["hls", "vivado"]
    assert commands[1].endswith("-m hls4ml_soc.virtual.vivado -mode batch -source build.tcl")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["a b", "quo'te", 'dou"ble', "[exec touch owned]", "$HOME;touch owned", "-x", "ü"]
)
def test_a_path_may_hold_anything(capsys, folder, name: str) -> None:
    """Down to the plan: what reaches Tcl and C is a name made from the file's."""
    (folder / name).mkdir()
    path = folder / name / f"{name}.onnx"
    shutil.copy(NETWORK, path)
    assert (
        cli.main(["deploy", str(path), "--board", "pynq-z2", "--until", "plan", "--out", "out"])
        == 0
    )
    (wrapper,) = Path("out/hls").glob("*_soc.cpp")
    assert wrapper.stem.replace("_", "").isalnum() and wrapper.stem.isascii()
    assert not (folder / "owned").exists()
