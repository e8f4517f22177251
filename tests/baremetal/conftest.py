"""The application for the build machine, compiled once."""

from pathlib import Path

import pytest

from tests.baremetal import toy


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The application around a small network, with a timeout of 200 ms on transfers."""
    folder = tmp_path_factory.mktemp("small")
    return toy.application(folder, toy.SMALL, "-DACCELERATOR_TIMEOUT_MS=200U")
