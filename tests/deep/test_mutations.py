"""Faults in our own Tcl, settings and wrapper, made systematically from their text, against the
stand-ins, the virtual boards, the driver and the C program: whoever notices, never a comparison of
texts."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from hls4ml_soc import resources
from tests.deep import addresses, checks, core, executed, names, pins, preserving, values, wiring
from tests.deep.equivalent import TABLE, reason
from tests.deep.families import FAMILIES, MICROBLAZE, ZYNQ7
from tests.deep.lab import Lab, Verdict
from tests.deep.mutant import Mutant, Text, distinct

pytestmark = pytest.mark.deep

SEED = 20240229
#: Share of mutants that has to be noticed, of each family over all classes; equivalent ones left
#: out.
REQUIRED = 0.98
#: Mutants that a class has at least, over all families.
LEAST = 20
#: The first family gets every mutant. The others get those of their own Tcl and settings, and one
#: in so many of those in the steps that all families share.
ONE_IN = 3
#: The soft processor has some 1600 then: of its largest classes every other one, and every one that
#: is argued about.
HUGE = ("renamed pin", "renamed interface", "renamed parameter", "renamed IP", "illegal value")
BY = ("hls", "vivado", "build", "board", "driver", "results")


def every_mutant(text: Text) -> list[Mutant]:
    """Return the mutants of a family; the same every time."""
    choice = random.Random(SEED)
    found = distinct(
        [
            *names.renamed_pins(text),
            *names.renamed_interfaces(text),
            *names.renamed_parameters(text, choice),
            *names.renamed_ips(text),
            *values.illegal_values(text, choice),
            *wiring.wrong_modes(text),
            *wiring.dropped_clocks(text),
            *wiring.dropped_resets(text),
            *wiring.dropped_connections(text),
            *addresses.wrong_addresses(text),
            *values.width_mismatches(text),
            *wiring.wrong_clocks(text),
            *pins.wrong_pins(text),
            *checks.missing_checks(text),
        ]
    )
    if text.family is ZYNQ7:
        return distinct([*found, *core.core_mutants(text)])  # HLS is the same for every family
    own = (text.family.file, names.SETTINGS, pins.CONSTRAINTS)
    shared = [mutant for mutant in found if not any(name in own for name in mutant.files)]
    left_out = {id(mutant) for mutant in shared} - {id(mutant) for mutant in shared[::ONE_IN]}
    kept = [mutant for mutant in found if id(mutant) not in left_out]
    if text.family is MICROBLAZE:
        huge = [mutant for mutant in kept if mutant.kind in HUGE and not reason(mutant)]
        left_out = {id(mutant) for mutant in huge[1::2]}
    return [mutant for mutant in kept if id(mutant) not in left_out]


@pytest.fixture(scope="module")
def texts(tmp_path_factory) -> dict[Lab, Text]:
    """The labs of all families, and what mutants are made from."""
    made = {}
    for family in FAMILIES.values():
        lab = Lab.set_up(tmp_path_factory.mktemp(family.name), family)
        alive = {}
        for design, version in family.setups:
            scratch = tmp_path_factory.mktemp("executed")
            files = lab.files[design]
            alive[design, version] = executed.lines(lab.folder / design, scratch, files, version)
        made[lab] = Text(family, lab.files["network"], alive)
    return made


@pytest.fixture(scope="module")
def verdicts(texts) -> list[Verdict]:
    return [verdict for lab, text in texts.items() for verdict in lab.try_all(every_mutant(text))]


def table(verdicts: list[Verdict]) -> str:
    """Return figures by family and class, escapes and equivalent mutants as Markdown."""
    lines = ["# Mutations", "", *_figures(_by_family(verdicts), "family")]
    for family, own in _by_family(verdicts).items():
        kinds = dict.fromkeys(verdict.mutant.kind for verdict in own)
        classes = {kind: [v for v in own if v.mutant.kind == kind] for kind in kinds}
        lines += ["", f"## {family}", "", *_figures(classes, "class")]
    lines += ["", "## Escapes", ""]
    lines += [f"- {told(v)}" for v in escapes(verdicts)] or ["none"]
    lines += ["", "## Equivalent", ""]
    for v in verdicts:
        if not v.caught and reason(v.mutant):
            lines.append(f"- {told(v)}: {reason(v.mutant)}")
    return "\n".join(lines) + "\n"


def _figures(groups: Mapping[str, list[Verdict]], what: str) -> list[str]:
    """Return a table with a line for each group, and one for all."""
    head = [what, "mutants", "equivalent", "caught", "%", *BY]
    rows = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    everything = [verdict for group in groups.values() for verdict in group]
    for name, own in {**groups, "all": everything}.items():
        real = _real(own)
        caught = [v for v in real if v.caught]
        by = Counter(v.by for v in caught)
        share = f"{100 * len(caught) / max(1, len(real)):.1f}"
        figures = [len(real), len(own) - len(real), len(caught), share, *(by[b] for b in BY)]
        rows.append("| " + " | ".join(map(str, (name, *figures))) + " |")
    return rows


def _by_family(verdicts: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.mutant.family, []).append(verdict)
    return found


def _real(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return all but those that came through with an argument why nobody could notice."""
    return [v for v in verdicts if v.caught or not reason(v.mutant)]


def told(verdict: Verdict) -> str:
    """Return a mutant and where it was built, in a line."""
    mutant = verdict.mutant
    parts = (mutant.family, mutant.design, mutant.version, mutant.fault)
    where = " ".join(filter(None, parts))
    said = f" ({verdict.by}: {verdict.said})" if verdict.by != "nobody" else ""
    return f"{mutant.kind}: `{mutant.what}` [{where}]{said}"


def escapes(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return what nobody noticed and no argument excuses."""
    return [v for v in _real(verdicts) if not v.caught]


def test_faults_are_noticed(verdicts) -> None:
    report = Path(os.environ.get("HLS4ML_SOC_DEEP_REPORT", "build/deep/mutations.md"))
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(table(verdicts))
    for family, own in _by_family(verdicts).items():
        missed = escapes(own)
        share = 1 - len(missed) / len(_real(own))
        assert share >= REQUIRED, f"{family}: {share:.1%}:\n" + "\n".join(map(told, missed))


def test_every_class_is_large(verdicts) -> None:
    sizes = Counter(v.mutant.kind for v in _real(verdicts))
    assert len(sizes) == 14
    assert {kind: size for kind, size in sizes.items() if size < LEAST} == {}


def test_every_argument_is_needed(verdicts) -> None:
    survivors = {reason(v.mutant) for v in verdicts if not v.caught}
    assert [entry.pattern for entry in TABLE if entry.because not in survivors] == []


def test_what_the_intact_checks_stop(texts) -> None:
    """The faults that the class of missing checks relies on are faults."""
    for lab, text in texts.items():
        found = lab.try_all(distinct(checks.intact(text)))
        assert [told(v) for v in found if v.by != "vivado"] == []


def test_harmless_edits_pass_without_a_sound(texts) -> None:
    for lab, text in texts.items():
        found = lab.try_all(distinct(preserving.preserving(text, random.Random(SEED))))
        assert len(found) >= 50
        assert [told(v) for v in found if v.by != "nobody"] == []


def test_the_mutants_are_made_from_what_ships(texts) -> None:
    shipped = {f"vivado/{name}": text for name, text in resources.files("vivado_tcl").items()}
    for lab in texts:
        for name, content in shipped.items():
            if not name.endswith(".j2"):
                assert lab.files["network"][name] == content
