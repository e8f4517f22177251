"""The table of releases: what is refused in which words, and the page that is made of it."""

from pathlib import Path

import pytest

from hls4ml_soc import cli
from hls4ml_soc.deploy import deploy, example
from hls4ml_soc.errors import ToolError
from hls4ml_soc.options import Options
from hls4ml_soc.plan import Step
from hls4ml_soc.toolchains import version_table, versions
from hls4ml_soc.toolchains.standin import StandIn
from hls4ml_soc.virtual.hls.tools import RELEASES as HLS_RELEASES
from hls4ml_soc.virtual.vivado.tool import RELEASES

ROOT = Path(__file__).parents[2]
NO_HLS = (
    "no network can be built with release 2021.1: hls4ml's backend Vivado needs Vivado HLS, whose "
    "last release is 2020.1, and its backend Vitis needs Vitis HLS 2022.2 or later; use 2020.1 or "
    "2022.2, or --loopback, which needs no HLS"
)


@pytest.mark.parametrize(
    ("release", "family", "backend", "said"),
    [
        ("2019.2", "zynq7", None, ""),
        ("2019.2", "zynqmp", "Vivado", ""),
        ("2021.1", "zynq7", None, ""),
        ("2021.1", "zynq7", "Vitis", NO_HLS),
        ("2022.2", "zynq7", "Vitis", ""),
        (
            "2022.2",
            "zynq7",
            "Vivado",
            "the hls4ml project is for the backend Vivado, which release 2022.2 does not have: "
            "convert the network with backend='Vitis', or use 2019.2 to 2020.1",
        ),
        (
            "2020.1",
            "zynqmp",
            "Vitis",
            "the hls4ml project is for the backend Vitis, which release 2020.1 does not have: "
            "convert the network with backend='Vivado', or use 2022.2 to 2023.1, 2023.2 to 2025.2",
        ),
        (
            "2023.2",
            "microblaze",
            None,
            "MicroBlaze V cannot be built with Vivado 2023.2: MicroBlaze V came with Vivado 2024.1",
        ),
        ("2024.1", "microblaze", "Vitis", ""),
        ("2026.1", "microblaze", "Vitis", ""),
        (
            "2018.3",
            "zynq7",
            None,
            "Vivado 2018.3 is older than 2019.2, the first that this Tcl is for",
        ),
    ],
)
def test_what_a_release_cannot_do(release: str, family: str, backend, said: str) -> None:
    assert versions.refusal(release, family, backend) == said


def test_the_table_and_the_stand_ins_know_the_same_releases() -> None:
    known = versions.table()
    assert known.releases == RELEASES
    for hls in known.hls:
        if hls.tool:
            first, last = HLS_RELEASES[hls.tool]
            assert first <= hls.first <= hls.last <= last
    assert [known.hls_of(release).tool for release in ("2020.1", "2022.1", "2023.1", "2023.2")] == [
        "vivado_hls",
        "",
        "vitis_hls",
        "vitis-run",
    ]


def test_the_stand_ins_pose_as_a_release() -> None:
    vivado, hls = Step("", "vivado", ("b.tcl",), ""), Step("", "vitis_hls", ("h.tcl",), "")
    assert StandIn("2022.2").command(vivado)[3:5] == ["--version", "2022.2"]
    assert StandIn("2022.2").command(hls)[3:] == [
        *("--tool", "vitis_hls", "--version", "2022.2", "-f", "h.tcl")
    ]
    assert StandIn("2024.1").command(hls)[3:] == [
        *("--tool", "vitis-run", "--version", "2024.1", "--mode", "hls", "--tcl", "h.tcl")
    ]
    assert StandIn("2024.1").version("vivado").endswith(", as 2024.1")
    with pytest.raises(ToolError, match="release 2019.2 has no vitis_hls that hls4ml supports"):
        StandIn("2019.2").command(hls)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--board", "arty-a7-100", "--release", "2023.2", "--until", "build"],
         "MicroBlaze V cannot be built with Vivado 2023.2: MicroBlaze V came with Vivado 2024.1"),
        (["--board", "pynq-z2", "--release", "2021.1"], NO_HLS),
        (["--board", "pynq-z2", "--release", "2023.3"],
         f"release 2023.3 is not known: there is {', '.join(RELEASES)}"),
    ],
)  # fmt: skip
def test_an_impossible_cell_is_refused_before_anything_runs(
    argv: list[str], said: str, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr("subprocess.Popen", None)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["deploy", str(example()[0]), *argv]) == 2
    assert capsys.readouterr().err == f"error: {said}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_release_of_before_has_the_backend_of_before(tmp_path) -> None:
    options = Options(until="plan", release="2020.1", out=tmp_path)
    deploy(example()[0], "pynq-z2", options)
    assert "set backend Vivado\n" in (tmp_path / "hls" / "settings.tcl").read_text()


def test_a_release_is_another_build(tmp_path) -> None:
    def build(release: str) -> str:
        options = Options(loopback=True, until="build", release=release, out=tmp_path)
        return deploy(None, "pynq-z2", options).tools["vivado"]

    assert build("2019.2").endswith(", as 2019.2")
    assert (tmp_path / "vivado" / "facts.txt").read_text().startswith("vivado 2019.2\n")
    assert build("2024.1").endswith(", as 2024.1")
    assert (tmp_path / "vivado" / "facts.txt").read_text().startswith("vivado 2024.1\n")


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "versions.md").read_text() == version_table.text()
