"""From an hls4ml network to a board that computes.

``deploy`` is the whole story; the other names are its nouns, in the order in which they appear.
"""

__version__ = "0.1.0"
