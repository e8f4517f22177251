"""Run a script as on a PYNQ board, with whatever PYNQ this Python has: 2.7 to 4.0.

    python on_board.py HOST_PYTHON NAME PART ARCH SCRIPT ...

The hardware is ``board.py``, run by ``HOST_PYTHON``. Python 3.8 and pynq are all this needs."""

import json
import os
import platform
import runpy
import subprocess
import sys
import warnings

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def pose_as(arch):
    """Let PYNQ see the machine that it asks for at import."""
    real = os.uname()
    posed = os.uname_result((real.sysname, real.nodename, real.release, real.version, arch))
    os.uname = lambda: posed
    platform.machine = lambda: arch


class Hardware:
    """The other end of the pipes."""

    def __init__(self, python, part, arch):
        argv = [python, os.path.join(HERE, "board.py"), part, arch]
        # Not this Python's: it may have no hls4ml_soc, and another pynq.
        env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        env["PYTHONPATH"] = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, universal_newlines=True
        )

    def ask(self, *request):
        """Return the answer to a request. Raises RuntimeError with what the board says."""
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["answer"]

    def stop(self):
        """Switch it off."""
        self._process.stdin.close()
        self._process.wait(10)


def device_for(hardware, name, arch):
    """Return a device of this PYNQ for the board."""
    from pynq.buffer import PynqBuffer
    from pynq.pl_server.device import Device

    class Buffer(PynqBuffer):
        def freebuffer(self):
            pass  # PYNQ unmaps here what it has mapped on a board

    class BoardDevice(Device):
        _probe_priority_ = 10

        @classmethod
        def _probe_(cls):
            return []

        def __init__(self):
            super().__init__("board")
            self.name, self.arch = name, arch
            self.capabilities = {"REGISTER_RW": True, "VIRTUAL": True}

        def get_bitfile_metadata(self, bitfile_name, partial=False):
            return parser_of(os.path.splitext(bitfile_name)[0] + ".hwh")

        def download(self, bitstream, parser=None):
            hardware.ask("load", bitstream.bitfile_name)
            super().post_download(bitstream, parser)

        def read_registers(self, address, length):
            words = [hardware.ask("read", at) for at in range(address, address + length, 4)]
            return b"".join(word.to_bytes(4, "little") for word in words)

        def write_registers(self, address, data):
            for i in range(0, len(data), 4):
                word = int.from_bytes(bytes(data[i : i + 4]), "little")
                hardware.ask("write", address + i, word)

        def allocate(self, shape, dtype, **options):
            size = int(np.prod(shape)) * np.dtype(dtype).itemsize
            address = hardware.ask("allocate", size)
            memory = bytearray(b"\x6b" * size)
            place = {"device_address": address, "bo": address, "coherent": False}
            return Buffer(shape, dtype, buffer=memory, device=self, **place)

        def flush(self, bo, offset, vaddr, nbytes):
            import ctypes

            hardware.ask("flush", bo + offset, ctypes.string_at(vaddr, nbytes).hex())

        def invalidate(self, bo, offset, vaddr, nbytes):
            import ctypes

            data = bytes.fromhex(hardware.ask("invalidate", bo + offset, nbytes))
            ctypes.memmove(vaddr, data, nbytes)

    return BoardDevice()


def parser_of(hwh):
    """Return what this PYNQ reads of a ``.hwh``."""
    try:
        from pynqmetadata.frontends import Metadata
    except ImportError:  # 2.7
        from pynq.pl_server.hwh_parser import HWH

        return HWH(hwh)
    try:
        from pynq.metadata.runtime_metadata_parser import RuntimeMetadataParser
    except ImportError:  # 4.0
        from pynqmetadata.views.runtime import RuntimeMetadataParser
    return RuntimeMetadataParser(Metadata(input=hwh))


def main(python, name, part, arch, script, *arguments):
    """Run the script; leave with its exit code or exception."""
    pose_as(arch)
    hardware = Hardware(python, part, arch)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pkg_resources; no device found
            from pynq import Device

            Device.active_device = device_for(hardware, name, arch)
        sys.argv = [script] + list(arguments)
        sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
        runpy.run_path(script, run_name="__main__")
    finally:
        hardware.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
