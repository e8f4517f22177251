"""An emulated IP core: one AXI4-Stream in, one out, ap_ctrl_hs, beat by beat.

The library holds the wrapper and the network as compiled by the HLS stand-in; each dataflow process
is a fiber over FIFOs of their declared depths. There are no cycles: what can move has moved when a
method returns.
"""

from __future__ import annotations

import ctypes
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hls4ml_soc.virtual.hls.errors import CoreError
from hls4ml_soc.virtual.hls.library import SIGNALS, CoreLibrary

MAX_BYTES = 64  # one bit of a 64-bit TKEEP mask per byte


class StreamCore:
    """An IP core in its reset state, loaded from ``core.so``.

    ``free_running``: ``ap_start`` is tied high or the core is ap_ctrl_none. ``stalling``: its
    pipelines are the rewound, stalling ones that Vitis HLS writes by default (UG1399): free
    running, a finished sample stays inside until a later one's input arrives. Raises CoreError if
    the file is no core, or its beats are wider than 512 bits.
    """

    def __init__(
        self, library: Path, *, free_running: bool = False, stalling: bool = False
    ) -> None:
        """Load a private copy: static variables of two cores are two sets."""
        try:
            self._image = Path(library).read_bytes()
        except OSError as error:
            raise CoreError(f"{library}: no IP core: {error.strerror}") from error
        self._name = str(library)
        self._options = (free_running, stalling)
        self._library = self._load()
        settings = self._library.settings()
        self._reset_state = settings["reset"] in ("state", "all")
        self.in_bytes = -(-self._library.width(0, SIGNALS.index("TDATA")) // 8)
        self.out_bytes = -(-self._library.width(1, SIGNALS.index("TDATA")) // 8)
        if max(self.in_bytes, self.out_bytes) > MAX_BYTES:
            self.close()
            raise CoreError(f"{library}: beats of more than {MAX_BYTES} bytes are not emulated")

    def _load(self) -> CoreLibrary:
        with tempfile.NamedTemporaryFile(suffix=".so") as private:
            private.write(self._image)
            private.flush()
            core = CoreLibrary(Path(private.name), self._name)
        free_running, stalling = self._options
        free_running = free_running or core.settings()["control"] == "ap_ctrl_none"
        core.api.soc_open(int(free_running), int(stalling))
        return core

    def reset(self) -> None:
        """Pull ap_rst_n low: everything in flight is gone, FIFOs are empty.

        Static variables of the C++ keep their values unless ``config_rtl -reset state`` or ``all``
        was set, since HLS resets only control registers by default (UG1399).
        """
        if self._reset_state:
            self._library.close()
            self._library = self._load()
        else:
            self._api().soc_reset()

    def start(self, runs: int = 1) -> None:
        """Accept ap_start for ``runs`` more samples; without effect on a free running core."""
        if runs < 0:
            raise CoreError(f"start: {runs} runs")
        self._api().soc_start(runs)

    def push(
        self, data: bytes | bytearray | memoryview, last: Sequence[bool] | npt.NDArray[np.bool_]
    ) -> int:
        """Offer beats, ``in_bytes`` each, all bytes kept; return how many were accepted."""
        flags = np.ascontiguousarray(last, dtype=np.uint8)
        octets = np.frombuffer(data, dtype=np.uint8)
        if octets.size != flags.size * self.in_bytes:
            raise CoreError(
                f"push: {octets.size} bytes for {flags.size} beats of {self.in_bytes} bytes"
            )
        return int(self._api().soc_push(octets.ctypes.data, flags.ctypes.data, flags.size))

    def pull(self, limit: int) -> tuple[bytes, npt.NDArray[np.uint64], npt.NDArray[np.bool_]]:
        """Take up to ``limit`` beats: data, TKEEP (bit 0: first byte) and TLAST of each."""
        data = np.empty(limit * self.out_bytes, dtype=np.uint8)
        keep = np.empty(limit, dtype=np.uint64)
        last = np.empty(limit, dtype=np.uint8)
        done = int(
            self._api().soc_pull(data.ctypes.data, keep.ctypes.data, last.ctypes.data, limit)
        )
        return data[: done * self.out_bytes].tobytes(), keep[:done], last[:done].astype(np.bool_)

    @property
    def runs_done(self) -> int:
        """Count the ap_ready pulses since reset: samples whose input was taken completely."""
        return int(self._api().soc_runs_done())

    def standstill(self) -> str:
        """Say which process waits on which FIFO, with its depth; empty if nothing is in flight."""
        text = ctypes.create_string_buffer(65536)
        self._api().soc_standstill(text, len(text))
        return text.value.decode()

    def close(self) -> None:
        """Unload the library."""
        self._library.close()

    def _api(self) -> ctypes.CDLL:
        return self._library.api
