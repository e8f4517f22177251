"""Runs the accelerator that lies in this folder: inputs from an .npz, outputs to an .npz, what was
measured to a .json.

    python3 run.py --input inputs.npz --output outputs.npz --report run.json

Exit codes: 0 done, 2 the inputs cannot be used, 3 the board failed. Latency is measured one sample
at a time."""

import argparse
import glob
import json
import os
import sys
import time
import zipfile

import numpy as np
import pynq
from hls4ml_overlay import AcceleratorError, AcceleratorOverlay

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    arguments = parse()
    try:
        overlay = AcceleratorOverlay(
            arguments.bit, download=arguments.download, timeout=arguments.timeout
        )
        with overlay, np.load(arguments.input) as given:
            inputs = [given[tensor.name] for tensor in overlay.inputs]
            outputs, report = run(overlay, inputs, arguments.latency_runs)
    except AcceleratorError as error:
        return fail(3, error)
    except (ValueError, TypeError, KeyError, zipfile.BadZipFile, FileNotFoundError) as error:
        return fail(2, error)
    except (RuntimeError, OSError, MemoryError) as error:
        # No device without the XRT environment, no /dev/mem without root, no CMA memory left.
        return fail(
            3,
            f"{error}; on a PYNQ image: sudo -i, then . /etc/profile.d/pynq_venv.sh and "
            ". /etc/profile.d/xrt_setup.sh",
        )
    np.savez(arguments.output, **outputs)
    with open(arguments.report, "w") as file:
        json.dump(report, file, indent=2)
    return 0


def run(overlay, inputs, latency_runs):
    """Return the outputs by name, and what there is to report. Times are in seconds, or in us where
    it says so."""
    latency_us = []
    for i in range(latency_runs):
        one = [x[i % len(x) : i % len(x) + 1] for x in inputs]
        started = time.perf_counter()
        overlay.predict(*one)
        latency_us.append((time.perf_counter() - started) * 1e6)
    started = time.perf_counter()
    results = overlay.predict(*inputs)
    seconds = time.perf_counter() - started
    results = results if isinstance(results, tuple) else (results,)
    report = {
        "samples": len(inputs[0]),
        "seconds": seconds,
        "times": dict(overlay.times),
        "latency_us": latency_us,
        "clock_mhz": overlay.clock_mhz,
        "device": overlay.device.name,
        "pynq": pynq.__version__,
        "numpy": np.__version__,
        "python": sys.version.split()[0],
    }
    return {t.name: y for t, y in zip(overlay.outputs, results)}, report


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bit", default=next(iter(glob.glob(os.path.join(HERE, "*.bit"))), None))
    parser.add_argument("--input", required=True, help=".npz with one array per input, by name")
    parser.add_argument("--output", required=True, help=".npz to write")
    parser.add_argument("--report", required=True, help=".json to write")
    parser.add_argument("--latency-runs", type=int, default=0, help="single samples to time")
    parser.add_argument("--timeout", type=float, default=10.0, help="seconds a transfer may take")
    parser.add_argument(
        "--no-download", dest="download", action="store_false", help="use what is loaded"
    )
    arguments = parser.parse_args()
    if arguments.bit is None:
        parser.error("there is no .bit beside run.py")
    return arguments


def fail(code, error):
    print(f"error: {error}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
