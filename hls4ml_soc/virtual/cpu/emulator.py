"""The unicorn emulator, whose Python package has no types."""

from __future__ import annotations

import ctypes
from typing import Any

from unicorn.unicorn_const import UC_HOOK_BLOCK
from unicorn.unicorn_py3.unicorn import Uc, UcError, uclib

EmulatorError = UcError


def create(architecture: int, mode: int, model: int | None = None) -> Any:
    """Return an emulator; a CPU model must be set before anything else is done with it."""
    uc = Uc(architecture, mode)
    if model is not None:
        uc.ctl_set_cpu_model(model)
    return uc


def call_per_block(uc: Any, callback: Any, data: Any) -> None:
    """Call a C function before each block of code: the binding takes Python functions only.

    Raises RuntimeError if unicorn refuses.
    """
    handle = ctypes.c_size_t()
    first, last = ctypes.c_uint64(1), ctypes.c_uint64(0)  # an empty range means everywhere
    status = uclib.uc_hook_add(
        uc._uch, ctypes.byref(handle), UC_HOOK_BLOCK, callback, data, first, last
    )
    if status:
        raise RuntimeError(f"unicorn: uc_hook_add ended with {status}")
