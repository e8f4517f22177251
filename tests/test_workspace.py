"""The output folder."""

import os
import subprocess
import sys

import pytest

from hls4ml_soc import workspace
from hls4ml_soc.errors import ModelError


def test_a_new_folder_is_made_and_can_be_used_again(tmp_path) -> None:
    for _ in range(2):
        with workspace.claim(tmp_path / "a/b") as folder:
            (folder / "result").write_text("1")
            assert len(workspace.held()) == 1
        assert workspace.held() == ()
    assert (tmp_path / "a/b/result").read_text() == "1"


def test_somebody_elses_folder_is_left_alone(tmp_path) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(ModelError) as error, workspace.claim(tmp_path):
        pass
    assert (
        str(error.value) == f"{tmp_path} holds other files; name an empty or new folder with --out"
    )
    assert os.listdir(tmp_path) == ["thesis.tex"]


def test_a_folder_in_a_files_place_is_refused(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError) as error, workspace.claim(tmp_path / "file" / "below"):
        pass
    assert (
        str(error.value)
        == f"{tmp_path}/file/below cannot be written: Not a directory; choose another with --out"
    )


def test_two_runs_do_not_share_a_folder(tmp_path) -> None:
    other = (
        "from pathlib import Path\nfrom hls4ml_soc import workspace\n"
        f"with workspace.claim(Path({str(tmp_path)!r})): pass"
    )
    with workspace.claim(tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", other], capture_output=True, text=True, timeout=60
        )
    assert (
        f"{tmp_path} is in use by another run; wait for it, or choose another with --out"
        in done.stderr
    )
    with workspace.claim(tmp_path):
        pass
