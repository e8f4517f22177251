"""What may be put into the parameters of a processing system.

Its choices are rewritten while one customizes: a stored list is that of one instance. So the lists
of all parameters of one kind are united (PCW_MIO_n_PULLUP for every n), and of a choice with a
number in it only the form counts: a pair of pins as ``MIO 14 .. 15``, a width as ``16 Bit``. The
33,000 values of the presets in boards/ and of PYNQ's scripts (2.5 to 3.1) all pass.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hls4ml_soc.virtual.vivado.expression import ExpressionError, number
from hls4ml_soc.virtual.vivado.ip import Ip, Parameter

IPS = ("processing_system7", "zynq_ultra_ps_e")
_NUMBER = re.compile(r"0x[0-9a-f]+|\d+(?:\.\d+)?")
_PINS = re.compile(r"mio \d[\d. ]*")
_FLAG = {"0", "1"}
_NOTHING = {"", "<select>", "na", "none"}  # what presets and scripts write for "not chosen"
# Uses of the pins: the IP makes them from the other parameters.
_FREE = re.compile(r"\w+_MIO_TREE_\w+")
# Speed grades of memories differ by letters too, and go with the type (JESD79-3, -4, JESD209-4).
_SPEED = re.compile(r"(lp)?ddr\d\w?_\d+[a-z]*")

# What no preset chooses from a list: values of 6 and 7 bits in registers (UG585), times of memory
# controllers in cycles, and latencies (JESD79-3; DDR2 and LPDDR2 have smaller ones).
_RANGES: tuple[tuple[re.Pattern[str], int, int], ...] = (
    (re.compile(r"PCW_\w+_PERIPHERAL_DIVISOR[01]"), 1, 63),
    (re.compile(r"PCW_(ARM|DDR|IO)PLL_CTRL_FBDIV"), 13, 66),
    (re.compile(r"PCW_(NAND|NOR)_\w*(_T_\w+|_WE_TIME)|PCW_SMC_CYCLE_T[0-6]"), 0, 1 << 31),
    (re.compile(r"PCW_UIPARAM_DDR_CW?L"), 1, 14),
)
_FREQUENCY = re.compile(r"PCW_(CPU_CPU|DDR_DDR|IO_IO)_PLL_FREQMHZ")

Lists = Mapping[str, tuple[str, ...]]
_LISTS: dict[str, Lists] = {}  # by VLNV: hundreds of parameters are set at once


def allowed(ip: Ip, parameter: Parameter, value: str) -> str:
    """Return what would be allowed if the value is not, else nothing."""
    name, text = parameter.name, value.lower()
    choices = _choices(ip, name)
    numeric = parameter.format in ("long", "float", "bitString")
    if numeric and value and not _is_number(value):
        return "numbers"
    if set(choices) == _FLAG:
        return "" if value in _FLAG else "0, 1"
    for form, low, high in _RANGES:
        if form.fullmatch(name) and text not in _NOTHING:
            fits = value.isdecimal() and low <= int(value) <= high
            return "" if fits else f"{low} to {high}"
    if _FREQUENCY.fullmatch(name) and not _is_number(value):
        return "numbers"
    if numeric or not choices or text in _NOTHING or _FREE.fullmatch(name):
        return ""
    if name.endswith("_SPEED_BIN") and _SPEED.fullmatch(text):
        return ""
    forms = {_form(c) for c in choices}
    if forms <= _NOTHING and _is_number(value):
        return ""
    return "" if _form(text) in forms else ", ".join(c for c in choices if c)


def _choices(ip: Ip, name: str) -> tuple[str, ...]:
    """Return what all parameters of a kind have for choices; where that is one thing, what all
    whose names end in the same word have."""
    if ip.vlnv not in _LISTS:
        _LISTS[ip.vlnv] = _lists(ip)
    kinds = _LISTS[ip.vlnv]
    own = kinds.get(_kind(name), ())
    real = [c for c in own if c.lower() not in _NOTHING]
    return own if len(real) > 1 or not own else kinds[_ending(name)]


def _lists(ip: Ip) -> Lists:
    found: dict[str, dict[str, None]] = {}
    for name, parameter in ip.parameters.items():
        choices = parameter.choices and (*parameter.choices, parameter.default or "")
        for key in (_kind(name), _ending(name)):
            if choices:
                found.setdefault(key, {}).update(dict.fromkeys(choices))
    return {key: tuple(sorted(choices)) for key, choices in found.items()}


def _kind(name: str) -> str:
    return re.sub(r"\d+", "#", name)


def _ending(name: str) -> str:
    return f"*_{name.rpartition('_')[2]}"


def _form(choice: str) -> str:
    return _NUMBER.sub("#", _PINS.sub("mio #", choice.strip().lower()))


def _is_number(value: str) -> bool:
    try:
        number(value)
    except ExpressionError:
        return False
    return True
