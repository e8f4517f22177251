"""What can be known of a ``.bit`` before it is loaded, and of the one that is loaded."""

import hashlib
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
    loaded = global_state.load_global_state()
    with open(path, "rb") as file:
        digest = hashlib.sha1(file.read()).hexdigest()
    if loaded.bitfile_hash != digest:
        raise AcceleratorError(
            f"the fabric holds {loaded.bitfile_name}, not {path}; use download=True"
        )


def _fpga_state():
    """Return what the kernel's FPGA manager says, or None where there is no such thing."""
    try:
        with open(FPGA_STATE) as file:
            return file.read().strip()
    except OSError:
        return None
