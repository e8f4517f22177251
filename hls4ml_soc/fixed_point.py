"""Number formats and their exact conversion, for host and board: Python 3.8, numpy 1.19 to 2.x."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

ROUNDINGS = ("TRN", "TRN_ZERO", "RND", "RND_ZERO", "RND_INF", "RND_MIN_INF", "RND_CONV")
OVERFLOWS = ("WRAP", "SAT", "SAT_ZERO", "SAT_SYM", "WRAP_SM")

# Elements at a time: with temporaries and words they fit the 512 KiB L2 cache of a Zynq-7000.
CHUNK = 32768

# On a host, compiled loops may be here (codec_kernel.py); their methods return True when done.
KERNEL: Any = None

_SPELLING = re.compile(
    r"(?:ap_)?(u?)(?:int<([0-9]+)>|fixed<([0-9]+),([+-]?[0-9]+)"
    r"(?:,(?:AP_)?([A-Z_]+)(?:,(?:AP_)?([A-Z_]+)(?:,([0-9]+))?)?)?>)"
)


@dataclass(frozen=True)
class FixedPoint:
    """Describe one number format as a C++ type of ap_types (UG1399).

    `rounding` and `overflow` come without `AP_`; `saturation_bits` is N; `integral` marks ap_int
    and ap_uint, which C++ converts by other rules. Raises ValueError for what is no such type.
    """

    width: int
    integer: int
    signed: bool = True
    rounding: str = "TRN"
    overflow: str = "WRAP"
    saturation_bits: int = 0
    integral: bool = False

    def __post_init__(self) -> None:
        modes = (self.integer, self.rounding, self.overflow, self.saturation_bits)
        rules = {
            "the width must lie in 1..64": 1 <= self.width <= 64,
            "the integer bits must lie in -900..900, a double's reach": abs(self.integer) <= 900,
            f"the rounding must be one of {', '.join(ROUNDINGS)}": self.rounding in ROUNDINGS,
            f"the overflow must be one of {', '.join(OVERFLOWS)}": self.overflow in OVERFLOWS,
            "AP_WRAP_SM needs a signed type": self.signed or self.overflow != "WRAP_SM",
            "N must lie in 0..width": 0 <= self.saturation_bits <= self.width,
            "an ap_int has neither fraction nor modes": not self.integral
            or modes == (self.width, "TRN", "WRAP", 0),
        }
        for rule, kept in rules.items():
            if not kept:
                raise ValueError(f"{self} is no number format: {rule}")

    @classmethod
    def parse(cls, text: str) -> FixedPoint:
        """Read a spelling of C++ or hls4ml, such as `ufixed<8, 0>`; raise ValueError for others."""
        match = _SPELLING.fullmatch(re.sub(r"\s*([<,>])\s*", r"\1", text.strip()))
        if match is None:
            accepted = "ap_[u]fixed<W,I[,rounding[,overflow[,N]]]> or ap_[u]int<W>"
            raise ValueError(f"{text!r} is no number format: write {accepted}")
        unsigned, bits, width, integer, rounding, overflow, saturated = match.groups()
        if bits:
            return cls(int(bits), int(bits), not unsigned, integral=True)
        modes = rounding or "TRN", overflow or "WRAP", int(saturated or 0)
        return cls(int(width), int(integer), not unsigned, *modes)

    def __str__(self) -> str:
        unsigned = "" if self.signed else "u"
        if self.integral:
            return f"ap_{unsigned}int<{self.width}>"
        modes = f"AP_{self.rounding},AP_{self.overflow},{self.saturation_bits}"
        return f"ap_{unsigned}fixed<{self.width},{self.integer},{modes}>"

    @property
    def fraction(self) -> int:
        """Return the bits after the binary point: negative where the step is 2 or more."""
        return self.width - self.integer

    @property
    def container_bits(self) -> int:
        """Return the smallest of 8, 16, 32, 64 that holds the width."""
        return next(bits for bits in (8, 16, 32, 64) if bits >= self.width)

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """Return the container as a little-endian numpy integer type."""
        return np.dtype(f"<{'i' if self.signed else 'u'}{self.container_bits // 8}")

    @cached_property
    def word_range(self) -> tuple[int, int]:
        """Return the smallest and the largest word of `width` bits."""
        return -self.signed << (self.width - 1), (1 << (self.width - self.signed)) - 1

    @cached_property
    def limits(self) -> tuple[int, int]:
        """Return the words that an overflow saturates to, if it does."""
        low, high = self.word_range
        return low + (self.overflow == "SAT_SYM" and self.signed), high

    @property
    def step(self) -> float:
        """Return the distance between neighbouring values."""
        return float(2.0**-self.fraction)

    @property
    def lowest(self) -> float:
        """Return the smallest value."""
        return self.word_range[0] * self.step

    @property
    def highest(self) -> float:
        """Return the largest value; for more than 53 bits the double nearest to it."""
        return self.word_range[1] * self.step

    def encode(self, values: Any, out: Any = None) -> np.ndarray[Any, Any]:
        """Convert numbers to words as hls4ml's emulation assigns a double to this type.

        `values`: real floats, integers (up to 2**53 in magnitude) or bools of any shape. `out`: an
        array of that shape and of `dtype`, strided or not, written directly. An ap_int cuts towards
        zero, except that -0.5 < x < 0 gives 1 (ap_int_base.h). Raises TypeError for what is not a
        real number; ValueError, with the first index, for NaN and for what cannot be converted:
        larger integers, and infinities unless the format saturates.
        """
        source = np.asarray(values)
        if source.dtype.kind not in "fiub" or source.dtype.itemsize > 8:
            accepted = "floats of up to 64 bits, integers or bools"
            raise TypeError(f"values for {self} must be {accepted}, not {source.dtype}")
        result: np.ndarray[Any, Any] = self._destination(source.shape, self.dtype, out)
        if KERNEL is not None and KERNEL.encode(self, source, result):
            return result
        encoder = _Encoder(self, source)
        # Contiguous arrays are walked in place, others in buffers, always in flat parts.
        flags: Any = ["external_loop", "buffered", "zerosize_ok"]
        parts = np.nditer([source, result], flags, [["readonly"], ["writeonly"]], buffersize=CHUNK)
        with np.errstate(all="ignore"), parts:
            for part, words in parts:
                encoder.convert(part, words)
        return result

    def decode(self, words: Any, out: Any = None, dtype: Any = np.float64) -> np.ndarray[Any, Any]:
        """Convert sign-extended words to float64 or float32, `dtype` or that of `out`.

        Exact where the mantissa (53 or 24 bits) holds the word, else the nearest float, ties to
        even, as to_double() and to_float() give it. `out`: an array of the words' shape. Raises
        TypeError for words that are not integers of the format's signedness, ValueError for a
        format out of float32's range.
        """
        source = np.asarray(words)
        kind = np.dtype(dtype) if out is None else out.dtype
        if source.dtype.kind != self.dtype.kind:
            raise TypeError(f"words of {self} are {self.dtype.name}, not {source.dtype}")
        if kind not in (np.dtype(np.float64), np.dtype(np.float32)):
            raise TypeError(f"words of {self} become float64 or float32, not {kind}")
        if kind.itemsize == 4 and (self.integer > 127 or abs(self.fraction) > 100):
            raise ValueError(f"float32 does not reach as far as {self}: decode to float64")
        result: np.ndarray[Any, Any] = self._destination(source.shape, kind, out)
        if KERNEL is not None and KERNEL.decode(self, source, result):
            return result
        # Cast and scaled in one pass, in numpy's own buffers.
        np.multiply(source, kind.type(self.step), out=result, dtype=kind, casting="unsafe")
        return result

    def _destination(self, shape: Any, dtype: Any, out: Any) -> Any:
        if out is None:
            return np.empty(shape, dtype)
        if out.dtype != dtype or out.shape != shape:
            raise ValueError(f"out must be {dtype} {shape} for {self}, not {out.dtype} {out.shape}")
        return out


def _cast(floats: Any, integers: Any) -> Any:
    """Convert whole floats inside the integer type's range; outside x86 and ARM would differ."""
    np.copyto(integers, floats, casting="unsafe")
    return integers


