"""Where a network loses accuracy: ranges against formats, layer by layer."""

from .accuracy import Accuracy
from .profile import Profile

__all__ = ["Accuracy", "Profile"]
