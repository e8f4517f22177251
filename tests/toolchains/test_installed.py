"""Finding the vendor's tools: named, on PATH, in the usual folders; and what cannot do a step."""

import subprocess
from pathlib import Path

import pytest

from hls4ml_soc.errors import ToolError
from hls4ml_soc.plan import Step
from hls4ml_soc.toolchains import installed
from hls4ml_soc.toolchains.vendor import Vendor
from tests.toolchains.conftest import program

VIVADO = Step("Vivado", "vivado", ("build.tcl",), "vivado")
VITIS = Step("HLS", "vitis_hls", ("run_hls.tcl",), "hls")
OLD = Step("HLS", "vivado_hls", ("run_hls.tcl",), "hls")
BATCH = ["-mode", "batch", "-notrace", "-nojournal", "-log", "vivado.log", "-source", "build.tcl"]


def refused(step: Step, release: str | None = None) -> str:
    with pytest.raises(ToolError) as error:
        Vendor(release).command(step)
    return str(error.value)


def test_what_is_on_the_path(tool) -> None:
    vivado, vitis, run = tool("vivado"), tool("vitis_hls", "2022.2"), tool("vivado_hls", "2019.2")
    assert Vendor().command(VIVADO) == [str(vivado), *BATCH]
    assert Vendor().command(VITIS) == [str(vitis), "-f", "run_hls.tcl"]
    assert Vendor().command(OLD) == [str(run), "-f", "run_hls.tcl"]
    assert [Vendor().version(step.tool) for step in (VIVADO, VITIS, OLD)] == [
        "2023.2",
        "2022.2",
        "2019.2",
    ]
    newer = tool("vitis-run", "2024.2")
    assert Vendor().command(VITIS) == [str(newer), "--mode", "hls", "--tcl", "run_hls.tcl"]


def test_what_settings64_left_in_the_environment(tmp_path, monkeypatch) -> None:
    found = program(tmp_path / "there/2024.2/bin/vivado", "vivado", "2024.2")
    monkeypatch.setenv("XILINX_VIVADO", str(tmp_path / "there/2024.2"))
    assert Vendor().command(VIVADO) == [str(found), *BATCH]


def test_the_usual_folders_newest_first(tmp_path) -> None:
    """Up to 2024.2 by tool and release, since 2025.1 by release and tool."""
    root = tmp_path / "Xilinx"
    program(root / "Vivado/2019.2/bin/vivado", "vivado", "2019.2")
    program(root / "Vivado/2023.2/bin/vivado", "vivado", "2023.2")
    newest = program(root / "2025.1/Vivado/bin/vivado", "vivado", "2025.1")
    program(root / "Vivado/2024.2/bin/other", "vivado", "2024.2")
    assert installed.find("vivado").program == newest
    assert installed.find("vivado", "2019.2").program == root / "Vivado/2019.2/bin/vivado"
    assert refused(VIVADO, "2022.2") == (
        "vivado of release 2022.2 not found (there is 2019.2, 2023.2, 2025.1)"
    )