class _Encoder:
    """Encode chunk after chunk: at memory speed where all words are in range, else step by step."""

    def __init__(self, form: FixedPoint, source: Any) -> None:
        self.form, self.source = form, source
        self.floating = source.dtype.kind == "f"
        narrow = self.floating and source.dtype.itemsize <= 4
        # A power of two scales exactly while the product stays a normal number. So float32 needs a
        # moderate scale, and a scale below 1 (I > W) must not meet the smallest doubles.
        single = narrow and 0 <= form.fraction <= 100
        self.scalable = narrow or not self.floating or form.fraction >= 0
        self.kind: Any = np.float32 if single else np.float64
        self.scale = self.kind(2.0**form.fraction)
        self.scaled, self.scratch = (np.empty(min(CHUNK, source.size), self.kind) for _ in range(2))
        # Open ends: 2**W - 1 is no float32, and above 53 bits no double either.
        self.below, self.above = form.limits[0] - 1, form.limits[1] + 1
        self.clips = form.overflow in ("SAT", "SAT_SYM") and form.width <= (24 if single else 53)
        self.wraps = (form.overflow, form.saturation_bits) == ("WRAP", 0)
        # Arrays, since numpy 1.26 clips by scalars element by element.
        ends = form.limits if self.clips else ()
        self.bounds = [np.full(self.scaled.shape, end, self.kind) for end in ends]

    def convert(self, part: Any, words: Any) -> None:
        tiny = self.form.integral and self.floating and part.min() < 0
        large = part.dtype.kind in "iu" and part.dtype.itemsize == 8 and self.wordless(part).any()
        if tiny or large or not self.scalable:
            self.emulate(part, words)
            return
        whole = self.scaled[: part.size]
        np.multiply(part, self.scale, out=whole, dtype=self.kind, casting="same_kind")
        _round(whole, self.form, self.scratch[: part.size])
        # Both are NaN if anything is, and then no comparison holds.
        low, high = float(np.minimum.reduce(whole)), float(np.maximum.reduce(whole))
        if self.below < low and high < self.above:
            _cast(whole, words)
        elif self.clips and low <= high:
            lowest, highest = self.bounds
            np.maximum(whole, lowest[: part.size], out=whole)
            _cast(np.minimum(whole, highest[: part.size], out=whole), words)
        elif self.wraps and -(2**62) < low and high < 2**62:
            short = self.form.width <= 32 and -(2**31) < low and high < 2**31
            whole = _cast(whole, np.empty(part.shape, np.int32 if short else np.int64))
            _keep_width(whole, self.form, words)
        else:
            self.emulate(part, words)

    def wordless(self, values: Any) -> Any:
        if not self.floating:
            return (values > 2**53) | (values < -(2**53))
        saturates = self.form.overflow.startswith("SAT")
        return np.isnan(values) if saturates else ~np.isfinite(values)

    def emulate(self, part: Any, words: Any) -> None:
        """Refuse what has no word; convert the rest by mantissa and exponent."""
        if self.wordless(part).any():
            place = np.argwhere(self.wordless(self.source))[0].tolist()
            value = self.source[tuple(place)].item()
            raise ValueError(f"{value!r} at index {place} has no word in {self.form}")
        _keep_width(_words(part.astype(np.float64), self.form), self.form, words)


