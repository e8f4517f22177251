"""Projects of Vitis: xsct up to 2023.1, `vitis -s` from 2023.2 on, executed by stand-ins that
compile the sources against headers of a BSP."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hls4ml_soc import resources
from hls4ml_soc.board import Board
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.errors import DesignError, ModelError, SocError, ToolError
from hls4ml_soc.execute import execute
from hls4ml_soc.job import Silence
from hls4ml_soc.loaders import vitis_project
from hls4ml_soc.plan import Plan
from hls4ml_soc.toolchains import embedded
from hls4ml_soc.virtual.vitis.__main__ import main as standin

CLASSIC = ("2019.2", "2022.2", "2023.1")


def plan(bundle: Bundle, release: str) -> Plan:
    console = Board.load(bundle.manifest["board"]).console
    assert console
    return vitis_project.plan(bundle, release, console.uart)


def build(lab, bundle: Bundle, release: str, planned: Plan | None = None) -> Path:
    """Build with the tool of a release; return the ELF."""
    planned = planned or plan(bundle, release)
    lab.tool(planned.steps[0].tool, release)
    made = execute(planned, lab.folder / "out", embedded.Embedded(release), Silence())
    return made["elf"]


@pytest.mark.parametrize(
    ("name", "release"),
    [
        *(("pynq-z2", release) for release in ("2019.2", "2023.1", "2023.2", "2024.1")),
        ("zcu102", "2022.2"),
        ("zcu102", "2024.2"),
        ("arty-a7-100", "2025.2"),
    ],
)
def test_a_project_is_built(lab, bundles, name: str, release: str) -> None:
    # What an earlier run has left, of another board.
    left = lab.folder / "out/vitis/workspace"
    for folder in (left / ".metadata", left / "soc_platform", lab.folder / "out/vitis/imported"):
        folder.mkdir(parents=True)
    (lab.folder / "out/vitis/sources").mkdir()
    for folder in ("sources", "imported"):
        (lab.folder / "out/vitis" / folder / "old.c").write_text("int main(void) { return 1; }\n")
    elf = build(lab, bundles(name), release)
    folder = "Release" if release in CLASSIC else "build"
    assert elf == lab.folder / f"out/vitis/workspace/soc_program/{folder}/soc_program.elf"
    symbols = subprocess.run(["nm", elf], capture_output=True, text=True, timeout=60).stdout
    there = re.findall(r" T (\w+)", symbols)
    assert {"main", "hal_dma_start", "accelerator_predict", "hal_getc"} <= set(there)
    # The SDT BSP looks up by address alone.
    lookup = "XAxiDma_LookupConfigBaseAddr" if release in CLASSIC else "XAxiDma_LookupConfig"
    assert re.findall(r" U (XAxiDma_Lookup\w+)", symbols) == [lookup]
    console = "XUartLite_ReadReg" if name == "arty-a7-100" else "XUartPs_CfgInitialize"
    assert console in symbols


PLACED = (
    "MEMORY { dma_buffers : ORIGIN = 0xC0000000, LENGTH = 0x20000 }",
    ".dma_buffers (NOLOAD) : { *(.bss.dma) } > dma_buffers",
)


def test_buffers_of_a_soft_processor_are_placed_where_the_dma_reaches(lab, bundles) -> None:
    elf = build(lab, bundles("arty-a7-100"), "2024.2")
    text = (elf.parents[1] / "src/lscript.ld").read_text()
    assert text == (
        f"_STACK_SIZE = 0x2000;\nMEMORY\n{{\n}}\n{PLACED[0]}\nSECTIONS\n{{\n{PLACED[1]}\n\n"
        ".text : { *(.text) }\n}\n"
    )


def test_a_linker_takes_that_beside_other_regions(tmp_path) -> None:
    """As in the vendor's scripts, which have a region of their own for the same memory."""
    (tmp_path / "lscript.ld").write_text(
        "MEMORY { ram : ORIGIN = 0x0, LENGTH = 64K\n"
        " sample_buffer : ORIGIN = 0xC0000000, LENGTH = 128K }\n"
        f"{PLACED[0]}\nSECTIONS\n{{\n{PLACED[1]}\n"
        ".text : { *(.text*) *(.eh_frame) } > ram\n.bss : { *(.bss .bss.*) } > ram\n"
        "/DISCARD/ : { *(.note*) }\n}\n"
    )
    (tmp_path / "a.c").write_text(
        '__attribute__((section(".bss.dma"))) char buffer[64];\nchar other[64];\n'
    )
    for argv in (["cc", "-c", "a.c"], ["ld", "-T", "lscript.ld", "-o", "a.elf", "a.o"]):
        subprocess.run(argv, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    argv = ["nm", "a.elf"]
    told = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, timeout=60).stdout
    places = {line.split()[2]: int(line.split()[0], 16) for line in told.splitlines()}
    assert places["buffer"] == 0xC0000000 and places["other"] < 0x10000


