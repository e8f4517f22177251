import time
import numpy as np
def test_it(bench, z2, loopback, inputs, tmp_path):
    said=[]
    c = bench.connect(now=lambda t: said.append(t))
    t=time.time()
    c.check(z2, "pynq"); print("check", time.time()-t)
    remarks=[]
    for i in range(2):
        t=time.time()
        run = c.run(loopback, z2, inputs, tmp_path/"scratch", remarks.append)
        print("run", time.time()-t)
    print(remarks, said, run.noted, bench.board.left, bench.board.bundles, bench.board.commands)
    print((tmp_path/"scratch/run.log").read_text())
    assert 0
