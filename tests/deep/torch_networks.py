"""Run in an environment with torch: export networks, convert them, compare with torch."""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from hls4ml_soc import frontends
from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.errors import ModelError
from hls4ml_soc.frontends.layout import Layout
from hls4ml_soc.reference import Reference

RANDOM = np.random.default_rng(0)
FOLDER = Path(sys.argv[1])
SETTINGS = {"name": "net", "part": "xc7z020clg400-1", "clock_ns": 10.0}


class Two(nn.Module):
    """Two inputs, two outputs, feature maps, batch normalisation."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn, self.pool = nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), None
        self.depth, self.point = nn.Conv2d(4, 4, 3, padding=1, groups=4), nn.Conv2d(4, 4, 1)
        self.pool, self.mean = nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1)
        self.fc1, self.fc2, self.aux = nn.Linear(64, 8), nn.Linear(11, 5), nn.Linear(4, 2)
        self.bn.running_mean.uniform_(-1, 1)
        self.bn.running_var.uniform_(0.5, 2)

    def forward(self, image, side):
        x = torch.relu(self.bn(self.conv(image)))
        x = x + self.point(self.depth(x))
        aux = self.aux(self.mean(x).flatten(1))
        x = torch.relu(self.fc1(self.pool(x).view(x.size(0), -1)))
        return {"zlast": self.fc2(torch.cat([x, side], 1)), "aux": aux}


class Recurrent(nn.Module):
    def __init__(self, kind, last):
        super().__init__()
        self.rnn, self.fc, self.last = getattr(nn, kind)(6, 8, batch_first=True), None, last
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        all_steps, state = self.rnn(x)
        if self.last == "step":
            return self.fc(all_steps[:, -1])
        if self.last == "state":
            return self.fc((state[0] if isinstance(state, tuple) else state)[-1])
        return self.fc(all_steps)


def tower():
    """A stack as tutorials write it: batch normalisation, dropout, a softmax at the end."""
    layers = [nn.Linear(16, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(), nn.Linear(32, 5)]
    return nn.Sequential(*layers, nn.Softmax(-1))


def save(name, module, *shapes, batch=None, mode="eval", **more):
    """Export a module; `batch`: of that size only, else of any; `more`: inputs by keyword."""
    examples = tuple(torch.zeros(batch or 2, *shape) for shape in shapes)
    named = {key: torch.zeros(batch or 2, *shape) for key, shape in more.items()}
    sizes = None if batch else tuple({0: torch.export.Dim("batch")} for _ in shapes)
    program = torch.export.export(getattr(module, mode)(), examples, named, dynamic_shapes=sizes)
    path = FOLDER / f"{name}.pt2"
    torch.export.save(program, path)
    return path


def compared(path):
    """Return the largest difference of the emulation from torch, and the layers' names."""
    source = frontends.read(path)
    project = source.project(path.with_suffix(""), **SETTINGS, precision="ap_fixed<24,8>")
    accelerator, layout = Accelerator.read(project), Layout.read(project)
    given = {
        name: np.rint(RANDOM.uniform(-1, 1, (51, *entry.shape)) * 1024).astype(np.float32) / 1024
        for name, entry in layout.inputs.items()
    }
    stored = [layout.inputs[t.name].stored(given[t.name], t.shape) for t in accelerator.inputs]
    results = Reference(accelerator, FOLDER).predict(stored)
    found = {t.name: y for t, y in zip(accelerator.outputs, results, strict=True)}
    wanted = source.front_end.evaluate(path, list(given.values()))
    one = source.front_end.evaluate(path, [x[:1] for x in given.values()])
    worst = 0.0
    for name, y, first in zip(layout.outputs, wanted, one, strict=True):
        ours = layout.outputs[name].restored(found[name])
        if path.stem == "tower":  # the softmax is left to the host
            ours = np.exp(ours) / np.exp(ours).sum(-1, keepdims=True)
        assert ours.shape == y.shape and np.ptp(y) > 0.01 and np.allclose(first, y[:1], atol=1e-5)
        worst = max(worst, float(abs(ours - y).max()))
    return worst, ",".join(source.layers())


def refused(path):
    try:
        frontends.read(path).layers()
    except ModelError as error:
        return str(error).replace(str(FOLDER), "").replace("\n", " ")
    return "taken"


FOLDER.mkdir()
for path in (
    save("two", Two(), (2, 8, 8), (3,)),
    save("two_fixed", Two(), (2, 8, 8), (3,), batch=4),
    save("keyword", Two(), (2, 8, 8), batch=2, side=(3,)),
    save("tower", tower(), (16,)),
    save("lstm_step", Recurrent("LSTM", "step"), (5, 6)),
    save("gru_state", Recurrent("GRU", "state"), (5, 6)),
    save("lstm_all", Recurrent("LSTM", "all"), (5, 6), batch=2),
    save("conv1d", nn.Sequential(nn.Conv1d(3, 4, 3, stride=2), nn.ReLU()), (3, 16)),
):
    worst, names = compared(path)
    print(f"{path.stem}|{worst:.6f}|{names}")
broken = FOLDER / "broken.pt2"
broken.write_bytes(b"PK, but no archive")
torch.save(tower(), FOLDER / "pickled.pt2")
for path in (
    save("training", tower(), (16,), mode="train"),
    save("gelu", nn.Sequential(nn.Linear(4, 4), nn.GELU()), (4,)),
    broken,
    FOLDER / "pickled.pt2",
):
    print(f"{path.stem}|{refused(path)}")
