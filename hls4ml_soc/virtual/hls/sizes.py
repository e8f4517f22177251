"""Check the sizes of arrays that a region hands to functions.

C++ forgets the size of an array parameter, and a function that is given a smaller array writes past
its end. HLS, which makes memories of the arrays, cannot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from hls4ml_soc.virtual.hls.region import Process, Region
from hls4ml_soc.virtual.hls.source import NAME, Call

_ARRAY = re.compile(rf"({NAME})\s*((?:\[[^\]]+\]\s*)+)$")


def size_checks(region: Region, formals: Callable[[str], Sequence[str]]) -> list[str]:
    """Return declarations that compile only if no array is smaller than the parameter it is for.

    The compiler evaluates the bounds: they may be names that hls4ml's headers define. ``formals``
    finds a function's parameters as they are written.
    """
    return [
        line
        for process in region.processes
        for call in process.calls
        for line in _of_call(process, call, formals(call.callee.rpartition("::")[2]))
    ]


def _of_call(process: Process, call: Call, formals: Sequence[str]) -> Iterator[str]:
    arrays = {use.local: use.channel.dims for use in process.uses if use.channel.is_array}
    for name, formal in zip(call.arguments, formals, strict=False):
        wanted = _ARRAY.search(formal)
        if name in arrays and wanted:
            has, dims = arrays[name], wanted[2].strip()
            said = f"{name}{has} is smaller than the parameter {wanted[1]}{dims} of {call.callee}"
            yield f'#line {call.line} "{process.function.file}"'
            yield f'static_assert(sizeof(char{has}) >= sizeof(char{dims}), "{said}");'
