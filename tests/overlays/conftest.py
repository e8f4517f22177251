"""The driver as it lies in a bundle, and whole bundles of a design without a network."""

import importlib
import shutil
import sys
import warnings
from pathlib import Path

import pytest

import hls4ml_soc
from hls4ml_soc import resources
from tests.overlays.echo import Echo, echo_on


@pytest.fixture(scope="session")
def driver(tmp_path_factory):
    """The package ``hls4ml_overlay`` as users import it."""
    folder = tmp_path_factory.mktemp("driver")
    package = folder / "hls4ml_overlay"
    shutil.copytree(resources.folder("overlays") / "hls4ml_overlay", package)
    for module in ("fixed_point.py", "packing.py"):
        shutil.copy(Path(hls4ml_soc.__file__).parent / module, package)
    sys.path.insert(0, str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # pynq 3.1.2 finds no device, pynqutils imports pkg_resources
        yield importlib.import_module("hls4ml_overlay")
    sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def echo(tmp_path_factory) -> Echo:
    return echo_on("pynq-z2", tmp_path_factory.mktemp("echo"), "ap_fixed<16,6>", "aligned")


@pytest.fixture(scope="session")
def echo_dense(tmp_path_factory) -> Echo:
    return echo_on("pynq-z2", tmp_path_factory.mktemp("dense"), "ap_fixed<12,4>", "dense")


@pytest.fixture(scope="session")
def plain(echo) -> Path:
    """Its bundle without samples."""
    return echo.bundle("plain")
