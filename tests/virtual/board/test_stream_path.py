"""What the stream's path refuses."""

from __future__ import annotations

import pytest

from hls4ml_soc.virtual.board.errors import FabricError


@pytest.mark.parametrize("beats", [0, -4])
def test_samples_of_no_beats(bench, designs, beats: int) -> None:
    design = designs.accelerator(beats=beats)
    with pytest.raises(FabricError) as error:
        bench(design, designs.SumCore)
    assert str(error.value) == f"start counts samples of {beats} beats (BEATS): none begins"
