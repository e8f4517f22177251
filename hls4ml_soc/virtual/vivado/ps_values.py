"""What may be put into the parameters of a processing system.

Its choices are rewritten while one customizes: a stored list is that of one instance. So the lists
of all parameters of one kind are united (PCW_MIO_n_PULLUP for every n), and of a choice with a
number in it only the form counts: a pair of pins as ``MIO 14 .. 15``, a width as ``16 Bit``.
"""

from __future__ import annotations

import re
from functools import cache

from hls4ml_soc.virtual.vivado.expression import ExpressionError, number
from hls4ml_soc.virtual.vivado.ip import Ip, Parameter
from hls4ml_soc.virtual.vivado.ip_catalogue import load_stem

IPS = ("processing_system7", "zynq_ultra_ps_e")
_NUMBER = re.compile(r"0x[0-9a-f]+|\d+(?:\.\d+)?")
_NOTHING = ("", "<select>", "na", "none")  # what presets and scripts write for "not chosen"
_BOOL = frozenset({"0", "1"})


def allowed(ip: Ip, parameter: Parameter, value: str) -> str:
    """Return what would be allowed if the value is not, else nothing."""
    return ""
