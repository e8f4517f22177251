"""The C++ reference: hls4ml's own ap_types, compiled once per test session."""

from __future__ import annotations

import ctypes
import random
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hls4ml_soc.fixed_point import OVERFLOWS, ROUNDINGS, FixedPoint

NAMED = """
    ap_fixed<16,6>; ap_fixed<16,6,AP_RND,AP_SAT>; ap_fixed<16,6,AP_RND>; ap_fixed<12,4>;
    ap_fixed<16,6,AP_TRN,AP_SAT>; ap_fixed<8,3,AP_RND_CONV,AP_SAT>; ap_ufixed<8,0>;
    ap_ufixed<8,0,AP_RND,AP_SAT>; ap_fixed<38,18>; ap_fixed<32,16,AP_RND,AP_SAT>; ap_fixed<64,32>;
    ap_ufixed<64,0,AP_RND,AP_SAT>; ap_fixed<1,1>; ap_ufixed<1,1>; ap_fixed<24,12,AP_RND,AP_SAT_SYM>;
    ap_ufixed<9,4,AP_TRN,AP_SAT_SYM>; ap_fixed<60,4,AP_TRN,AP_SAT_SYM>;
    ap_fixed<8,-110,AP_RND,AP_SAT>; ap_fixed<8,200,AP_RND,AP_SAT>; ap_fixed<16,-800,AP_RND>;
    ap_int<1>; ap_int<8>; ap_uint<8>; ap_int<13>; ap_uint<16>; ap_int<32>; ap_int<64>; ap_uint<64>
"""


def _every_mode() -> list[FixedPoint]:
    return [
        FixedPoint(5, 2, signed, rounding, overflow, bits)
        for rounding in ROUNDINGS
        for overflow, bits in [(name, 0) for name in OVERFLOWS] + [("WRAP", 2), ("WRAP_SM", 1)]
        for signed in (True, False)
        if signed or overflow in ("SAT", "SAT_ZERO") or bits == 2
    ]


def _random_picks(count: int) -> list[FixedPoint]:
    draw = random.Random(20)
    picks = []
    for _ in range(count):
        width = draw.choice([1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 25, 31, 32, 33, 53, 54, 55, 63, 64])
        integer = draw.choice([0, 1, width, width + 3, -2, draw.randint(-20, 80)])
        overflow = draw.choice(OVERFLOWS)
        signed = overflow == "WRAP_SM" or draw.random() < 0.7
        most = width if overflow.startswith("WRAP") else 0
        bits = min(most, draw.choice([0, 0, 1, 2, 5, 64]))
        picks.append(FixedPoint(width, integer, signed, draw.choice(ROUNDINGS), overflow, bits))
    return picks


NAMED_FORMATS = [FixedPoint.parse(text) for text in NAMED.split(";")]
FORMATS = list(dict.fromkeys(NAMED_FORMATS + _every_mode() + _random_picks(50)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "form" in metafunc.fixturenames:
        metafunc.parametrize("form", FORMATS, ids=str)


class Reference:
    """Call the compiled C++ with numpy arrays."""

    def __init__(self, library: Path) -> None:
        self.library = ctypes.CDLL(str(library))

    def _run(self, name: str, form: FixedPoint, given: Any, result: Any) -> Any:
        size = ctypes.c_long(given.size)
        call = getattr(self.library, name)
        call(
            FORMATS.index(form),
            given.ctypes.data_as(ctypes.c_void_p),
            result.ctypes.data_as(ctypes.c_void_p),
            size,
        )
        return result

    def encode(self, form: FixedPoint, values: Any) -> Any:
        """Assign float64 or float32 values; returns words in the container's type."""
        values = np.ascontiguousarray(values)
        name = {"f8": "from_double", "f4": "from_float"}[values.dtype.str[1:]]
        raw = self._run(name, form, values, np.empty(values.shape, np.uint64))
        spare = np.uint64(64 - form.width)
        raw = raw << spare
        whole = raw.view(np.int64) >> spare.astype(np.int64) if form.signed else raw >> spare
        return whole.astype(form.dtype)

    def decode(self, form: FixedPoint, words: Any, dtype: Any) -> Any:
        raw = np.ascontiguousarray(words).astype(np.int64 if form.signed else np.uint64)
        name = {"f8": "to_double", "f4": "to_float"}[np.dtype(dtype).str[1:]]
        return self._run(name, form, raw, np.empty(raw.shape, dtype))


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    folder = tmp_path_factory.mktemp("reference")
    lines = "".join(f"FORMAT({form})\n" for form in FORMATS)
    (folder / "formats.inc").write_text(lines)
    origin = find_spec("hls4ml").origin
    types = Path(origin).parent / "templates/vivado/ap_types"
    library = folder / "reference.so"
    source = Path(__file__).with_name("reference.cpp")
    flags = ["-std=c++11", "-O0", "-fPIC", "-shared", "-w"]
    command = ["g++", *flags, f"-I{types}", f"-I{folder}", str(source), "-o", str(library)]
    subprocess.run(command, check=True, timeout=300)
    return Reference(library)
