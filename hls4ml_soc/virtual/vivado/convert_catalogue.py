"""Convert harvested IP facts to the catalogue beside this file.

    python -m hls4ml_soc.virtual.vivado.convert_catalogue FACTS_FOLDER HWH...

The facts are the IP-XACT files that Vivado wrote for IP instances in public repositories, merged
per IP; hand-off files of public projects add what instances do not tell: port maps, register
fields, constants. Kept is what the model uses.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from hls4ml_soc.virtual.vivado.harvest import harvest

_DECODE = re.compile(r"spirit:decode\(id\(\s*'?((?:MODEL)?PARAM_VALUE\.[\w.]+)'?\s*\)\)")
_SIGNAL = re.compile(r"^xilinx\.com:signal:")
_TARGET = Path(__file__).with_name("catalogue")

# Parameters that Vivado's own scripts derive and whose rule no expression states.
_MODEL = {
    "axi_dma": {
        "C_M_AXI_SG_ADDR_WIDTH": "PARAM_VALUE.c_addr_width",
        "C_M_AXI_MM2S_ADDR_WIDTH": "PARAM_VALUE.c_addr_width",
        "C_M_AXI_S2MM_ADDR_WIDTH": "PARAM_VALUE.c_addr_width",
    },
    "clk_wiz": {
        "C_PRIM_SOURCE": "PARAM_VALUE.PRIM_SOURCE",
        "C_USE_RESET": "PARAM_VALUE.USE_RESET = 'true' ? 1 : 0",
        "C_USE_LOCKED": "PARAM_VALUE.USE_LOCKED = 'true' ? 1 : 0",
        "C_RESET_LOW": "PARAM_VALUE.RESET_TYPE = 'ACTIVE_LOW' ? 1 : 0",
    },
    "axi_bram_ctrl": {  # PG078
        "C_S_AXI_DATA_WIDTH": "PARAM_VALUE.DATA_WIDTH",
        "C_SINGLE_PORT_BRAM": "PARAM_VALUE.SINGLE_PORT_BRAM",
        "C_ECC": "PARAM_VALUE.USE_ECC",
        "C_ECC_TYPE": "PARAM_VALUE.ECC_TYPE",
        "C_ECC_ONOFF_RESET_VALUE": "PARAM_VALUE.ECC_ONOFF_RESET_VALUE",
        "C_MEMORY_DEPTH": "PARAM_VALUE.MEM_DEPTH",
    },
    "axis_data_fifo": {
        "C_AXIS_TDATA_WIDTH": "PARAM_VALUE.TDATA_NUM_BYTES * 8",
    },
    "axis_dwidth_converter": {
        "C_S_AXIS_TDATA_WIDTH": "PARAM_VALUE.S_TDATA_NUM_BYTES * 8",
        "C_M_AXIS_TDATA_WIDTH": "PARAM_VALUE.M_TDATA_NUM_BYTES * 8",
    },
    "axis_subset_converter": {
        "C_S_AXIS_TDATA_WIDTH": "PARAM_VALUE.S_TDATA_NUM_BYTES * 8",
        "C_M_AXIS_TDATA_WIDTH": "PARAM_VALUE.M_TDATA_NUM_BYTES * 8",
    },
}
# Defaults that no harvested instance shows because every one of them was changed.
_DEFAULTS = {
    "axi_dma": {
        "c_prmry_is_aclk_async": "0",
        "c_m_axi_s2mm_data_width": "32",
        "c_s_axis_s2mm_tdata_width": "32",
    },
    "axi_interconnect": {"NUM_MI": "2"},
    "axis_data_fifo": {  # PG085
        "TDATA_NUM_BYTES": "1",
        "TUSER_WIDTH": "0",
        "FIFO_DEPTH": "512",
        "HAS_TKEEP": "0",
        "HAS_TLAST": "0",
    },
    "proc_sys_reset": {"C_AUX_RESET_HIGH": "0"},
    "xlconcat": {"IN0_WIDTH": "1", "IN1_WIDTH": "1"},
    "xlslice": {"DIN_WIDTH": "32", "DIN_FROM": "0", "DIN_TO": "0"},
    "processing_system7": {"PCW_DDR_RAM_HIGHADDR": "0x3FFFFFFF"},
}
# Memory maps of interfaces that harvested instances do not join.
_MAPS = {("axi_timer", "S_AXI"): "S_AXI", ("mig_7series", "S_AXI"): "memmap"}
# Interfaces that exist as often as a parameter says: first one's prefix, parameter.
_REPEAT = {
    "smartconnect": [["S00", "NUM_SI"], ["M00", "NUM_MI"]],
    "axi_interconnect": [["S00", "NUM_SI"], ["M00", "NUM_MI"]],
}


def main(arguments: list[str]) -> int:
    """Write one file per IP; print their names and sizes."""
    facts, *hand_offs = [Path(a) for a in arguments]
    seen = harvest(hand_offs)
    fabric = json.loads((facts / "smartconnect_1_0.json").read_text())["pins"]
    for path in sorted(facts.glob("*.json")):
        ip = json.loads(path.read_text())
        _, _, name, version = ip["vlnv"].split(":")
        if name == "axi_interconnect":
            ip["pins"].update(
                {p: v for p, v in fabric.items() if p[:8] in ("S00_AXI_", "M00_AXI_")}
            )
        result = _convert(name, ip, seen.get(name, {}))
        target = _TARGET / f"{name}-{version}.json"
        target.write_text(_dump(result))
        print(target.name, target.stat().st_size)
    return 0


def _convert(name: str, ip: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
    repeat = _REPEAT.get(name, [])
    busses = {
        n: b
        for n, b in ip["bus_interfaces"].items()
        if not _SIGNAL.match(b["vlnv"]) and not n.lower().endswith("_tlm") and _is_first(n, repeat)
    }
    ports = {n: p for n, p in ip["pins"].items() if _is_first(n, repeat) and "<" not in n}
    if name == "clk_wiz":
        ports = _clocking(ports)
    if name == "smartconnect":
        ports = {n: p for n, p in ports.items() if not re.match(r"aclk\d", n)}
    result: dict[str, Any] = {
        "vlnv": ip["vlnv"],
        "source": f"{ip['source_kind']}; {ip.get('n_instances', 0)} instances",
        "revisions": ip.get("revisions", {}),
        "interfaces": {n: _bus(name, n, b, seen) for n, b in busses.items()},
        "ports": {n: _port(name, n, p, ip) for n, p in ports.items()},
        "parameters": _parameters(name, ip, seen),
        "model": _model(name, ip, seen),
        "spaces": {n: _without_none(_space(s)) for n, s in ip.get("address_spaces", {}).items()},
        "maps": {n: _map(n, m, seen) for n, m in ip.get("memory_maps", {}).items()},
    }
    if repeat:
        result["repeat"] = repeat
    if name == "ilconcat":
        _inline_concat(result)
    return result


def _clocking(ports: dict[str, Any]) -> dict[str, Any]:
    """Give every output clock its condition; names that users chose are no ports of the IP."""
    known = re.compile(
        r"clk_in\d\w*|resetn?|locked|s_axi_\w+|ps\w+|power_down|daddr|dclk|den|din|dout|drdy|dwe|\w*clkfb\w*"
    )
    result = {n: p for n, p in ports.items() if known.fullmatch(n) and "when" not in n}
    for i in range(1, 8):
        used = {"enabled_when": f"PARAM_VALUE.CLKOUT{i}_USED = 'true'"} if i > 1 else {}
        result[f"clk_out{i}"] = {"dir": "out", "sigis": "clk", **used}
    return result


def _inline_concat(result: dict[str, Any]) -> None:
    result["parameters"] = {
        "NUM_PORTS": {"default": "2", "format": "long", "min": "1", "max": "128"}
    }
    for i in range(128):
        result["parameters"][f"IN{i}_WIDTH"] = {
            "default": "1",
            "format": "long",
            "propagates": True,
        }
        width = {"left": f"PARAM_VALUE.IN{i}_WIDTH - 1", "right": "0"}
        result["ports"][f"In{i}"] = {"dir": "in", "when": f"PARAM_VALUE.NUM_PORTS > {i}", **width}


def _is_first(name: str, repeat: list[list[str]]) -> bool:
    return not any(re.match(rf"{p[0]}(?!00)\d\d_", name) for p, _ in repeat)


def _bus(ip_name: str, name: str, bus: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
    params = {k: v for k, v in bus["fixed_params"].items() if v is not None}
    return _without_none(
        {
            "type": bus["vlnv"],
            "mode": bus["mode"],
            "when": _short(bus.get("enabled_when")),
            "params": params or None,
            "map": bus.get("memoryMapRef", _MAPS.get((ip_name, name))),
            "space": bus.get("addressSpaceRef"),
            "ports": seen.get("ports", {}).get(name),
        }
    )


def _port(ip_name: str, name: str, pin: dict[str, Any], ip: dict[str, Any]) -> dict[str, Any]:
    left = pin.get("left", pin["left_seen"][-1] if "left_seen" in pin else None)
    if ip_name in _REPEAT and name[3:7] == "_AXI" and left not in (None, "0", "1", "2", "3", "7"):
        left = ""  # follows what is connected
    result = {
        "dir": pin["dir"],
        "left": _short(left),
        "right": _short(pin.get("right")),
        "when": _short(pin.get("enabled_when")),
        "tie": pin.get("tieoff") if pin["dir"] == "in" else None,
    }
    clock, reset = ip.get("clocks", {}).get(name), ip.get("resets", {}).get(name)
    interrupt = ip.get("interrupts", {}).get(name)
    if clock or pin.get("sigis") == "clk":
        result["is"] = "clk"
        if clock and ip_name != "smartconnect":
            result["busifs"], result["resets"] = (
                clock["associated_busif"],
                clock["associated_reset"],
            )
    elif reset or pin.get("sigis") == "rst":
        result["is"] = "rst"
        result["polarity"] = (reset or pin).get("polarity") or "ACTIVE_LOW"
    elif interrupt:
        result["is"], result["sensitivity"] = "intr", interrupt.get("sensitivity")
    return _without_none(result)


def _parameters(name: str, ip: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
    result = {}
    for n, p in ip["parameters"].items():
        if n in ("Component_Name", "EDK_IPTYPE", "TLM_COMPONENT_NAME"):
            continue
        default = p.get("default", _DEFAULTS.get(name, {}).get(n))
        if default is None:
            default = seen.get("parameters", {}).get(n)
        permission = p.get("permission")
        result[n] = _without_none(
            {
                "default": default,
                "format": p.get("format"),
                "choices": p.get("choices"),
                "min": p.get("min"),
                "max": p.get("max"),
                "read_only": True if permission == "bd" else None,
                "propagates": True if permission == "bd_and_user" else None,
            }
        )
    return result


def _model(name: str, ip: dict[str, Any], seen: dict[str, Any]) -> dict[str, str]:
    """Give every model parameter its expression, or the constant that instances show, or nothing
    (same-named)."""
    own = {n.lower() for n in ip["parameters"]}
    result = {}
    for n, m in ip.get("model_parameters", {}).items():
        rule = _MODEL.get(name, {}).get(n) or _short(m.get("dep"))
        if rule is None and n.lower() not in own and n != "C_FAMILY":
            rule = seen.get("parameters", {}).get(n)
            rule = f"'{rule}'" if rule is not None else None
        result[n] = rule or ""
    return result


def _space(space: dict[str, Any]) -> dict[str, Any]:
    return {
        k: _short(space.get(f))
        for k, f in (("range", "range"), ("width", "width"), ("when", "enabled_when"))
    }


def _map(name: str, memory_map: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
    blocks = {}
    for n, b in memory_map["blocks"].items():
        fields = seen.get("registers", {})
        registers = {
            r: _without_none({"offset": offset, **fields.get(r, {})})
            for r, offset in b.get("registers", {}).items()
        }
        blocks[n] = _without_none(
            {
                "base": _short(b.get("base")),
                "range": _short(b.get("range")),
                "usage": b.get("usage"),
                "access": b.get("access"),
                "registers": registers or None,
            }
        )
    return _without_none({"blocks": blocks, "when": _short(memory_map.get("enabled_when"))})


def _short(expression: str | None) -> str | None:
    return _DECODE.sub(r"\1", expression) if expression is not None else None


def _without_none(d: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in d.items() if v is not None}


def _dump(result: dict[str, Any]) -> str:
    """Write JSON with one line per interface, port, parameter: to be read in a diff."""
    lines = []
    for key, value in result.items():
        if isinstance(value, dict) and value:
            inner = ",\n".join(
                f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in value.items()
            )
            lines.append(f"{json.dumps(key)}:{{\n{inner}\n}}")
        else:
            lines.append(f"{json.dumps(key)}:{json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
