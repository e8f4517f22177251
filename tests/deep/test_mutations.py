"""Faults in our own Tcl, settings and wrapper, made systematically from their text, against the
stand-ins, the virtual board and the driver: whoever notices, never a comparison of texts."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hls4ml_soc import resources
from tests.deep import addresses, checks, core, executed, names, preserving, values, wiring
from tests.deep.equivalent import TABLE, reason
from tests.deep.lab import Lab, Verdict
from tests.deep.mutant import SETUPS, Mutant, Text, distinct

pytestmark = pytest.mark.deep

SEED = 20240229
#: Share of mutants that has to be noticed, over all classes; equivalent ones left out.
REQUIRED = 0.98
#: Mutants that a class has at least.
LEAST = 20
BY = ("hls", "vivado", "build", "board", "driver", "results")


def every_mutant(text: Text) -> Iterator[Mutant]:
    """Yield all classes; the same every time."""
    choice = random.Random(SEED)
    yield from names.renamed_pins(text)
    yield from names.renamed_interfaces(text)
    yield from names.renamed_parameters(text, choice)
    yield from names.renamed_ips(text)
    yield from values.illegal_values(text, choice)
    yield from wiring.wrong_modes(text)
    yield from wiring.dropped_clocks(text)
    yield from wiring.dropped_resets(text)
    yield from wiring.dropped_connections(text)
    yield from addresses.wrong_addresses(text)
    yield from values.width_mismatches(text)
    yield from wiring.wrong_clocks(text)
    yield from core.core_mutants(text)
    yield from checks.missing_checks(text)


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Lab:
    return Lab.set_up(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def text(lab, tmp_path_factory) -> Text:
    alive = {}
    for design, version in SETUPS:
        scratch = tmp_path_factory.mktemp("executed")
        files = lab.files[design]
        alive[design, version] = executed.lines(lab.folder / design, scratch, files, version)
    return Text(lab.files["network"], alive)


@pytest.fixture(scope="module")
def verdicts(lab, text) -> list[Verdict]:
    return lab.try_all(distinct(every_mutant(text)))


def table(verdicts: list[Verdict]) -> str:
    """Return figures by class, escapes and equivalent mutants as Markdown."""
    kinds = list(dict.fromkeys(verdict.mutant.kind for verdict in verdicts))
    head = ["class", "mutants", "equivalent", "caught", "%", *BY]
    rows = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for kind in (*kinds, "all"):
        own = [v for v in verdicts if kind in (v.mutant.kind, "all")]
        real = [v for v in own if v.caught or not reason(v.mutant)]
        caught = [v for v in real if v.caught]
        by = Counter(v.by for v in caught)
        share = f"{100 * len(caught) / len(real):.1f}"
        figures = [len(real), len(own) - len(real), len(caught), share, *(by[b] for b in BY)]
        rows.append("| " + " | ".join(map(str, (kind, *figures))) + " |")
    lines = ["# Mutations", "", *rows, "", "## Escapes", ""]
    lines += [f"- {told(v)}" for v in escapes(verdicts)] or ["none"]
    lines += ["", "## Equivalent", ""]
    for v in verdicts:
        if not v.caught and reason(v.mutant):
            lines.append(f"- {told(v)}: {reason(v.mutant)}")
    return "\n".join(lines) + "\n"


def told(verdict: Verdict) -> str:
    """Return a mutant and where it was built, in a line."""
    mutant = verdict.mutant
    where = " ".join(filter(None, (mutant.design, mutant.version, mutant.fault)))
    said = f" ({verdict.by}: {verdict.said})" if verdict.by != "nobody" else ""
    return f"{mutant.kind}: `{mutant.what}` [{where}]{said}"


def escapes(verdicts: list[Verdict]) -> list[Verdict]:
    """Return what nobody noticed and no argument excuses."""
    return [v for v in verdicts if not v.caught and not reason(v.mutant)]


def test_faults_are_noticed(verdicts) -> None:
    report = Path(os.environ.get("HLS4ML_SOC_DEEP_REPORT", "build/deep/mutations.md"))
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(table(verdicts))
    missed = escapes(verdicts)
    real = [v for v in verdicts if v.caught or not reason(v.mutant)]
    share = 1 - len(missed) / len(real)
    assert share >= REQUIRED, f"{share:.1%} noticed:\n" + "\n".join(map(told, missed))


def test_every_class_is_large(verdicts) -> None:
    sizes = Counter(v.mutant.kind for v in verdicts if v.caught or not reason(v.mutant))
    assert len(sizes) == 13
    assert {kind: size for kind, size in sizes.items() if size < LEAST} == {}


def test_every_argument_is_needed(verdicts) -> None:
    survivors = {reason(v.mutant) for v in verdicts if not v.caught}
    assert [entry.pattern for entry in TABLE if entry.because not in survivors] == []


def test_what_the_intact_checks_stop(lab, text) -> None:
    """The faults that the class of missing checks relies on are faults."""
    found = lab.try_all(distinct(checks.intact(text)))
    assert [told(v) for v in found if v.by != "vivado"] == []


def test_harmless_edits_pass_without_a_sound(lab, text) -> None:
    found = lab.try_all(distinct(preserving.preserving(text, random.Random(SEED))))
    assert len(found) >= 60
    assert [told(v) for v in found if v.by != "nobody"] == []


def test_the_mutants_are_made_from_what_ships(lab) -> None:
    shipped = {f"vivado/{name}": text for name, text in resources.files("vivado_tcl").items()}
    for name, content in shipped.items():
        if not name.endswith(".j2"):
            assert lab.files["network"][name] == content
