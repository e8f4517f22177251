"""The hardware hand-off file (``.hwh``) of a block design: its one reader, and what it says."""

from .model import (
    EXTERNAL,
    End,
    Hwh,
    HwhError,
    Interface,
    MemoryRange,
    Module,
    Port,
    Register,
    vlnv_name,
)
from .reader import parse, read

__all__ = [
    "EXTERNAL",
    "End",
    "Hwh",
    "HwhError",
    "Interface",
    "MemoryRange",
    "Module",
    "Port",
    "Register",
    "parse",
    "read",
    "vlnv_name",
]