def _round(scaled: Any, form: FixedPoint, scratch: Any) -> Any:
    """Round to whole numbers in place. Every step is exact."""
    mode = "TRN_ZERO" if form.integral else form.rounding
    simple: Any = {"TRN": np.floor, "TRN_ZERO": np.trunc, "RND_CONV": np.rint}.get(mode)
    if simple:
        return simple(scaled, out=scaled)
    base = (np.rint if mode in ("RND", "RND_MIN_INF") else np.trunc)(scaled, out=scratch)
    np.subtract(scaled, base, out=scaled)
    if mode == "RND_ZERO":
        np.rint(scaled, out=scaled)  # of what trunc left, between -1 and 1; halves go to 0
    else:
        np.add(scaled, scaled, out=scaled)
        np.trunc(scaled, out=scaled)
    if mode in ("RND", "RND_MIN_INF"):
        # Halves are left: 1 where rint went down, -1 where it went up. One of the two stays.
        np.multiply(scaled, scaled.dtype.type(0.5), out=scaled)
        (np.ceil if mode == "RND" else np.floor)(scaled, out=scaled)
    return np.add(scaled, base, out=scaled)


def _keep_width(whole: Any, form: FixedPoint, words: Any) -> None:
    """Write integers modulo 2**width, sign-extended; integer casts keep the low bits."""
    if form.width < form.container_bits:
        whole &= (1 << form.width) - 1
        if form.signed:
            whole ^= 1 << (form.width - 1)
            whole -= 1 << (form.width - 1)
    np.copyto(words, whole, casting="unsafe")


