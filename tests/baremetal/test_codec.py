"""The C codec against the Python one, for every rounding and overflow."""

import ctypes
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hls4ml_soc import packing
from hls4ml_soc.fixed_point import OVERFLOWS, ROUNDINGS, FixedPoint
from tests.baremetal import toy

SIZE = 7  # elements of the tensor: no whole number of beats


class Format(ctypes.Structure):
    """struct accelerator_format"""

    _fields_ = [
        ("width", ctypes.c_uint8),
        ("fraction", ctypes.c_int16),
        ("is_signed", ctypes.c_bool),
        ("is_integer", ctypes.c_bool),
        ("rounding", ctypes.c_int),
        ("overflow", ctypes.c_int),
        ("saturation_bits", ctypes.c_uint8),
    ]


class CTensor(ctypes.Structure):
    """struct accelerator_tensor"""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("shape", ctypes.c_char_p),
        ("type", ctypes.c_char_p),
        ("elements", ctypes.c_uint32),
        ("offset", ctypes.c_uint32),
        ("bytes", ctypes.c_uint32),
        ("lanes", ctypes.c_uint16),
        ("stream_bits", ctypes.c_uint16),
        ("element_bits", ctypes.c_uint16),
        ("format", Format),
    ]


class Codec:
    """A tensor of one format in the C program."""

    def __init__(self, library: ctypes.CDLL, form: FixedPoint, packed: str, offset: int) -> None:
        self.library, self.form = library, form
        bits = packing.container_bits(form, packed)
        lanes = packing.lanes(form, 64, packed)
        self.bytes = packing.beats(form, SIZE, 64, packed) * 8
        modes = ROUNDINGS.index(form.rounding), OVERFLOWS.index(form.overflow)
        described = Format(
            form.width, form.fraction, form.signed, form.integral, *modes, form.saturation_bits
        )
        names = b"x", b"7", b"type"
        self.c = CTensor(*names, SIZE, offset, self.bytes, lanes, 64, bits, described)
        self.offset = offset

    def encode(self, values: np.ndarray) -> bytes | None:
        """Return the tensor's bytes, None where the program refuses."""
        sample = np.full(self.offset + self.bytes, 0xA5, np.uint8)
        single = values.dtype == np.float32
        call = self.library.accelerator_encode if single else self.library.accelerator_encode_double
        call.restype = ctypes.c_bool
        done = call(ctypes.byref(self.c), _pointer(values), _pointer(sample))
        assert (sample[: self.offset] == 0xA5).all()
        return bytes(sample[self.offset :]) if done else None

    def decode(self, data: np.ndarray, kind: type) -> np.ndarray | None:
        """Return the values in the tensor's bytes, None where the program refuses."""
        sample = np.concatenate([np.zeros(self.offset, np.uint8), data])
        values = np.empty(SIZE, kind)
        if kind is np.float64:
            self.library.accelerator_decode_double(
                ctypes.byref(self.c), _pointer(sample), _pointer(values)
            )
            return values
        self.library.accelerator_decode.restype = ctypes.c_bool
        done = self.library.accelerator_decode(
            ctypes.byref(self.c), _pointer(sample), _pointer(values)
        )
        return values if done else None


def _pointer(array: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    folder = tmp_path_factory.mktemp("codec")
    toy.SMALL.write(folder)
    source = toy.SOURCES / "src"
    path = toy.compile_c(
        folder / "codec.so", (folder, source), source / "codec.c", options=("-shared", "-fPIC")
    )
    return ctypes.CDLL(str(path))


@st.composite
def formats(draw) -> FixedPoint:
    width = draw(st.one_of(st.integers(1, 64), st.sampled_from([8, 16, 32, 53, 54, 63, 64])))
    signed = draw(st.booleans())
    if draw(st.integers(0, 9)) == 0:
        return FixedPoint(width, width, signed, integral=True)
    overflow = draw(st.sampled_from([o for o in OVERFLOWS if signed or o != "WRAP_SM"]))
    return FixedPoint(
        width,
        draw(st.one_of(st.integers(-20, 84), st.integers(-100, 120))),
        signed,
        draw(st.sampled_from(ROUNDINGS)),
        overflow,
        draw(st.integers(0, min(width, 5))),
    )


@st.composite
def cases(draw, kind: str) -> tuple[FixedPoint, np.ndarray]:
    form = draw(formats())
    width = 32 if kind == "f4" else 64
    near = st.integers(-(2 ** (form.width + 2)), 2 ** (form.width + 2))
    halves = st.builds(
        lambda n, step: math.ldexp(n, -form.fraction - step), near, st.integers(0, 3)
    )
    anything = st.floats(width=width, allow_nan=False)
    values = draw(st.lists(st.one_of(halves, anything), min_size=SIZE, max_size=SIZE))
    with np.errstate(over="ignore"):
        return form, np.array(values, np.float64).astype(kind)


def check(library: ctypes.CDLL, form: FixedPoint, values: np.ndarray, packed: str) -> None:
    codec = Codec(library, form, packed, offset=16)
    try:
        words = form.encode(values)
    except ValueError:
        assert codec.encode(values) is None
        return
    expected = np.empty((1, codec.bytes), np.uint8)
    packing.pack(words[None], form, 64, packed, expected)
    assert codec.encode(values) == expected.tobytes()


MANY = settings(deadline=None, max_examples=600)


@MANY
@given(case=cases("f8"), packed=st.sampled_from(packing.PACKINGS))
def test_doubles_become_the_same_words(library, case, packed: str) -> None:
    check(library, *case, packed)


@MANY
@given(case=cases("f4"), packed=st.sampled_from(packing.PACKINGS))
def test_floats_become_the_same_words(library, case, packed: str) -> None:
    check(library, *case, packed)


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("overflow", OVERFLOWS)
@pytest.mark.parametrize("bits", [0, 1, 3])
def test_every_mode_at_every_eighth(library, rounding: str, overflow: str, bits: int) -> None:
    form = FixedPoint(6, 3, True, rounding, overflow, bits)
    steps = np.arange(-161, 161) / 64  # far enough to wrap, in eighths of a step
    for part in (steps * 4).reshape(-1, SIZE):
        check(library, form, part.copy(), "aligned")


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("ap_fixed<16,6>", math.nan),
        ("ap_fixed<16,6>", math.inf),
        ("ap_fixed<16,6,AP_TRN,AP_SAT>", math.nan),
        ("ap_int<8>", -math.inf),
    ],
)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_what_has_no_word_is_refused(library, form: str, value: float, kind: type) -> None:
    values = np.zeros(SIZE, kind)
    values[SIZE - 1] = value
    assert Codec(library, FixedPoint.parse(form), "aligned", 0).encode(values) is None


@MANY
@given(form=formats(), seed=st.integers(0, 2**32), packed=st.sampled_from(packing.PACKINGS))
def test_words_become_the_same_numbers(library, form: FixedPoint, seed: int, packed: str) -> None:
    low, high = form.word_range
    draw = random.Random(seed)
    words = np.array([low, high, 0, *(draw.randint(low, high) for _ in range(4))], form.dtype)
    codec = Codec(library, form, packed, 8)
    data = np.empty((1, codec.bytes), np.uint8)
    packing.pack(words[None], form, 64, packed, data)
    assert codec.decode(data[0], np.float64).tolist() == form.decode(words).tolist()
    try:
        expected = form.decode(words, dtype=np.float32).tolist()
    except ValueError:
        expected = None
    single = codec.decode(data[0], np.float32)
    assert (single if single is None else single.tolist()) == expected
