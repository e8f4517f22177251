"""The network itself, in numpy and floating point: what this board's processor makes of it."""

import os

import numpy as np


class Network:
    """A chain of dense layers, relus and reshapes.

    ``arrays`` is the content of a ``network.npz``: ``kinds`` names the layers in order, and of
    layer 3 there are ``3/weight`` (inputs, outputs) and ``3/bias`` (dense), ``3/shape`` (reshape)
    or nothing (relu)."""

    def __init__(self, arrays):
        self.kinds = [str(kind) for kind in arrays["kinds"]]
        self._layers = []
        for i, kind in enumerate(self.kinds):
            made = {"dense": _dense, "relu": _relu, "reshape": _reshape}[kind]
            self._layers.append(made(*[arrays[key] for key in _KEYS[kind](i)]))

    def __call__(self, x):
        """Return the outputs (samples, ...) of inputs (samples, ...)."""
        for layer in self._layers:
            x = layer(x)
        return x


_KEYS = {
    "dense": lambda i: (f"{i}/weight", f"{i}/bias"),
    "relu": lambda i: (),
    "reshape": lambda i: (f"{i}/shape",),
}


def load(folder):
    """Return the network whose ``network.npz`` lies in a folder, or None if there is none."""
    path = os.path.join(folder, "network.npz")
    if not os.path.isfile(path):
        return None
    with np.load(path) as arrays:
        return Network(arrays)


def _dense(weight, bias):
    return lambda x: x @ weight + bias


def _relu():
    return lambda x: np.maximum(x, 0)


def _reshape(shape):
    return lambda x: x.reshape((len(x),) + tuple(shape))