def _words(doubles: Any, form: FixedPoint) -> Any:
    """Return what ap_fixed_base(double) or ap_int_base(double) leave, right modulo 2**width."""
    # An infinity behaves like the largest double, which is out of the range of every format.
    mantissa, exponent = np.frexp(np.nan_to_num(doubles))
    man = np.ldexp(mantissa, 53)  # x * 2**fraction = man * 2**-right; beyond the clip all is alike
    right = np.clip(53 - exponent - form.fraction, -70, 64).astype(np.intc)
    whole = _round(np.ldexp(man, -right), form, np.empty_like(man))
    bits = _cast(man, np.empty(man.shape, np.int64))
    left = bits.view(np.uint64) << np.clip(-right, 0, 63).astype(np.uint64)
    left[right <= -64] = 0
    small = np.abs(whole) < 2.0**62
    cast = _cast(np.where(small, whole, 0.0), np.empty(whole.shape, np.int64))
    words = np.where(small, cast.view(np.uint64), left)
    if form.integral:
        return np.where((doubles < 0) & (doubles > -0.5), np.uint64(1), words)
    low, high = form.limits
    # Above 53 bits the lowest limit of SAT_SYM is no double, the word below it is.
    under = whole < low if low == form.word_range[0] else whole <= low - 1
    over = whole >= high + 1
    dropped = (bits >> np.clip(right + form.width, 0, 63)) & (right + form.width >= 0) == 1
    return np.where(over | under, _overflow(form, words, over, dropped), words)


def _overflow(form: FixedPoint, words: Any, over: Any, dropped: Any) -> Any:
    """Follow overflow_adjust() of ap_fixed_base.h; `dropped`: the bit above the top one."""
    width, count, magnitude = form.width, form.saturation_bits, form.overflow == "WRAP_SM"
    if form.overflow.startswith("SAT"):
        low, high = (0, 0) if form.overflow == "SAT_ZERO" else form.limits
        return np.where(over, np.uint64(high), np.uint64(low % 2**64))
    if not magnitude and count == 0:
        return words
    if not form.signed:
        return words | np.uint64(((1 << count) - 1) << (width - count))
    sign = dropped if count == 0 else ~over
    if magnitude:
        tested = (words >> np.uint64(width - max(count, 1))) & np.uint64(1) == 1
        words = np.where((tested == sign) == (count > 1), ~words, words)
    middle = np.uint64((1 << (width - 1)) - (1 << (width - max(count, 1))))
    words = np.where(over, words | middle, words & ~middle)
    top = np.uint64(1 << (width - 1))
    return np.where(sign, words | top, words & ~top)
