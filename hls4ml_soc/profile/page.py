"""``report.html``: a profile as one page that needs nothing beside it."""

from __future__ import annotations

from html import escape

from . import plots, table
from .layer import DEPARTS
from .profile import Profile

_STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2330; --dim: #5b6472; --rule: #d9dde3;
  --format: #c9dcf2; --values: #2b6cb0; --bad: #c2410c; --warn: #fff1e6; --fine: #e8f5ec; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181f; --ink: #e4e8ee; --dim: #97a1b0;
  --rule: #333b47; --format: #27415f; --values: #6db3f2; --bad: #fb923c; --warn: #3a2414;
  --fine: #16301f; } }
* { box-sizing: border-box; }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif;
  max-width: 1160px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 36px 0 4px; }
p { margin: 6px 0; max-width: 80ch; } .dim { color: var(--dim); }
.verdict { border-left: 4px solid var(--values); background: var(--fine); padding: 10px 14px;
  margin: 16px 0; } .verdict.bad { border-color: var(--bad); background: var(--warn); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; margin: 8px 0; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 4px 10px; border-bottom: 1px solid var(--rule); }
th:first-child, td:first-child { text-align: left; } th { color: var(--dim); font-weight: 600; }
tr.departs td { color: var(--bad); font-weight: 600; }
pre { background: var(--format); padding: 10px 14px; overflow-x: auto; font-size: 13px; }
summary { cursor: pointer; }
svg { max-width: 100%; height: auto; display: block; } svg text { fill: var(--ink);
  font: 12px system-ui, sans-serif; } svg text.axis { fill: var(--dim); font-size: 11px; }
svg text.departs { fill: var(--bad); font-weight: 600; }
svg .grid { stroke: var(--rule); } svg .limit { stroke: var(--bad); stroke-dasharray: 4 3; }
svg .format { fill: var(--format); } svg .values { fill: var(--values); }
svg .bad { fill: var(--bad); } svg .whisker { stroke: var(--values); stroke-width: 2; }
svg .beyond { stroke: var(--bad); stroke-width: 2; }
svg .frame { fill: none; stroke: var(--rule); }
svg .dots { stroke: var(--values); stroke-width: 3; stroke-linecap: round; fill: none;
  stroke-opacity: .6; } svg .bad-dots { stroke: var(--bad); }
.many { display: flex; flex-wrap: wrap; gap: 8px; }
.key { display: inline-block; width: 12px; height: 12px; margin: 0 6px 0 0;
  vertical-align: -1px; }
"""


def html(profile: Profile) -> str:
    """Return the page: no scripts, no other files; light or dark as the reader's system is."""
    told = profile.data()
    against = sorted({layer.against for layer in profile.layers if layer.against})
    parts = [
        f"<h1>{escape(profile.network)}: fixed point against {' and '.join(against) or 'nothing'}"
        f'</h1><p class="dim">{profile.samples} samples, {len(profile.layers)} inputs and layers, '
        "traced in hls4ml's C++ emulation</p>",
        _verdict(profile),
        "<h2>Outputs</h2>",
        _table(table.OUTPUT, [(table.output(entry), False) for entry in told["outputs"]]),
        "<h2>Layers</h2>",
        f"<p>A layer departs where its error is more than {DEPARTS:.0%}: the root mean square of "
        "the differences as part of that of the right values. Overflow and underflow count right "
        "values that lie outside the format, and that are not zero and smaller than its step.</p>",
        _table(table.LAYER, [(table.row(layer), layer["departs"]) for layer in told["layers"]]),
        "<h2>Ranges and formats</h2>",
        f"<p>{_key('format', 'what the format holds, from its step to its largest value')}<br>"
        f"{_key('values', 'nine tenths of the values, and the largest')}<br>"
        f"{_key('bad', 'beyond the format')}</p>",
        f'<div class="wide">{plots.ranges(profile.layers)}</div>',
        "<h2>Error, layer by layer</h2>",
        f'<div class="wide">{plots.errors(profile.layers)}</div>',
        "<h2>Traces side by side</h2>",
        "<p>Across: the right values. Upwards: the same in fixed point. Nothing is lost on the "
        "diagonal.</p>",
        _traces(profile),
    ]
    if profile.recipe:
        parts += [
            "<h2>Formats that would hold</h2>",
            "<p>For soc.yaml. Formats of results are the narrowest that hold what was seen here, "
            "128 steps to the root mean square; other samples may need more. "
            "<code>auto</code> is hls4ml's own choice for sums.</p>",
            f"<pre>{escape(table.recipe(profile))}</pre>",
        ]
    if profile.notes:
        listed = "".join(f"<li>{escape(note)}</li>" for note in profile.notes)
        parts.append(f"<h2>Not known</h2><ul>{listed}</ul>")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(profile.network)}: accuracy</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>\n"
    )


def _verdict(profile: Profile) -> str:
    if profile.warning:
        return f'<div class="verdict bad">Warning: {escape(profile.warning)}.</div>'
    first = profile.first
    if first is not None:
        told = f"The outputs hold, but layer '{first.name}' departs: {first.cause()}."
        return f'<div class="verdict bad">{escape(told)}</div>'
    return '<div class="verdict">No layer departs.</div>'


def _table(head: tuple[str, ...], rows: list[tuple[tuple[str, ...], bool]]) -> str:
    body = "".join(
        f"<tr{' class=departs' if departs else ''}>{_cells(row, 'td')}</tr>"
        for row, departs in rows
    )
    return f'<div class="wide"><table><tr>{_cells(head, "th")}</tr>{body}</table></div>'


def _cells(row: tuple[str, ...], kind: str) -> str:
    return "".join(f"<{kind}>{escape(text)}</{kind}>" for text in row)


def _key(kind: str, text: str) -> str:
    return f'<span class="key" style="background: var(--{kind})"></span>{escape(text)}'


def _traces(profile: Profile) -> str:
    drawn = [(layer, profile.points[layer.name]) for layer in profile.layers if layer.against]
    figures = "".join(f"<div>{plots.scatter(layer, points)}</div>" for layer, points in drawn)
    rows: list[tuple[tuple[str, ...], bool]] = []
    for layer, points in drawn:
        for side, values in ((layer.against, points.first_right), ("fixed", points.first_fixed)):
            row = (f"{layer.name} {side}", *(f"{value:.5g}" for value in values))
            rows.append((row, layer.departs))
    most = max((len(row) for row, _ in rows), default=1)
    padded = [((*row, *[""] * (most - len(row))), departs) for row, departs in rows]
    head = ("layer", *(str(index) for index in range(most - 1)))
    return (
        f'<div class="many">{figures}</div><details><summary>The first elements of the first '
        f"sample</summary>{_table(head, padded)}</details>"
    )
