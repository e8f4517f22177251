"""Runs in the rival's environment: packs and unpacks what it is asked to, and times it.

One request in JSON a line, one answer a line."""

import json
import sys
import time

import numpy as np
from finn_plus_driver.packing import finnpy_to_packed_bytearray, packed_bytearray_to_finnpy
from qonnx.core.datatype import DataType

ORDER = {"reverse_inner": True, "reverse_endian": True}  # the byte order of the accelerators


def main():
    arrays, result = {}, None
    for line in sys.stdin:
        request = json.loads(line)
        do, name = request["do"], request.get("name")
        answer = {}
        if do == "versions":
            answer = {"python": sys.version.split()[0], "numpy": np.__version__}
        elif do == "load":
            arrays[name] = np.load(f"{name}.npy")
        elif do == "save":
            np.save("result.npy", result)
        else:
            kind = DataType[request["kind"]]
            if do == "unpack":
                packed, shape = arrays[f"{name}.packed"], tuple(request["shape"])
            wall, cpu = time.perf_counter(), time.process_time()
            if do == "pack":
                result = finnpy_to_packed_bytearray(arrays[name], kind, **ORDER)
            else:
                result = packed_bytearray_to_finnpy(packed, kind, shape, **ORDER)
            answer = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
            if do == "pack":
                # As it comes out of a DMA buffer: theirs has negative strides.
                arrays[f"{name}.packed"] = np.ascontiguousarray(result)
        print(json.dumps(answer), flush=True)


main()
