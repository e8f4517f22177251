"""What the notebook measures. Times are of this board's processor and fabric: on a virtual board,
where they would be of a model, every one of these functions returns None."""

import time

import numpy as np


def latencies_us(accelerator, inputs, runs=1000):
    """Return microseconds of ``predict`` on one sample, one value a call, after a warm-up.

    ``inputs``: one array (samples, ...) per input."""
    if accelerator.virtual:
        return None
    singles = [[x[i : i + 1] for x in inputs] for i in range(min(runs, len(inputs[0])))]
    for one in singles[:20]:
        accelerator.predict(*one)
    spent = np.empty(runs)
    for i in range(runs):
        one = singles[i % len(singles)]
        began = time.perf_counter()
        accelerator.predict(*one)
        spent[i] = time.perf_counter() - began
    return spent * 1e6


def throughput(accelerator, inputs, batches=None, repeats=7):
    """Return batch sizes and the median seconds of ``predict`` on so many samples.

    ``batches`` are powers of two up to 4096 unless given; inputs repeat where they are too few."""
    if accelerator.virtual:
        return None
    batches = [1 << i for i in range(13)] if batches is None else list(batches)
    most = max(batches)
    inputs = [np.resize(x, (most,) + x.shape[1:]) for x in inputs]
    seconds = []
    for batch in batches:
        part = [x[:batch] for x in inputs]
        accelerator.predict(*part)
        seconds.append(np.median([_seconds(accelerator.predict, part) for _ in range(repeats)]))
    return np.array(batches), np.array(seconds)


def line(batches, seconds):
    """Return a and b of ``seconds = a + b * batch``: what a call costs, and a sample more.

    Relative errors count, so that small batches have their say; neither is negative."""
    weight = 1 / np.asarray(seconds)
    terms = np.stack([np.ones(len(weight)), batches], axis=1)
    (a, b), *_ = np.linalg.lstsq(terms * weight[:, None], np.ones(len(weight)), rcond=None)
    if a < 0:
        a, b = 0.0, 1 / np.mean(weight * batches)
    elif b < 0:
        a, b = 1 / np.mean(weight), 0.0
    return float(a), float(b)


def split_us(accelerator, inputs, runs=200):
    """Return where one ``predict`` on these inputs spends its microseconds, as a dict of medians.

    ``transfer`` is computed: beats of the busier stream over the clock, what moving the data takes
    at least. ``compute`` is what the DMA took beyond that: the network's latency, or its interval
    where that is longer than the data's, and setting up the transfer. ``rest`` is Python."""
    if accelerator.virtual:
        return None
    accelerator.predict(*inputs)
    spent = []
    for _ in range(runs):
        whole = _seconds(accelerator.predict, inputs)
        times = accelerator.times
        spent.append([times["encode"], times["transfer"], times["decode"], whole])
    encode, moved, decode, whole = np.median(spent, axis=0) * 1e6
    stream = min(moved, accelerator.layout.beats * len(inputs[0]) / accelerator.clock_mhz)
    parts = {"encode": encode, "transfer": stream, "compute": moved - stream, "decode": decode}
    parts["rest"] = max(0.0, whole - sum(parts.values()))
    return {name: float(value) for name, value in parts.items()}


def trace(accelerator, inputs, chunk):
    """Return the steps of one ``predict`` in chunks of so many samples, as ``Accelerator.trace``
    has them, and their times from the first step on.

    On a virtual board the order holds and the times mean nothing."""
    accelerator.predict(*inputs)
    most, accelerator._buffers.most = accelerator._buffers.most, chunk
    accelerator.trace = steps = []
    try:
        accelerator.predict(*inputs)
    finally:
        accelerator.trace = None
        accelerator._buffers.most = most
    origin = steps[0][3]
    return [(what, at, count, a - origin, b - origin) for what, at, count, a, b in steps]


def race(accelerator, network, inputs, batches=(1, 1024), repeats=7):
    """Return a dict from batch size to seconds here and seconds in numpy, medians.

    ``network`` is what ``network.load`` has returned; None where it is not known."""
    if accelerator.virtual or network is None:
        return None
    times = {}
    for batch in batches:
        part = [np.resize(x, (batch,) + x.shape[1:]) for x in inputs]
        both = []
        for compute in (accelerator.predict, network):
            compute(*part)
            both.append(float(np.median([_seconds(compute, part) for _ in range(repeats)])))
        times[batch] = tuple(both)
    return times


def accuracy(outputs, labels):
    """Return the share of samples whose largest output is the labelled one."""
    return float(np.mean(_classes(outputs) == labels))


def confusion(outputs, labels):
    """Return how often each label (row) was taken for each class (column)."""
    classes = int(np.prod(outputs.shape[1:]))
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (labels, _classes(outputs)), 1)
    return counts


def _classes(outputs):
    return outputs.reshape(len(outputs), -1).argmax(axis=1)


def _seconds(compute, inputs):
    began = time.perf_counter()
    compute(*inputs)
    return time.perf_counter() - began
