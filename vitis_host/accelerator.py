"""The network on a data-centre card, for Python 3.8 and numpy: a face of the C++ library.

from accelerator import Accelerator
with Accelerator("bundle") as network:
    results = network.predict(images)
"""

import ctypes
import json
from pathlib import Path

import numpy as np

_POINTERS = {
    "float32": ("soc_predict_float", ctypes.POINTER(ctypes.c_float)),
    "float64": ("soc_predict_double", ctypes.POINTER(ctypes.c_double)),
}


class CardError(RuntimeError):
    """The card or XRT reports a failure, in XRT's own words."""


class Accelerator:
    """A bundle's network, loaded once; ``library`` is the path of libhls4ml_accelerator.so.

    ``batch`` samples go into one start of a compute unit, each start may take ``deadline`` seconds.
    Raises ValueError for files that do not belong together, CardError where the card fails."""

    def __init__(self, bundle, library=None, device=0, batch=256, deadline=10.0):
        folder = Path(bundle)
        design = folder / "accelerator.json"
        self.described = json.loads(design.read_text(encoding="utf-8"))
        path = Path(library) if library else folder / "host" / "libhls4ml_accelerator.so"
        self._library = ctypes.CDLL(str(path.absolute()))
        self._library.soc_error.restype = ctypes.c_char_p
        self._network = ctypes.c_void_p()
        xclbin = folder / self.described["xclbin"]["file"]
        self._check(
            self._library.soc_open(
                str(design).encode(),
                str(xclbin).encode(),
                ctypes.c_uint(device),
                ctypes.c_size_t(batch),
                ctypes.c_double(deadline),
                ctypes.byref(self._network),
            )
        )

    def predict(self, *arrays):
        """Return the outputs, an array (samples, ...) by name, for one array per input.

        float32 is computed from float32, all else from float64; results have the same type."""
        inputs = self.described["inputs"]
        if len(arrays) != len(inputs):
            names = ", ".join(each["name"] for each in inputs)
            raise ValueError(f"{len(arrays)} arrays were given; the network takes {names}")
        given = [np.asarray(array) for array in arrays]
        for number, array in enumerate(given):
            tensor = inputs[number]
            whole = (*array.shape[:1], *tensor["shape"])
            if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
                raise ValueError(f"{tensor['name']}: {array.dtype} is no array of real numbers")
            if array.ndim == 0 or array.shape not in (whole, (len(array), int(np.prod(whole[1:])))):
                wanted = ", ".join(map(str, tensor["shape"]))
                raise ValueError(
                    f"{tensor['name']}: an array of shape {array.shape} was given; (samples, "
                    f"{wanted}) is needed"
                )
        if len({len(array) for array in given}) > 1:
            raise ValueError("the inputs differ in their number of samples")
        kind = "float32" if all(array.dtype == np.float32 for array in given) else "float64"
        given = [np.ascontiguousarray(array, kind) for array in given]
        samples = len(given[0])
        outputs = {
            each["name"]: np.empty((samples, *each["shape"]), kind)
            for each in self.described["outputs"]
        }
        function, pointer = _POINTERS[kind]
        self._check(
            getattr(self._library, function)(
                self._open(),
                (pointer * len(given))(*(array.ctypes.data_as(pointer) for array in given)),
                (pointer * len(outputs))(*(y.ctypes.data_as(pointer) for y in outputs.values())),
                ctypes.c_size_t(samples),
            )
        )
        return outputs

    def close(self):
        """Give the card back."""
        if self._network:
            self._library.soc_close(self._network)
            self._network = ctypes.c_void_p()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _open(self):
        if not self._network:
            raise ValueError("the accelerator is closed")
        return self._network

    def _check(self, code):
        if code:
            message = self._library.soc_error().decode()
            raise {2: ValueError, 3: CardError}.get(code, RuntimeError)(message)
