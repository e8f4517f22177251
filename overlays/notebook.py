# %% [markdown]
# # NETWORK
#
# A network that hls4ml made a core of, on this board. The notebook loads it, compares its results
# with those of hls4ml's emulation, and measures what a call costs.
#
# It needs what a PYNQ image has: pynq, numpy and matplotlib. Run it from top to bottom.

# %%
import json
import os

import matplotlib.pyplot as plt
import numpy as np

try:  # installed with pip
    from NETWORK_overlay import AcceleratorOverlay, measure, network, plots
except ImportError:  # in the folder of a bundle
    from hls4ml_overlay import AcceleratorOverlay, measure, network, plots

accelerator = AcceleratorOverlay("NETWORK.bit")
folder = os.path.dirname(accelerator.bitfile_name)
for tensor in accelerator.inputs:
    print("input ", tensor)
for tensor in accelerator.outputs:
    print("output", tensor)
print(f"fabric at {accelerator.clock_mhz:g} MHz")
results = {"virtual": accelerator.virtual, "clock_mhz": accelerator.clock_mhz}

# %%
if accelerator.virtual:
    print(
        "This is a virtual board. Results count: they come from the network's own source, through\n"
        "the shipped driver and the DMA's registers. Latency, throughput, the split of a call and\n"
        "the race would be a simulator's: they are null below. Of the overlap only the order is\n"
        "known. The clock is what the processing system is set to."
    )

# %% [markdown]
# ## Results
#
# Samples come with the bundle (`samples.npz`); where there are none, random ones do for measuring.

# %%
path = os.path.join(folder, "samples.npz")
samples = dict(np.load(path)) if os.path.isfile(path) else {}
inputs = [samples.get("input/" + tensor.name) for tensor in accelerator.inputs]
if not samples:
    print("no samples.npz beside the .bit: random inputs")
    random = np.random.RandomState(0)
    shapes = [(256,) + tensor.shape for tensor in accelerator.inputs]
    inputs = [random.uniform(-1, 1, shape) for shape in shapes]

outputs = accelerator.predict(*inputs)
outputs = outputs if isinstance(outputs, tuple) else (outputs,)
results["samples"] = len(inputs[0])
results["bit_exact"] = None
expected = [samples.get("expected/" + tensor.name) for tensor in accelerator.outputs]
if samples and all(y is not None for y in expected):
    pairs = [(y == e).reshape(len(y), -1).all(axis=1) for y, e in zip(outputs, expected)]
    results["bit_exact"] = int(np.all(pairs, axis=0).sum())
    print(
        "{bit_exact} of {samples} samples equal hls4ml's emulation, bit for bit".format(**results)
    )
else:
    print("no expected outputs beside the inputs: nothing to compare with")
inputs = [x.astype(np.float32) for x in inputs]  # from here on only times count

# %%
labels = samples.get("labels")
results["accuracy"] = None
if labels is None:
    print("no labels: accuracy is not known")
else:
    results["accuracy"] = measure.accuracy(outputs[0], labels)
    figure, axes = plt.subplots(figsize=(5, 5))
    plots.confusion(axes, measure.confusion(outputs[0], labels))
    axes.set_title(f"accuracy {results['accuracy']:.2%}")

# %% [markdown]
# ## Latency
#
# Of `predict` on one sample, in Python, from an array of floats to an array of floats.

# %%
latency = measure.latencies_us(accelerator, inputs)
results["latency_us"] = None
if latency is not None:
    shares = {"median": 50, "p95": 95, "p99": 99}
    results["latency_us"] = {k: float(np.percentile(latency, v)) for k, v in shares.items()}
figure, axes = plt.subplots(figsize=(7, 3))
plots.latency(axes, latency)

# %% [markdown]
# ## Throughput
#
# A call on a batch takes about a + b x batch: a is what every call costs, 1 / b the rate of large
# batches.

# %%
measured = measure.throughput(accelerator, inputs)
fitted = None if measured is None else measure.line(*measured)
results["call_us"], results["sample_us"] = (None, None)
if fitted is not None:
    results["call_us"], results["sample_us"] = (1e6 * value for value in fitted)
figure, axes = plt.subplots(figsize=(7, 3.5))
plots.throughput(axes, measured, fitted)

# %% [markdown]
# ## Where the time goes
#
# *encode* and *decode* convert floats to the network's number format and back. *transfer* is
# computed: the beats of the busier stream at the fabric's clock. *compute* is what the DMA took
# beyond that, and *rest* is Python. The two go on at the same time; a network that keeps up with
# its data shows little *compute* on a batch.

# %%
parts = {}
for batch in (1, 1024):
    some = [np.resize(x, (batch,) + x.shape[1:]) for x in inputs]
    parts[batch] = measure.split_us(accelerator, some)
results["split_us"] = None if accelerator.virtual else parts
figure, axes = plt.subplots(figsize=(7, 2))
plots.split(axes, parts)

# %% [markdown]
# ## What goes on at the same time
#
# A long batch goes in chunks, by two pairs of buffers: while one chunk is on its way, the one
# before it is decoded and the one after it encoded. The figures number the chunks.

# %%
some = [np.resize(x, (6 * 64,) + x.shape[1:]) for x in inputs]
steps = measure.trace(accelerator, some, 64)
figure, axes = plt.subplots(figsize=(7, 2))
plots.trace(axes, steps, accelerator.virtual)

# %% [markdown]
# ## A race
#
# The same network in numpy, in floating point, on this board's own processor.

# %%
rival = network.load(folder)
if rival is None:
    print("not available: this bundle was made of a project whose weights it does not hold")
else:
    own = rival(inputs[0])
    print("numpy's outputs differ from the fabric's by", float(np.abs(own - outputs[0]).max()))
times = measure.race(accelerator, rival, inputs)
results["race_s"] = None
if times is not None:
    results["race_s"] = {str(b): {"fabric": f, "numpy": n} for b, (f, n) in times.items()}
figure, axes = plt.subplots(figsize=(5, 3))
plots.race(axes, times)

# %% [markdown]
# ## All figures
#
# null is "not known".

# %%
print(json.dumps(results, indent=2))
accelerator.close()
