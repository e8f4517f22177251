"""The measurement of the driver's cost: that all drivers in it compute, not how fast they are."""

import json
import os
import subprocess
import sys

from tests.overlays.echo import ROOT

CODE = """
import json, sys, warnings
warnings.simplefilter('ignore')
sys.path.insert(0, sys.argv[1])
import driver, tempfile
from pathlib import Path
bundle = Path(sys.argv[2])
with tempfile.TemporaryDirectory() as scratch:
    calls = driver.drivers(bundle, Path(scratch))
    shapes = {name: list(call().shape) for name, call in calls.items()}
"""

COUNT = """
figures = driver.samples(bundle, rounds=3)
counts = {name: len(values) for name, values in figures.items()}
positive = all(value > 0 for values in figures.values() for value in values)
print(json.dumps([shapes, counts, positive, driver.ratio(figures, 'ours', 'ours')]))
"""


def test_every_driver_answers_and_is_timed_as_often(plain) -> None:
    argv = [sys.executable, "-c", CODE + COUNT, str(ROOT / "benchmarks"), str(plain)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, env=env)
    assert done.returncode == 0, done.stderr
    shapes, counts, positive, ratio = json.loads(done.stdout)
    assert shapes == dict.fromkeys(["ours", "theirs", "theirs, fixed"], [1, 10])
    assert counts == dict.fromkeys(shapes, 3)
    assert positive and ratio == 1
