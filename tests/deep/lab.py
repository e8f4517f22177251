"""The good builds of a family that mutants are made from, and the processes that carry mutants
out."""

from __future__ import annotations

import json
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hls4ml_soc import frontends, loopback
from hls4ml_soc.accelerator import Accelerator
from hls4ml_soc.board import Board
from hls4ml_soc.contract import Contract
from hls4ml_soc.execute import Silence, execute
from hls4ml_soc.reference import Reference
from hls4ml_soc.targets import TARGETS
from hls4ml_soc.toolchains.standin import StandIn
from tests import networks
from tests.deep.family import Family
from tests.deep.mutant import Mutant

SAMPLES = 9
#: Periods that HLS works for; the boards' clocks follow them. They differ from what the presets and
#: the oscillator give by themselves, so that a clock that is not asked for shows.
_CLOCK_NS = {"pynq-z2": 8.0, "kv260": 5.0, "arty-a7-100": 12.5}
BENCH = Path(__file__).with_name("bench.py")


@dataclass(frozen=True)
class Verdict:
    """Who noticed a mutant, and what was said; ``by`` is ``nobody`` if it came through."""

    mutant: Mutant
    by: str
    said: str

    @property
    def caught(self) -> bool:
        """Whether a stand-in, the board, the driver or the results showed it."""
        return self.by in ("hls", "vivado", "build", "board", "driver", "results")


@dataclass(frozen=True, eq=False)
class Lab:
    """A folder with the designs of a family, and the texts of their plans."""

    folder: Path
    family: Family
    files: dict[str, dict[str, str]]

    @classmethod
    def set_up(cls, folder: Path, family: Family) -> Lab:
        """Build the designs with the stand-ins, and keep inputs and expectations.

        The network is small, and its streams differ in width: 3 beats of 64 bits in, 1 of 32 out.
        """
        board, target = Board.load(family.board), TARGETS[family.target]
        files = {}
        releases = tuple(dict.fromkeys(release for _, release in family.setups))
        for design in dict.fromkeys(design for design, _ in family.setups):
            where = folder / design
            where.mkdir(parents=True)
            accelerator, inputs, expected = _PREPARE[design](where, board)
            contract = Contract(accelerator, board)
            plan = target.plan(contract, False)
            products = execute(plan, where, StandIn(), Silence())
            target.bundle(contract, plan, products, where / "bundle")
            (where / "made.pickle").write_bytes(
                pickle.dumps((contract, plan, family.target, releases))
            )
            np.save(where / "inputs.npy", inputs)
            np.save(where / "expected.npy", expected)
            files[design] = dict(plan.files)
        return cls(folder, family, files)

    def try_all(self, mutants: Sequence[Mutant], processes: int = 2) -> list[Verdict]:
        """Carry out mutants, several at a time; return the verdicts in their order."""
        waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in range(len(mutants)):
            waiting.put(number)
        verdicts: list[Verdict | None] = [None] * len(mutants)

        def work() -> None:
            with self._bench() as bench:
                assert bench.stdin and bench.stdout
                try:
                    while True:
                        number = waiting.get_nowait()
                        bench.stdin.write(json.dumps(self._job(mutants[number])) + "\n")
                        bench.stdin.flush()
                        verdicts[number] = Verdict(
                            mutants[number], **json.loads(bench.stdout.readline())
                        )
                except queue.Empty:
                    bench.stdin.close()

        threads = [threading.Thread(target=work) for _ in range(processes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert None not in verdicts, "a bench has ended early"
        return [verdict for verdict in verdicts if verdict is not None]

    def _bench(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(BENCH), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        )

    def _job(self, mutant: Mutant) -> dict[str, object]:
        wanted = ("hls/", "vivado/") if mutant.needs_hls else ("vivado/",)
        files = {**self.files[mutant.design], **mutant.files}
        return {
            "design": mutant.design,
            "files": {name: text for name, text in files.items() if name.startswith(wanted)},
            "hls": mutant.needs_hls,
            "version": mutant.version,
            "fault": mutant.fault,
        }


def _network(folder: Path, board: Board) -> tuple[Accelerator, np.ndarray, np.ndarray]:
    source = frontends.read(networks.save(networks.mlp((10, 4, 2)), folder / "small.onnx"))
    source.project(
        folder / "project", name="small", part=board.part, clock_ns=_CLOCK_NS[board.name]
    )
    accelerator = Accelerator.read(folder / "project")
    inputs = networks.samples(SAMPLES, 10)
    (expected,) = Reference(accelerator, folder / "reference").predict([inputs])
    return accelerator, inputs, expected


def _loopback(folder: Path, board: Board) -> tuple[Accelerator, np.ndarray, np.ndarray]:
    for name in ("project", "hls"):
        (folder / name).mkdir()
    words = loopback.samples()["sent"][:SAMPLES]
    return loopback.Loopback.on(board), words, words


_PREPARE = {"network": _network, "loopback": _loopback}