SETTINGS = {
    "pynq-z2": ("ps7_cortexa9_0", "32-bit", "0x4000", "", ""),
    "zcu102": ("psu_cortexa53_0", "64-bit", "0x4000", "", ""),
    "arty-a7-100": ("cpu", "32-bit", "0x2000", "0xC0000000", "timer"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_what_is_particular_to_a_board(bundles, name: str) -> None:
    planned = plan(bundles(name), "2024.2")
    told = json.loads(planned.files["vitis/settings.json"])
    keys = ("cpu", "arch", "stack", "buffers", "timer")
    assert tuple(told[key] for key in keys) == SETTINGS[name]
    names = [path.removeprefix("vitis/sources/") for path in planned.files]
    assert ("console_lite.c" in names, "console_ps.c" in names) == (
        name == "arty-a7-100", name != "arty-a7-100",
    )  # fmt: skip
    assert {"main.c", "hal.c", "hal.h", "accelerator.h", "vectors.h", "console.h"} <= {*names}


#: Release, what is changed (file, old, new), what the tool says. The settings' file is of the
#: release.
MUTATIONS = [
    ("2022.2", "build.tcl", "    setws [file join $here workspace]\n", "",
     "platform: no workspace is set: use setws"),
    ("2022.2", "build.tcl", "    platform generate\n", "",
     "app create: platform soc_platform is not there or not built"),
    ("2022.2", "build.tcl", "-os standalone", "-os standalone -out .",
     "platform create: -out cannot be used with a workspace"),
    ("2022.2", "build.tcl", '"64-bit"', '"32-bit"',
     "platform create: -arch is for Cortex-A53, which needs it"),
    ("2022.2", "build.tcl", "-proc [setting cpu]", "-proc ps7_cortexa9",
     "platform create: no processor ps7_cortexa9: ('ps7_cortexa9_0', 'ps7_cortexa9_1')"),
    ("2022.2", "build.tcl", "standalone_domain", "standalone",
     "app create: no domain standalone: there is standalone_domain"),
    ("2022.2", "build.tcl", "-template [template]", "-template empty_application",
     "app create: no template 'empty_application'"),
    ("2022.2", "build.tcl", " -template [template]", "", "multiple definition of `main'"),
    ("2019.2", "build.tcl", '{"Empty Application(C)" "Empty Application"}',
     '{"Empty Application(C)"}', "this Vitis lists no empty C application"),
    ("2022.2", "build.tcl", "importsources -name", "importsource -name",
     'invalid command name "importsource"'),
    ("2022.2", "build.tcl", "here imported]", "here import]", "importsources: "),
    ("2022.2", "build.tcl", "copy [file join sources", "copy [file join source",
     'error copying "source/accelerator.c": no such file or directory'),
    ("2022.2", "build.tcl", "-add linker-misc", "-add linker-flags",
     "app config: no parameter linker-flags"),
    ("2022.2", "build.tcl", "-add linker-misc", "-add compiler-optimization",
     "app config: -add is not supported for compiler-optimization"),
    ("2022.2", "build.tcl", "build-config release", "build-config Release",
     "app config: no configuration Release"),
    ("2022.2", "build.tcl", "    app build -name $application\n", "",
     "no workspace/soc_program/Release/soc_program.elf was built: the messages above tell why"),
    ("2022.2", "build.tcl", "Release $app", "Debug $app",
     "no workspace/soc_program/Debug/soc_program.elf was built: the messages above tell why"),
    ("2022.2", "build.tcl", "    file delete -force workspace\n",
     "    file mkdir workspace/.metadata\n", "is in use, or was left by an earlier run"),
    ("2024.2", "build.py", '    return "hw" if (year, number) < (2024, 1) else "hw_design"',
     '    return "hw"', "unexpected keyword argument 'hw'"),
    ("2023.2", "build.py", '    return "hw" if (year, number) < (2024, 1) else "hw_design"',
     '    return "hw_design"', "unexpected keyword argument 'hw_design'"),
    ("2024.2", "build.py", "    platform.build()\n", "", "soc_platform.xpfm was built"),
    ("2024.2", "build.py", '        client.set_workspace(path=os.path.abspath("workspace"))\n',
     "", "no workspace is set: set_workspace"),
    ("2024.2", "build.py", 'settings["cpu"],\n', '"psu_cortexa53",\n',
     "create_platform_component: no processor psu_cortexa53"),
    ("2024.2", "build.py", "domain=domain_name(settings)", 'domain="standalone_domain"',
     "has no domain standalone_domain"),
    ("2024.2", "build.py", "platform=platform,", 'platform=settings["xsa"],',
     "is no platform that was built"),
    ("2024.2", "build.py", '"empty_application"', '"Empty Application"',
     "create_app_component: no template Empty Application"),
    ("2024.2", "build.py", 'dest_dir_in_cmp="src"', 'dest_dir_in_cmp="src/program"',
     "error: no source files"),
    ("2024.2", "build.py", "dest_dir_in_cmp=", "destination=",
     "unexpected keyword argument 'destination'"),
    ("2024.2", "build.py", "USER_COMPILE_OPTIMIZATION_LEVEL", "USER_OPTIMIZATION",
     "set_app_config: no key USER_OPTIMIZATION"),
    ("2024.2", "build.py", 'values="-O2"', 'values="Optimize more"',
     "set_app_config: Optimize more is no level of optimisation"),
    ("2024.2", "build.py", "    app.build()\n", "", "soc_program.elf was built"),
    ("2024.2", "build.py", '    shutil.rmtree("workspace", ignore_errors=True)\n',
     '    os.makedirs("workspace/old", exist_ok=True)\n', "cannot recognize the workspace version"),
    ("2024.2", "build.py", "import vitis\n",
     "import vitis\nmatch vitis:\n    case _:\n        pass\n",
     "Pattern matching is only supported in Python 3.10 and greater"),
    ("2024.2", "build.py", "        application_build(client", "        vitis.dispose()\n"
     "        application_build(client", "the client was disposed of"),
]  # fmt: skip


@pytest.mark.parametrize(("release", "file", "old", "new", "said"), MUTATIONS)
def test_a_changed_script_is_refused(here, bundles, release, file, old, new, said) -> None:
    planned = plan(bundles("pynq-z2"), release)
    assert old in planned.files[f"vitis/{file}"]
    files = {**planned.files}
    files[f"vitis/{file}"] = files[f"vitis/{file}"].replace(old, new)
    assert said in here(release, Plan(files, planned.steps))


@pytest.fixture
def here(lab, capsys):
    """Execute a plan that fails by the stand-in, without a process of its own."""

    def run(release: str, planned: Plan) -> str:
        planned.write(lab.folder)
        lab.monkeypatch.chdir(lab.folder / "vitis")
        lab.monkeypatch.setattr(sys, "argv", sys.argv)
        step = planned.steps[0]
        own = ["-s"] if step.tool == "vitis" else []
        code = standin(["--release", release, step.tool, *own, *step.arguments])
        sys.modules.pop("vitis", None)
        assert code == 1
        told = capsys.readouterr()
        return str(told.out + told.err)

    return run


@pytest.mark.parametrize("release", ["2022.2", "2024.2"])
@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("console.h", "fatal error: console.h: No such file or directory"),
        ("crc32.c", "undefined reference to `crc32"),
        ("console_ps.c", "undefined reference to `console_init'"),
        ("main.c", "undefined reference to `main'"),
    ],
)
def test_a_source_that_is_missing(here, bundles, release: str, missing: str, said: str) -> None:
    planned = plan(bundles("pynq-z2"), release)
    files = {**planned.files}
    del files[f"vitis/sources/{missing}"]
    settings = "vitis/settings.json" if release == "2024.2" else "vitis/settings.tcl"
    files[settings], count = re.subn(rf'("?)\b{missing}\1,?\s', "", files[settings])
    assert count == 1
    assert said in here(release, Plan(files, planned.steps))


