"""csynth_design and export_design of the stand-in: compile, and describe the core's ports."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

from hls4ml_soc.virtual.hls.compile import compile_core, tool_headers
from hls4ml_soc.virtual.hls.component import component_text
from hls4ml_soc.virtual.hls.errors import HlsError
from hls4ml_soc.virtual.hls.harness import core_text
from hls4ml_soc.virtual.hls.interface import Interface, StreamPort, read_interface
from hls4ml_soc.virtual.hls.library import SIGNALS, CoreLibrary
from hls4ml_soc.virtual.hls.pragmas import check_pragmas
from hls4ml_soc.virtual.hls.project import Project, Solution
from hls4ml_soc.virtual.hls.region import Region, build_region
from hls4ml_soc.virtual.hls.sizes import size_checks
from hls4ml_soc.virtual.hls.tools import Tool
from hls4ml_soc.virtual.hls.weights import check_weights

NOT_KNOWN = "HLS was not run: latency, interval, resources and timing are not known"


def synthesise(tool: Tool, project: Project, solution: Solution) -> None:
    """Compile the top and its sources to ``.standin/core.so`` and write the report.

    Raises HlsError on what HLS refuses, on statements that the stand-in does not know, and on
    compiler errors.
    """
    top = project.find_top()
    solution.require_clock()
    for source in project.sources:
        check_pragmas(project.lines(source), source)
    interface = read_interface(top)
    region = build_region(top, project.find_stream_region)
    for source in project.sources:
        check_weights(source)
    build = solution.folder / ".standin"
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    sources = sorted(project.sources, key=lambda source: source != top.file)
    settings = {
        "top": top.name,
        "control": interface.control,
        "reset": solution.setting("config_rtl", "-reset", "control"),
        "input": region.ports[0].name,
        "output": region.ports[-1].name,
    }
    unit = build / "core.cpp"
    checks = size_checks(region, project.find_formals)
    unit.write_text(core_text(region, sources, settings, checks))
    flags = [*project.flags(), *(["-D__VITIS_HLS__=1"] if tool.is_vitis else [])]
    headers = tool_headers(sources, build / "include")
    compile_core(unit, build / "core.so", sources, flags, headers, project.cwd)
    ports = _stream_ports(build / "core.so", interface, region)
    (build / "standin.json").write_text(_facts(tool, project, solution, interface, region, ports))
    _write_report(tool, project, solution)
    solution.synthesised = True


def export(project: Project, solution: Solution, options: dict[str, str]) -> None:
    """Write ``impl/ip``: component.xml, and beside it ``standin`` with the compiled core."""
    if not solution.synthesised:
        raise HlsError("[HLS 200-70] export_design: run csynth_design first")
    top = project.find_top()
    build = solution.folder / ".standin"
    facts = json.loads((build / "standin.json").read_text())
    ports = [StreamPort(**port) for port in facts["ports"]]
    version = options.get("-version", "1.0")
    if not re.fullmatch(r"\d+\.\d+(\.\d+)?", version):
        raise HlsError(f"[HLS 200-101] 'export_design': version '{version}' is not major.minor")
    vlnv = (
        options.get("-vendor", "xilinx.com"),
        options.get("-library", "hls"),
        options.get("-ipname", top.name),
        ".".join(version.split(".")[:2]),
    )
    ip = solution.folder / "impl" / "ip"
    shutil.rmtree(ip, ignore_errors=True)
    (ip / "standin").mkdir(parents=True)
    text = component_text(vlnv, read_interface(top), ports, "An IP emulated by hls4ml_soc")
    (ip / "component.xml").write_text(text)
    for name in ("core.so", "standin.json"):
        shutil.copy(build / name, ip / "standin" / name)


def _stream_ports(library: Path, interface: Interface, region: Region) -> list[StreamPort]:
    core = CoreLibrary(library, library.name)
    try:
        return [
            StreamPort(
                port.name,
                bool(output),
                interface.modes[port.name],
                {s: core.width(output, n) for n, s in enumerate(SIGNALS)},
            )
            for output, port in enumerate(region.ports)
        ]
    finally:
        core.close()


def _facts(
    tool: Tool,
    project: Project,
    solution: Solution,
    interface: Interface,
    region: Region,
    ports: list[StreamPort],
) -> str:
    channels = [c for c in region.channels if not c.is_array]
    arrays = [c for c in region.channels if c.is_array]
    facts = {
        "format": 1,
        "tool": tool.name,
        "version": tool.version,
        "top": project.top,
        "part": solution.part,
        "clock_period_ns": solution.period_ns,
        "clock_uncertainty": solution.uncertainty,
        "control": interface.control,
        "reset": solution.setting("config_rtl", "-reset", "control"),
        "ports": [
            {"name": p.name, "is_output": p.is_output, "mode": p.mode, "signals": dict(p.signals)}
            for p in ports
        ],
        "fifos": [{"name": c.name, "depth": c.depth} for c in (*region.ports, *channels)],
        "arrays": [{"name": c.name, "buffers": 2} for c in arrays],
        "processes": [p.name for p in region.processes],
        "not_known": NOT_KNOWN,
    }
    return json.dumps(facts, indent=2) + "\n"


def _write_report(tool: Tool, project: Project, solution: Solution) -> None:
    folder = solution.folder / "syn" / "report"
    folder.mkdir(parents=True, exist_ok=True)
    root = ET.Element("profile")
    ET.SubElement(ET.SubElement(root, "ReportVersion"), "Version").text = tool.version
    user = ET.SubElement(root, "UserAssignments")
    ET.SubElement(user, "Part").text = solution.part
    ET.SubElement(user, "TopModelName").text = project.top
    ET.SubElement(user, "TargetClockPeriod").text = f"{solution.period_ns:.2f}"
    ET.SubElement(root, "Standin").text = NOT_KNOWN
    ET.indent(root)
    text = ET.tostring(root, "unicode") + "\n"
    (folder / f"{project.top}_csynth.xml").write_text(text)
