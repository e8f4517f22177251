"""What a bitstream file puts on a board."""

from __future__ import annotations

import pytest

from hls4ml_soc.virtual import bitfile
from hls4ml_soc.virtual.board import FabricError
from hls4ml_soc.virtual.board.bitstream import core_factories, read_design
from hls4ml_soc.virtual.hls.errors import CoreError


@pytest.fixture
def bit(designs, tmp_path):
    design = designs.accelerator()
    cores = {designs.CORE_VLNV: b"inside", "a:b:other:1.0": b"of no cell"}
    return designs.write_bit(tmp_path / "soc.bit", design, "xc7z020clg400-1", cores)


def test_the_cores_inside_are_unpacked_while_they_are_needed(bit, designs):
    assert read_design(bit).module("accelerator").vlnv == designs.CORE_VLNV
    with core_factories(bit, {}) as cores:
        assert list(cores) == [designs.CORE_VLNV]
        library = cores[designs.CORE_VLNV].args[0]
        assert library.read_bytes() == b"inside"
    assert not library.exists()


def test_a_core_that_is_given_takes_the_place_of_the_one_inside(bit, designs, tmp_path):
    given = tmp_path / "mine.so"
    with core_factories(bit, {designs.CORE_VLNV: given}) as cores:
        assert cores[designs.CORE_VLNV].args[0] == given


@pytest.mark.parametrize("kind", [FabricError, CoreError])
def test_what_fails_meanwhile_names_the_bitstream(bit, kind):
    with pytest.raises(FabricError) as failure, core_factories(bit, {}):
        raise kind("no such thing")
    assert str(failure.value) == f"{bit}: no such thing"


def test_a_design_that_cannot_be_read(tmp_path):
    path = tmp_path / "soc.bit"
    bitfile.write(path, "soc_wrapper", "xc7z020clg400-1", "2024.1", {"design.hwh": b"<a/>"})
    with pytest.raises(FabricError) as failure:
        read_design(path)
    assert str(failure.value) == (
        f"{path}: design.hwh in soc.bit: not a hardware hand-off file (root is a, not EDKSYSTEM)"
    )
