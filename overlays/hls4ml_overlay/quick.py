"""Single samples of common formats, converted with as few calls as will do.

The codec in ``fixed_point`` is made for any format and for many samples; for one, most of its time
goes into finding out what there is to do. Here that is known beforehand. Whatever is not as
expected is left to the codec, so the outcome is always its own."""

import numpy as np

_ROUNDINGS = {"TRN": np.floor, "TRN_ZERO": np.trunc, "RND_CONV": np.rint}


class Quick:
    """Conversions of one sample of ``size`` elements of a format, float32 on the other side."""

    def __init__(self, form, size):
        # Up to 24 bits, words and their products with a power of two are exact in float32.
        exact = form.width <= 24 and 0 <= form.fraction <= 100
        self._decodes = exact
        self._encodes = exact and form.signed and not form.integral
        self._encodes &= form.rounding in _ROUNDINGS and form.overflow != "SAT_SYM"
        if not exact:
            return
        self._round = _ROUNDINGS.get(form.rounding)
        # Arrays: numpy takes longer to make one of a scalar than to multiply.
        self._scale = np.full((1, size), 2.0**form.fraction, np.float32)
        self._step = np.full((1, size), form.step, np.float32)
        # Below it in magnitude, no value rounds to beyond the largest word.
        self._bound = (form.word_range[1] + (form.rounding != "RND_CONV")) * form.step
        self._scratch = np.empty((1, size), np.float32)
        self._line = self._scratch.reshape(size)

    def encode(self, x, words):
        """Write the words of (1, elements) and return True, or return False."""
        if not self._encodes or x.dtype != np.float32:
            return False
        scratch = self._scratch
        np.absolute(x, out=scratch)
        if not float(np.maximum.reduce(self._line)) < self._bound:  # nor is a NaN
            return False
        np.multiply(x, self._scale, out=scratch)
        self._round(scratch, out=scratch)
        words[...] = scratch
        return True

    def decode(self, words, y):
        """Write the values of (1, elements) into float32 and return True, or return False."""
        if not self._decodes or y.dtype != np.float32:
            return False
        y[...] = words
        np.multiply(y, self._step, out=y)
        return True
