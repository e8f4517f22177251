"""What can be known of a ``.bit`` before it is loaded, and of the one that is loaded."""

import hashlib
import json
import os
import struct

from .dma import AcceleratorError

#: The kernel's word on the fabric (Linux FPGA manager).
FPGA_STATE = "/sys/class/fpga_manager/fpga0/state"


def check_bitfile(path, part, device):
    """Raise AcceleratorError for a file that is no bitstream, is for another part, or is not for
    this kind of board.

    PYNQ reads the part and compares it with nothing.
    """
    fields = read_header(path)
    # "7z020clg400" of xc7z020clg400-1, or "xczu9eg-ffvb1156-2-e" as it is
    if not part.startswith((fields["part"], "xc" + fields["part"])):
        raise AcceleratorError(
            "{} is for {}, accelerator.json for {}".format(path, fields["part"], part)
        )
    is_virtual = "Virtual=hls4ml_soc" in fields["design"]
    if is_virtual and not device.capabilities.get("VIRTUAL", False):
        raise AcceleratorError(
            f"{path} was made without Vivado, for a virtual board; build it with `deploy --tools "
            "vendor` for a real one"
        )


def read_header(path):
    """Return ``design`` and ``part`` of a ``.bit``.

    Raises AcceleratorError if the file is none.
    """
    with open(path, "rb") as file:
        data = file.read(4096)
    fields, at = {}, 13  # after the two fixed fields that open every .bit
    try:
        while data[at : at + 1] != b"e":
            key, length = struct.unpack_from(">cH", data, at)
            fields[key] = data[at + 3 : at + 3 + length].rstrip(b"\0").decode("ascii")
            at += 3 + length
        return {"design": fields[b"a"], "part": fields[b"b"]}
    except (struct.error, KeyError, UnicodeDecodeError):
        raise AcceleratorError(f"{path} is not a Xilinx .bit file") from None


def check_loaded(path):
    """Raise AcceleratorError unless PYNQ says that the fabric holds just this file.

    Reading registers of a foreign design can hang the processor, so the fabric itself is not asked.
    """
    try:
        from pynq.pl_server import global_state
    except ImportError:
        raise AcceleratorError(
            "this PYNQ cannot tell which bitstream is loaded; use download=True"
        ) from None
    state = _fpga_state()
    if state is not None:
        # PYNQ's note outlives a power cycle, and is written before the fabric is: ask the kernel.
        global_state.initial_global_state_file_boot_check()
        if state != "operating":
            raise AcceleratorError(f"the fabric is not programmed ({state}); use download=True")
    if not global_state.global_state_file_exists():
        raise AcceleratorError("no bitstream is loaded; use download=True")
    loaded = _noted(global_state.STATE_DIR)
    with open(path, "rb") as file:
        digest = hashlib.sha1(file.read()).hexdigest()
    if loaded["bitfile_hash"] != digest:
        name = loaded["bitfile_name"]
        was = "an earlier " if os.path.abspath(name) == path else ""
        raise AcceleratorError(f"the fabric holds {was}{name}, not {path}; use download=True")


def _noted(folder):
    """Return PYNQ's note on what it has loaded.

    As it was written: PYNQ 3.0.1's own reader computes the hash anew, of the file that now has the
    loaded one's name. 3.1 has the device's tag in the name of the note."""
    for name in ("global_pl_state_.json", "global_pl_state.json"):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                return json.load(file)
    raise AcceleratorError(f"PYNQ keeps no note in {folder}; use download=True")


def _fpga_state():
    """Return what the kernel's FPGA manager says, or None where there is no such thing."""
    try:
        with open(FPGA_STATE) as file:
            return file.read().strip()
    except OSError:
        return None
