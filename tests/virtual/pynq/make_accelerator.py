"""Write and compile an hls4ml project of backend VivadoAccelerator into a folder, with samples and
what hls4ml predicts for them. A process of its own: this backend of hls4ml leaves files open.
"""

import sys
from pathlib import Path

import numpy as np
from hls4ml.backends import get_backend
from hls4ml.model.graph import ModelGraph

sys.path.insert(0, str(Path(__file__).parents[1] / "hls"))
from networks import dense, entry, relu  # noqa: E402


def main(folder: Path) -> None:
    stream = {"input_type": "ap_fixed<16,6>", "output_type": "ap_fixed<16,6>"}
    config = get_backend("VivadoAccelerator").create_initial_config(
        board="pynq-z2",
        part="xc7z020clg400-1",
        interface="axi_stream",
        driver="python",
        io_type="io_parallel",
        **stream,
    )
    model = {"Precision": "fixed<16,6>", "ReuseFactor": 1, "Strategy": "Latency"}
    config |= {
        "Backend": "VivadoAccelerator",
        "ProjectName": "myproject",
        "OutputDir": str(folder),
        "HLSConfig": {"Model": model},
    }
    layers = [entry("x", 8), dense("fc1", "x", 8, 6), relu("r1", "fc1"), dense("fc2", "r1", 6, 3)]
    graph = ModelGraph.from_layer_list(config, layers, ["x"], ["fc2"])
    graph.write()
    # hls4ml 1.3.0 writes a type that no compiler knows; releases before and after it do not.
    header = folder / "firmware" / "myproject_axi.h"
    text = header.read_text()
    assert text.count("typedef fixed<16,6,TRN,WRAP,0> T_") == 2
    header.write_text(text.replace("typedef fixed<16,6,TRN,WRAP,0>", "typedef ap_fixed<16,6>"))
    script = folder / "build_lib.sh"
    script.write_text(script.read_text().replace("-O3", "-O0"))  # half the time to compile
    graph._compile()
    x = np.random.default_rng(2).uniform(-8, 8, (40, 8)).astype(np.float32)
    np.savez(folder / "samples.npz", x=x, y=graph.predict(x).reshape(40, 3))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
