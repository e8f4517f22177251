"""The HLS tools and what their Tcl commands accept (UG1399, UG902)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hls4ml_soc.virtual.hls.errors import HlsError

# First and last release that has the command.
RELEASES = {
    "vivado_hls": ("2019.1", "2020.1"),
    "vitis_hls": ("2020.2", "2024.2"),
    "vitis-run": ("2023.2", "2025.2"),
}
DEFAULT_VERSION = {"vivado_hls": "2019.2", "vitis_hls": "2023.1", "vitis-run": "2024.1"}


@dataclass(frozen=True)
class Tool:
    """One tool in one version. Raises HlsError for a pair that was never released."""

    name: str
    version: str

    def __post_init__(self) -> None:
        """Check the pair."""
        if self.name not in RELEASES:
            raise HlsError(f"unknown tool {self.name}: {', '.join(RELEASES)}")
        first, last = RELEASES[self.name]
        if not first <= self.version[:6] <= last:
            raise HlsError(f"there is no {self.name} {self.version}: {first} to {last}")

    @property
    def is_vitis(self) -> bool:
        """Tell whether Vitis HLS is behind it."""
        return self.name != "vivado_hls"

    @property
    def title(self) -> str:
        """Return the product's name."""
        return "Vitis HLS" if self.is_vitis else "Vivado HLS"


@dataclass(frozen=True)
class Option:
    """An option: ``value`` tells its kind (flag, bool, number: a whole one, or text), the rest
    where it exists."""

    value: str = "text"
    tools: str = "both"  # both, vitis, vivado
    since: str = ""
    until: str = "9999"
    choices: tuple[str, ...] = ()

    def exists_in(self, tool: Tool) -> bool:
        """Tell whether a tool knows the option."""
        kind = "vitis" if tool.is_vitis else "vivado"
        return self.tools in ("both", kind) and self.since <= tool.version[:6] <= self.until


@dataclass(frozen=True)
class CommandSpec:
    """A command's options and how many plain words it takes."""

    options: Mapping[str, Option]
    words: tuple[int, int]
    tools: str = "both"


_FLAG = Option("flag")
_TEXT = Option()
_BOOL = Option("bool")
_NUMBER = Option("number")
_VITIS_BOOL = Option("bool", "vitis")
_VITIS_TEXT = Option("text", "vitis")
_VITIS_NUMBER = Option("number", "vitis")
_PACKAGE = {f"-{n}": _TEXT for n in ("vendor", "library", "version", "description", "display_name")}
_FORMAT = Option(choices=("ip_catalog",))