def test_the_other_kind_of_bsp_is_noticed(here, bundles) -> None:
    """A source for classic BSPs alone does not build with an SDT one."""
    planned = plan(bundles("pynq-z2"), "2024.2")
    files = {**planned.files}
    assert "#ifdef SDT" in files["vitis/sources/hal.c"]
    files["vitis/sources/hal.c"] = files["vitis/sources/hal.c"].replace("#ifdef SDT", "#if 0")
    said = here("2024.2", Plan(files, planned.steps))
    assert "fatal error: xtime_l.h: No such file or directory" in said


def refused(error: type[SocError], call) -> str:
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_what_cannot_be_a_project(lab, bundles, tmp_path) -> None:
    arty = bundles("arty-a7-100")
    for release in ("2022.2", "2023.2"):
        assert refused(DesignError, lambda release=release: plan(arty, release)) == (
            f"MicroBlaze V programs need Vitis 2024.1 or later, not {release}"
        )
    shutil.copytree(bundles("pynq-z2").folder, tmp_path / "other")
    other = Bundle(tmp_path / "other", bundles("pynq-z2").manifest)
    (tmp_path / "other/program/vectors.h").unlink()
    assert refused(ModelError, lambda: plan(other, "2024.2")) == (
        f"{tmp_path}/other/program/vectors.h is missing: the bundle has no C program"
    )
    (tmp_path / "other/loopback.xsa").unlink()
    assert refused(ModelError, lambda: plan(other, "2024.2")) == (
        f"{tmp_path}/other/loopback.xsa is missing: the bundle has no hand-off for Vitis"
    )


