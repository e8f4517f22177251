"""A PYNQ board made of models: the real ``pynq`` package runs on it.

``python -m hls4ml_soc.virtual.pynq SCRIPT`` runs a script as on the board.
"""