COMMANDS: Mapping[str, CommandSpec] = {
    "open_project": CommandSpec({"-reset": _FLAG}, (1, 1)),
    "close_project": CommandSpec({}, (0, 0)),
    "close_solution": CommandSpec({}, (0, 0)),
    "set_top": CommandSpec({}, (1, 1)),
    "add_files": CommandSpec({"-tb": _FLAG, "-cflags": _TEXT, "-csimflags": _VITIS_TEXT}, (1, 999)),
    "open_solution": CommandSpec(
        {
            "-reset": _FLAG,
            "-flow_target": Option("text", "vitis", choices=("vivado", "vitis")),
        },
        (1, 1),
    ),
    "set_part": CommandSpec({}, (1, 1)),
    "create_clock": CommandSpec({"-period": _TEXT, "-name": _TEXT}, (0, 1)),
    "set_clock_uncertainty": CommandSpec({}, (1, 2)),
    "config_compile": CommandSpec(
        {
            "-name_max_length": _NUMBER,
            "-no_signed_zeros": _BOOL,
            "-unsafe_math_optimizations": _BOOL,
            "-pipeline_loops": _NUMBER,
            "-pipeline_style": Option(
                "text", "vitis", since="2022.1", choices=("stp", "flp", "frp")
            ),
            "-enable_auto_rewind": Option("bool", "vitis", until="2021.2"),
        },
        (0, 0),
    ),
    "config_schedule": CommandSpec({"-enable_dsp_full_reg": _BOOL}, (0, 0)),
    "config_interface": CommandSpec(
        {
            "-m_axi_addr64": _VITIS_BOOL,
            "-m_axi_alignment_byte_size": _VITIS_NUMBER,
            "-m_axi_max_widen_bitwidth": _VITIS_NUMBER,
            "-m_axi_latency": _VITIS_NUMBER,
            "-clock_enable": _VITIS_BOOL,
        },
        (0, 0),
        "vitis",
    ),
    "config_array_partition": CommandSpec(
        {
            "-maximum_size": Option("number", "vivado"),
            "-complete_threshold": _VITIS_NUMBER,
            "-throughput_driven": _VITIS_TEXT,
        },
        (0, 0),
    ),
    "config_rtl": CommandSpec(
        {
            "-reset": Option(choices=("none", "control", "state", "all")),
            "-reset_async": _BOOL,
            "-reset_level": Option(choices=("low", "high")),
            "-module_prefix": _VITIS_TEXT,
            "-module_auto_prefix": _VITIS_BOOL,
        },
        (0, 0),
    ),
    "config_export": CommandSpec({"-format": _FORMAT, "-rtl": _TEXT, **_PACKAGE}, (0, 0)),
    "csim_design": CommandSpec(
        {"-clean": _FLAG, "-O": _FLAG, "-argv": _TEXT, "-ldflags": _TEXT}, (0, 0)
    ),
    "csynth_design": CommandSpec({}, (0, 0)),
    "cosim_design": CommandSpec(
        {"-rtl": _TEXT, "-trace_level": _TEXT, "-tool": _TEXT, "-argv": _TEXT}, (0, 0)
    ),
    "export_design": CommandSpec(
        {
            "-format": _FORMAT,
            "-rtl": _TEXT,
            "-flow": Option("text", "vitis", choices=("none", "syn", "impl")),
            "-evaluate": Option("text", "vivado"),
            "-ipname": _VITIS_TEXT,
            "-output": _VITIS_TEXT,
            **_PACKAGE,
        },
        (0, 0),
    ),
}


def parse_command(
    tool: Tool, name: str, arguments: Sequence[str]
) -> tuple[dict[str, str], list[str]]:
    """Split a command's arguments into options and plain words; raises HlsError as the tool does.

    ``-name value`` and ``-name=value`` are both accepted; flags and bare booleans become ``"1"``.
    """
    spec = COMMANDS[name]
    if spec.tools == "vitis" and not tool.is_vitis:
        raise HlsError(f'invalid command name "{name}" ({tool.title} {tool.version})')
    options: dict[str, str] = {}
    words: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        key, equals, value = word.partition("=")
        if not word.startswith("-"):
            words.append(word)
            continue
        option = spec.options.get(key)
        if option is None or not option.exists_in(tool):
            raise HlsError(
                f"[HLS 200-101] '{name}': Unknown option '{key}' ({tool.title} {tool.version})."
            )
        if not equals:
            value = _value(name, key, option, rest)
        if option.value == "bool" and value not in ("0", "1", "true", "false"):
            raise HlsError(f"[HLS 200-101] '{name}': option '{key}' is true or false, not {value}")
        if option.value == "number" and not (value.isascii() and value.isdigit()):
            raise HlsError(f"[HLS 200-101] '{name}': option '{key}' is a whole number, not {value}")
        if option.choices and value not in option.choices:
            known = ", ".join(option.choices)
            raise HlsError(f"[HLS 200-101] '{name}': option '{key}' is one of {known}, not {value}")
        options[key] = {"true": "1", "false": "0"}.get(value, value)
    least, most = spec.words
    if not least <= len(words) <= most:
        raise HlsError(
            f"[HLS 200-101] '{name}': {len(words)} arguments, it takes {least} to {most}"
        )
    return options, words


def _value(name: str, key: str, option: Option, rest: list[str]) -> str:
    if option.value == "flag":
        return "1"
    if option.value == "bool" and (not rest or rest[0] not in ("0", "1", "true", "false")):
        return "1"
    if not rest:
        raise HlsError(f"[HLS 200-101] '{name}': option '{key}' has no value")
    return rest.pop(0)