def test_tools_that_are_missing_or_of_another_release(lab, bundles) -> None:
    lab.monkeypatch.setenv("PATH", "/usr/bin:/bin")
    step = plan(bundles("pynq-z2"), "2024.2").steps[0]
    vitis = embedded.Embedded("2024.2")
    assert refused(ToolError, lambda: vitis.command(step)) == (
        "vitis of release 2024.2 not found (there is no other)"
    )
    path = lab.tool("xsct", "2022.2")
    assert embedded.release() == "2022.2"
    old = plan(bundles("pynq-z2"), "2022.2").steps[0]
    assert embedded.Embedded("2022.2").command(old) == [str(path), "build.tcl", "settings.tcl"]
    assert embedded.Embedded("2022.2").version("xsct") == "2022.2"
    assert refused(ToolError, lambda: embedded.Embedded("2023.1").command(old)) == (
        "xsct of release 2023.1 not found (there is 2022.2)"
    )


@pytest.mark.parametrize(
    ("release", "parameters", "keyword"),
    [
        ("2023.2", "hw", "hw"),
        ("2024.1", "hw", "hw"),
        ("2024.1", "hw_design", "hw_design"),
        ("2025.2.1", "hw_design", "hw_design"),
    ],
)
def test_the_keyword_of_the_hand_off(release: str, parameters: str, keyword: str) -> None:
    """2024.1 is asked: which it has is not documented."""
    text = resources.files("baremetal_c/vitis/project")["build.py"]
    names: dict[str, object] = {}
    exec(text.replace("import vitis\n", "").replace("\nmain()\n", ""), names)
    create = eval(f"lambda name, {parameters}: None")
    assert names["hardware_keyword"](create, release) == keyword


def test_without_a_bsp_the_stand_in_says_so(lab, bundles) -> None:
    lab.monkeypatch.delenv("HLS4ML_SOC_VIRTUAL_BSP")
    with pytest.raises(ToolError) as caught:
        build(lab, bundles("pynq-z2"), "2024.2")
    assert str(caught.value) == (
        "Vitis project failed (exit code 1): Refused: stand-in: it has no BSP: "
        "HLS4ML_SOC_VIRTUAL_BSP names the folder of its headers\n"
        f"  log: {lab.folder}/out/vitis/vitis.run.log"
    )
