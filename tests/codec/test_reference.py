"""Words and values are those of the C++ types, bit for bit."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest

from hls4ml_soc import fixed_point
from hls4ml_soc.fixed_point import FixedPoint


@pytest.fixture(autouse=True)
def checking_cast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every cast from float to integer whose outcome the processor would decide."""

    def cast(floats: Any, integers: Any) -> Any:
        limits = np.iinfo(integers.dtype)
        assert (np.trunc(floats) == floats).all()
        assert int(floats.min()) >= limits.min and int(floats.max()) <= limits.max
        np.copyto(integers, floats, casting="unsafe")
        return integers

    monkeypatch.setattr(fixed_point, "_cast", cast)


def interesting(form: FixedPoint) -> Any:
    """Return finite doubles of all kinds: around the format's range and far outside it."""
    draw = np.random.default_rng(zlib.crc32(str(form).encode()))
    ends = np.array([form.lowest, 0.0, form.highest + form.step])
    edges = np.concatenate([ends, 2 * ends, 3 * ends])
    near = (edges[:, None] + np.arange(-72, 73) / 4 * form.step).ravel()
    halves = (draw.integers(-(2**20), 2**20, 120) + 0.5) * form.step
    spread = draw.normal(size=150) * 2.0 ** draw.integers(-70, 70, 150)
    inside = draw.uniform(form.lowest, form.highest, 120) * draw.choice([1, 2], 120)
    scales = 2.0 ** draw.integers(-form.width - 8, 8, 120)
    bits = draw.integers(0, 2**64, 120, dtype=np.uint64).view(np.float64)
    tiny = np.array([5e-324, 1e-310, 2.0**-1022, 0.0, 0.25, 0.5, 1.7e308])
    values = np.concatenate([near, halves, spread, inside, inside * scales, bits, tiny])
    values = values[np.isfinite(values)]
    values = np.concatenate([values, np.nextafter(values, np.inf), np.nextafter(values, -np.inf)])
    return np.concatenate([values, -values])


def differences(form: FixedPoint, values: Any, theirs: Any, groups: int = 3) -> list[str]:
    """Encode all at once, and in small groups of like size: what is in range goes other ways."""
    ours = [form.encode(values)]
    order = np.argsort(np.abs(values), kind="stable")
    ours.append(np.empty_like(ours[0]))
    for group in np.array_split(order, groups):
        ours[1][group] = form.encode(values[group])
    found = []
    for words in ours:
        wrong = np.flatnonzero(words != theirs)
        found += [f"{values[i]!r}: {words[i]} instead of {theirs[i]}" for i in wrong[:5]]
    return found


def test_double_to_word(form: FixedPoint, reference: Any) -> None:
    values = interesting(form)
    assert differences(form, values, reference.encode(form, values), groups=20) == []


def test_float_to_word(form: FixedPoint, reference: Any) -> None:
    with np.errstate(over="ignore"):
        values = interesting(form).astype(np.float32)
    values = values[np.isfinite(values)]
    assert differences(form, values, reference.encode(form, values), groups=12) == []


def test_whole_numbers_and_halves_to_word(form: FixedPoint, reference: Any) -> None:
    draw = np.random.default_rng(5)
    whole = draw.integers(-(2**53), 2**53, 400, endpoint=True) >> draw.integers(0, 53, 400)
    whole = np.append(whole, [2**53, -(2**53), 0, 1, -1])
    for kind in (np.int64, np.uint64, np.uint16, np.bool_):
        given = whole.astype(kind)[np.abs(whole.astype(kind).astype(float)) <= 2.0**53]
        assert differences(form, given, reference.encode(form, given.astype(float))) == []
    patterns = np.arange(0, 2**16, 17, dtype=np.uint16).view(np.float16)
    given = patterns[np.isfinite(patterns)]
    assert differences(form, given, reference.encode(form, given.astype(float))) == []


def test_infinities_saturate(form: FixedPoint, reference: Any) -> None:
    values = np.array([np.inf, 1.0, -np.inf])
    if form.overflow.startswith("SAT"):
        for kind in (np.float64, np.float32):
            words = form.encode(values.astype(kind))
            assert words.tolist() == reference.encode(form, values).tolist()
    else:
        # C++ gives a number that has nothing to do with infinity: no bit of it is left.
        with pytest.raises(ValueError) as caught:
            form.encode(values)
        assert str(caught.value) == f"inf at index [0] has no word in {form}"


def test_word_to_value(form: FixedPoint, reference: Any) -> None:
    low, high = form.word_range
    draw = np.random.default_rng(7)
    kind = np.int64 if form.signed else np.uint64
    words = draw.integers(low, high, 500, kind, endpoint=True)
    words >>= draw.integers(0, form.width, 500).astype(kind)
    words = np.append(words, np.array([low, high, high // 2, 0], kind)).astype(form.dtype)
    assert form.decode(words).tolist() == reference.decode(form, words, np.float64).tolist()
    if form.integer > 127 or form.fraction > 100:
        with pytest.raises(ValueError) as caught:
            form.decode(words, dtype=np.float32)
        message = f"float32 does not reach as far as {form}: decode to float64"
        assert str(caught.value) == message
        return
    values = form.decode(words, dtype=np.float32)
    assert values.dtype == np.float32
    assert values.tolist() == reference.decode(form, words, np.float32).tolist()


def test_documented_host_encoding_of_hls4ml_is_another(reference: Any) -> None:
    """Show what hls4ml's documentation gives its drivers: `np.int16(round(x * 2**10))`."""
    form = FixedPoint.parse("ap_fixed<16,6>")
    values = np.array([0.7, -0.7, 0.25])
    documented = [int(np.int16(round(x * 2**10))) for x in values]
    emulation = reference.encode(form, values).tolist()
    assert documented == [717, -717, 256]
    assert emulation == [716, -717, 256]
    assert form.encode(values).tolist() == emulation
