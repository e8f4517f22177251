"""What the tools' own reports say, as plain data; None where they say nothing.

Formats: ``report_timing_summary`` and ``report_utilization`` of Vivado 2019.2 to 2025.1 (the column
``Prohibited`` came with 2020.2), ``<top>_csynth.xml`` of Vivado HLS and Vitis HLS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

Figures = dict[str, Any]

_TIMING = {
    "WNS(ns)": "wns_ns",
    "TNS(ns)": "tns_ns",
    "TNS Failing Endpoints": "failing_endpoints",
    "TNS Total Endpoints": "endpoints",
    "WHS(ns)": "whs_ns",
    "THS(ns)": "ths_ns",
    "WPWS(ns)": "wpws_ns",
}
#: Row of a table -> resource; block RAM is counted in tiles of 36 kbit there, here in halves.
_SITES = {
    "Slice LUTs": "lut",
    "CLB LUTs": "lut",
    "Slice Registers": "ff",
    "CLB Registers": "ff",
    "Block RAM Tile": "bram_18k",
    "DSPs": "dsp",
    "URAM": "uram",
}
_ESTIMATES = {
    "LUT": "lut", "FF": "ff", "BRAM_18K": "bram_18k", "DSP": "dsp", "DSP48E": "dsp", "URAM": "uram",
}  # fmt: skip


def timing(text: str) -> Figures | None:
    """Read a timing summary: slacks in ns, endpoints, and whether all constraints are met."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if not line.strip().startswith("WNS(ns)") or number + 2 >= len(lines):
            continue
        names = re.split(r" {2,}", line.strip())
        values = lines[number + 2].split()
        if len(names) != len(values):
            return None
        found = dict(zip(names, map(_number, values), strict=True))
        figures: Figures = {key: found.get(name) for name, key in _TIMING.items()}
        slacks = (figures["wns_ns"], figures["whs_ns"], figures["wpws_ns"])
        figures["met"] = all(slack is None or slack >= 0 for slack in slacks)
        return figures
    return None


def utilization(text: str) -> Figures | None:
    """Read a utilisation report: resource -> used, available and percent."""
    figures: Figures = {}
    for row in _rows(text):
        site = row["Site Type"].rstrip("*")
        name, scale = _SITES.get(site), 2 if site == "Block RAM Tile" else 1
        used, available = _number(row.get("Used", "")), _number(row.get("Available", ""))
        if name is None or name in figures or used is None or not available:
            continue
        figures[name] = {
            "used": int(used * scale),
            "available": int(available * scale),
            "percent": round(100 * used / available, 2),
        }
    return figures or None


def hls(text: str) -> Figures | None:
    """Read an HLS report: estimated clock, cycles of latency and interval, resources.

    They are estimates: HLS tends to give more LUTs than synthesis will need.
    """
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return None
    performance, area = root.find("PerformanceEstimates"), root.find("AreaEstimates")
    if performance is None or area is None:
        return None
    overall = "SummaryOfOverallLatency"
    return {
        "target_ns": _number(root.findtext("UserAssignments/TargetClockPeriod", "")),
        "estimated_ns": _number(
            performance.findtext("SummaryOfTimingAnalysis/EstimatedClockPeriod", "")
        ),
        "latency_cycles": _span(performance, overall, "Best-caseLatency", "Worst-caseLatency"),
        "interval_cycles": _span(performance, overall, "Interval-min", "Interval-max"),
        "estimated": _resources(area.find("Resources")),
        "available": _resources(area.find("AvailableResources")),
    }


def slack(figures: Figures) -> str:
    """Say whether timing is met, and by how much."""
    worst = figures["wns_ns"]
    met = "met" if figures["met"] else "NOT met"
    return met if worst is None else f"{met}, worst slack {worst:g} ns"


def beyond(estimates: Figures) -> list[str]:
    """Return the resources of which HLS estimates more than the part has."""
    there = estimates["available"]
    return [
        f"{name} {used} of {there[name]}"
        for name, used in estimates["estimated"].items()
        if used > there.get(name, used)
    ]


def _rows(text: str) -> Iterator[dict[str, str]]:
    """Give the rows of the tables whose first column is ``Site Type``."""
    names: list[str] = []
    for line in text.splitlines():
        if not line.strip().startswith("|"):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[0] == "Site Type":
            names = cells
        elif len(cells) == len(names):
            yield dict(zip(names, cells, strict=True))
        else:
            names = []


def _resources(element: ElementTree.Element | None) -> dict[str, int]:
    found = {}
    for child in element if element is not None else ():
        value = _number(child.text or "")
        if child.tag in _ESTIMATES and value is not None:
            found[_ESTIMATES[child.tag]] = int(value)
    return found


def _span(element: ElementTree.Element, path: str, low: str, high: str) -> list[int] | None:
    """Read a range of cycles; HLS writes ``undef`` where loops have no known bounds."""
    ends = [_number(element.findtext(f"{path}/{name}", "")) for name in (low, high)]
    return None if None in ends else [int(end) for end in ends if end is not None]


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", ""))
    except ValueError:
        return None
