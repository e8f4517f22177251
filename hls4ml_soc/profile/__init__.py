"""Where a network loses accuracy: ranges against formats, layer by layer."""

from .measure import profile
from .outputs import Pair
from .profile import Profile

__all__ = ["Pair", "Profile", "profile"]
