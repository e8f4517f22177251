"""PYNQ's cache of metadata (PYNQ #1409, #1652), as the device of a real image fills and reads it,
and what the driver does about it."""

import pickle
import types

import pytest

import hls4ml_soc.virtual.pynq.package  # noqa: F401  silences what pynq warns of on other machines

#: What PYNQ 3.1.2 does itself: names of pydantic 1, a pickle opened and not closed.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The `parse_obj` method is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*_current_metadata.pkl"),
]

BASE, MOVED = 0x4040_0000, 0x4050_0000


@pytest.fixture
def image(plain, monkeypatch, tmp_path):
    """PYNQ's own reader of bitstreams, whose cache holds another ``.hwh`` of the same ``.bit``."""
    from pynq.metadata.runtime_metadata_parser import RuntimeMetadataParser
    from pynq.pl_server import embedded_device, global_state, xclbin_parser
    from pynqmetadata.frontends import Metadata

    for module in (embedded_device, global_state):
        monkeypatch.setattr(module, "__file__", str(tmp_path / "module.py"))
    monkeypatch.setattr(global_state, "STATE_DIR", str(tmp_path))
    # What needs the board: the compiler of xclbin containers and its result.
    monkeypatch.setattr(embedded_device, "_create_xclbin", lambda memories: b"")
    monkeypatch.setattr(xclbin_parser, "XclBin", lambda xclbin_data: None)
    monkeypatch.setattr(embedded_device, "_unify_dictionaries", lambda parser, xclbin: None)
    bit = plain / "echo.bit"
    earlier = tmp_path / "earlier.hwh"
    text = bit.with_suffix(".hwh").read_text()
    assert f'BASEVALUE="{BASE:#x}"' in text
    earlier.write_text(text.replace(f'"{BASE:#x}"', f'"{MOVED:#x}"'))
    state = global_state.GlobalState(
        bitfile_name=str(bit),
        bitfile_hash=global_state.bitstream_hash(str(bit)),
        timestamp="",
        active_name="Pynq-Z2",
    )
    with pytest.warns(DeprecationWarning):  # pynq 3.1.2 calls pydantic 1 names
        global_state.save_global_state(state)
    parser = RuntimeMetadataParser(Metadata(input=str(earlier)))
    with open(tmp_path / "_current_metadata.pkl", "wb") as file:
        pickle.dump(parser, file)
    return types.SimpleNamespace(
        read=lambda: embedded_device._get_bitstream_handler(str(bit)).get_parser(), bit=bit
    )


def test_the_hwh_beside_the_bitstream_is_read_whatever_the_cache_holds(image, driver) -> None:
    from hls4ml_overlay.metadata import uncached

    assert image.read().ip_dict["dma"]["phys_addr"] == MOVED  # the defect
    with uncached():
        fresh = image.read().ip_dict["dma"]["phys_addr"]
    assert fresh == BASE
    assert image.read().ip_dict["dma"]["phys_addr"] == MOVED  # nothing of PYNQ's is changed


def test_a_plain_overlay_with_stale_addresses_is_refused(image, driver) -> None:
    from hls4ml_overlay.metadata import check_addresses, uncached

    hwh = str(image.bit.with_suffix(".hwh"))
    with uncached():
        check_addresses(hwh, image.read().ip_dict, ["dma", "identity"])
    with pytest.raises(driver.AcceleratorError) as error:
        check_addresses(hwh, image.read().ip_dict, ["identity", "dma"])
    assert str(error.value) == (
        f"PYNQ has 'dma' at 0x40500000, which is not what {hwh} says: its metadata is of an "
        "earlier build; use AcceleratorOverlay"
    )


def test_the_note_on_what_is_loaded_is_taken_as_it_was_written(echo, plain, tmp_path) -> None:
    """PYNQ 3.0.1's own reader would compute the hash of the file that is there now."""
    code = f"""
import json, shutil
from pynq.pl_server import global_state
from hls4ml_overlay import AcceleratorError, AcceleratorOverlay
for suffix in ('bit', 'hwh'):
    shutil.copy({str(plain)!r} + '/echo.' + suffix, 'echo.' + suffix)
shutil.copy({str(plain / "accelerator.json")!r}, '.')
AcceleratorOverlay('echo.bit')
from hls4ml_soc.virtual import bitfile
from pathlib import Path
was = bitfile.read(Path('echo.bit'))
contents = was.contents | {{'note': b'rebuilt'}}
bitfile.write(Path('echo.bit'), was.design.split(';')[0], was.part, was.version, contents)
def computed(): raise AssertionError('not asked')
global_state.load_global_state = computed
try:
    AcceleratorOverlay('echo.bit', download=False)
except AcceleratorError as error:
    print(error)
"""
    here = tmp_path / "echo.bit"
    code = f"import sys; sys.path.insert(0, {str(plain)!r})\n{code}"
    assert echo.run(code, tmp_path) == [
        f"the fabric holds an earlier {here}, not {here}; use download=True"
    ]
