from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from hls4ml_soc.virtual import bitfile
from hls4ml_soc.virtual.bitfile import BitFile, BitFileError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pynq warns about every processor that is not a board's
    from pynq.pl_server.embedded_device import parse_bit_header

CONTENTS = {"design.hwh": b"<EDKSYSTEM/>", "cores/x.so": bytes(range(256)) * 9}


def write(folder: Path, **contents: bytes) -> Path:
    path = folder / "soc.bit"
    bitfile.write(path, "soc_wrapper", "xc7z020clg400-1", "2023.2", contents or CONTENTS)
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert bitfile.read(write(tmp_path)) == BitFile(
        "soc_wrapper", "7z020clg400", "2023.2", True, CONTENTS
    )


def test_bytes_depend_on_the_arguments_alone(tmp_path: Path) -> None:
    first = write(tmp_path).read_bytes()
    assert write(tmp_path, **dict(reversed(CONTENTS.items()))).read_bytes() == first


@pytest.mark.parametrize("length", range(5))
def test_pynq_reads_the_header(tmp_path: Path, length: int) -> None:
    header = parse_bit_header(write(tmp_path, a=b"x" * length).read_bytes())
    assert header["design"] == "soc_wrapper"
    assert header["version"] == "Virtual=hls4ml_soc"  # pynq takes the last note
    assert (header["part"], header["date"], header["time"]) == (
        "7z020clg400",
        "1980/01/01",
        "00:00:00",
    )
    assert len(header["data"]) % 4 == 0
    assert bitfile.SYNC_WORD not in header["data"]


def test_a_real_bitstream_is_not_virtual(tmp_path: Path) -> None:
    path = write(tmp_path)
    data = path.read_bytes().replace(b";Virtual=hls4ml_soc", b";Xirtual=hls4ml_soc")
    path.write_bytes(data)
    assert bitfile.read(path) == BitFile("soc_wrapper", "7z020clg400", "2023.2", False, {})


def test_a_sync_word_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bitfile, "SYNC_WORD", b"PK\x03\x04")
    with pytest.raises(BitFileError) as caught:
        write(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/soc.bit: the contents hold a configuration sync word; a device could start "
        "to read them"
    )
    assert not (tmp_path / "soc.bit").exists()


def test_files_that_are_no_bitstreams(tmp_path: Path) -> None:
    path = write(tmp_path)
    whole = path.read_bytes()
    payload = whole.index(b"PK\x03\x04")
    cases = {
        b"": "not a .bit file (no Xilinx header)",
        whole[:20]: "field b is missing",
        whole[: payload - 5]: "field e (data) is missing",
        whole[:-4]: f"the header announces {len(whole) - payload} bytes of data, the file has "
        f"{len(whole) - payload - 4}",
        whole[:payload] + bytes(len(whole) - payload): "damaged contents (File is not a zip file)",
    }
    for data, message in cases.items():
        path.write_bytes(data)
        with pytest.raises(BitFileError) as caught:
            bitfile.read(path)
        assert str(caught.value) == f"{path}: {message}"
    with pytest.raises(BitFileError) as caught:
        bitfile.read(tmp_path / "none.bit")
    assert str(caught.value) == f"{tmp_path}/none.bit: No such file or directory"
