"""Bytes and beats of a sample, against the float stream of hls4ml's VivadoAccelerator backend."""

from __future__ import annotations

from typing import Any

from hls4ml_soc import boards_folder
