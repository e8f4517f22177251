"""The bundle as a real image's PYNQ reads it, by the code that the virtual device replaces."""

import pytest

import hls4ml_soc.virtual.pynq.package  # noqa: F401  silences what pynq warns of on other machines


def test_the_embedded_device_reads_the_bundle(digits, monkeypatch, tmp_path) -> None:
    from pynq.pl_server import embedded_device, global_state, xclbin_parser

    # Nothing is loaded yet, whatever another test has left for other processes to see.
    monkeypatch.setattr(global_state, "STATE_DIR", str(tmp_path))
    # What needs the board: the compiler of xclbin containers and its result.
    monkeypatch.setattr(embedded_device, "_create_xclbin", lambda memories: b"")
    monkeypatch.setattr(xclbin_parser, "XclBin", lambda xclbin_data: None)
    monkeypatch.setattr(embedded_device, "_unify_dictionaries", lambda parser, xclbin: None)
    bit = str(digits.bundle.folder / "digits.bit")
    parser = embedded_device._get_bitstream_handler(bit).get_parser()
    assert sorted(parser.ip_dict) == ["dma", "identity", "ps"]
    assert parser.ip_dict["dma"]["parameters"]["c_sg_length_width"] == "26"
    assert len(parser.bin_data) > 0


def test_no_file_beside_the_bitstream_is_taken_for_another_format(digits) -> None:
    stems = [path.name for path in digits.bundle.folder.iterdir() if path.stem == "digits"]
    assert sorted(stems) == ["digits.bit", "digits.hwh"]


@pytest.fixture
def fpga(digits, tmp_path):
    """Code that makes the driver ask a file in the place of the kernel's."""
    (tmp_path / "flags").write_text("0")

    def begin(state: str) -> str:
        (tmp_path / "state").write_text(state + "\n")
        return f"""
from hls4ml_overlay import AcceleratorError, AcceleratorOverlay, bitfile
from pynq.pl_server import global_state
AcceleratorOverlay('digits.bit')
bitfile.FPGA_STATE = {str(tmp_path / "state")!r}
asked = []
global_state.initial_global_state_file_boot_check = lambda: asked.append(1)
try:
    AcceleratorOverlay('digits.bit', download=False)
    print('loaded', asked)
except AcceleratorError as error:
    print(error, asked)
"""

    return begin


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("operating", "loaded [1]"),
        ("unknown", "the fabric is not programmed (unknown); use download=True [1]"),
        ("write error", "the fabric is not programmed (write error); use download=True [1]"),
    ],
)
def test_the_kernel_has_the_last_word_on_what_is_loaded(
    digits, fpga, state: str, said: str
) -> None:
    done = digits.on_board(fpga(state))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == said