def test_what_is_not_on_the_path_gets_its_settings(tmp_path) -> None:
    """HLS starts Vivado by its name."""
    folder = tmp_path / "Xilinx/Vitis_HLS/2022.2"
    body = "print(os.environ['SOURCED'], *sys.argv[1:])"
    found = program(folder / "bin/vitis_hls", "vitis_hls", "2022.2", body)
    (folder / "settings64.sh").write_text("export SOURCED=yes\n")
    command = Vendor().command(VITIS)
    assert command[3:] == [str(folder / "settings64.sh"), str(found), "-f", "run_hls.tcl"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout == "yes -f run_hls.tcl\n"


def test_a_folder_of_ones_own(tmp_path, monkeypatch) -> None:
    found = program(tmp_path / "eda/2025.2/Vitis/bin/vitis-run", "vitis-run", "2025.2")
    monkeypatch.setenv("HLS4ML_SOC_XILINX", str(tmp_path / "eda"))
    assert installed.find("vitis_hls").program == found


def test_an_executable_of_ones_own(tmp_path, monkeypatch, tool) -> None:
    tool("vivado", "2023.2")
    own = program(tmp_path / "own", "vivado", "2022.2")
    monkeypatch.setenv("HLS4ML_SOC_VIVADO", str(own))
    assert Vendor().command(VIVADO)[0] == str(own)
    assert refused(VIVADO, "2023.2") == (
        f"HLS4ML_SOC_VIVADO is {own}, of release 2022.2, not 2023.2"
    )
    monkeypatch.setenv("HLS4ML_SOC_VIVADO", str(tmp_path))
    assert refused(VIVADO) == f"HLS4ML_SOC_VIVADO is {tmp_path}, which cannot be executed"


def test_what_is_missing() -> None:
    assert refused(VITIS) == (
        "vitis-run or vitis_hls not found: source the settings64.sh of Vitis, or set "
        "HLS4ML_SOC_VITIS_HLS or HLS4ML_SOC_XILINX; without --tools vendor "
        "everything runs on a virtual board"
    )
    assert refused(VIVADO, "2023.2") == "vivado of release 2023.2 not found (there is no other)"


@pytest.mark.parametrize(
    ("told", "release"),
    [
        ("Vivado v2021.2.1 (64-bit)\nSW Build 3367213 on Tue Oct 19", "2021.2"),
        ("vivado v2024.1 (64-bit)\nTool Version Limit: 2024.05\n", "2024.1"),
        ("Tool Version Limit: 2019.12\nVivado v2022.2 (64-bit)\n", "2022.2"),
        ("\n****** vitis-run v2024.2 (64-bit)\n  **** HLS Build v2023.2 5238294", "2024.2"),
        ("Using HLS v2023.2\n\n****** vitis-run v2024.1 (64-bit)\n", "2024.1"),
        ("Vivado v2018.2_AR72992 (64-bit)\n", "2018.2"),
    ],
)
def test_the_release_that_a_program_tells(tmp_path, told: str, release: str) -> None:
    script = tmp_path / "vivado"
    script.write_text(f"#!/bin/sh\ncat <<'E'\n{told}\nE\n")
    script.chmod(0o755)
    assert installed.release(str(script)) == release


def test_a_program_that_tells_no_release(tmp_path) -> None:
    script = tmp_path / "vivado"
    script.write_text("#!/bin/sh\necho Welcome to 2023\n")
    script.chmod(0o755)
    with pytest.raises(ToolError) as error:
        installed.release(str(script))
    assert str(error.value) == f"{script} -version told no release: Welcome to 2023"


def test_releases_that_cannot_do_a_step(tool, tmp_path) -> None:
    vivado = tool("vivado", "2023.2")
    soft = Step("Vivado", "vivado", ("build.tcl",), "vivado", since="2024.1")
    assert refused(soft) == (
        f"Vivado: this design needs vivado 2024.1 or later; {vivado} is 2023.2"
    )
    installed.release.cache_clear()
    tool("vivado", "2018.3")
    assert refused(VIVADO) == f"{vivado} is 2018.3; this Tcl is for 2019.2 and later"
    between = tool("vitis_hls", "2021.1")
    assert refused(VITIS) == (
        f"{between} is 2021.1: hls4ml's backend Vivado needs Vivado HLS, whose last release is "
        "2020.1, and its backend Vitis needs Vitis HLS 2022.2 or later"
    )


def test_hls_of_before_2022_needs_its_patch(tmp_path) -> None:
    folder = tmp_path / "Xilinx/Vivado/2020.1"
    found = program(folder / "bin/vivado_hls", "vivado_hls", "2020.1")
    scripts = folder / "common/scripts"
    scripts.mkdir(parents=True)
    assert refused(OLD) == (
        f"{found} cannot package an IP since 2022: its release 2020.1 needs AMD's patch y2k22 "
        "(support article 76960)"
    )
    (scripts / "automg_patch_20220104.tcl").touch()
    assert Vendor().command(OLD) == [str(Path(found)), "-f", "run_hls.tcl"]
