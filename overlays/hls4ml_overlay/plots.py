"""The notebook's pictures, each into axes of matplotlib's."""

import numpy as np

_COLOURS = {
    "encode": "#4c72b0",
    "transfer": "#dd8452",
    "compute": "#c44e52",
    "decode": "#55a868",
    "rest": "#bbbbbb",
}


def confusion(axes, counts):
    """Show how often each label was taken for each class."""
    axes.imshow(counts, cmap="Blues")
    if len(counts) <= 20:
        axes.set_xticks(range(len(counts)))
        axes.set_yticks(range(len(counts)))
        for row, column in np.argwhere(counts):
            count = counts[row, column]
            colour = "white" if count > counts.max() / 2 else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=8)
    axes.set_xlabel("class found")
    axes.set_ylabel("label")


def latency(axes, microseconds):
    """Show a histogram with median, 95th and 99th percentile; the slowest half per cent is left
    out of the picture, and counted."""
    if microseconds is None:
        _unknown(axes, "latency")
        return
    most = np.percentile(microseconds, 99.5)
    axes.hist(microseconds[microseconds <= most], bins=60, color=_COLOURS["encode"])
    for share, style in ((50, "-"), (95, "--"), (99, ":")):
        value = np.percentile(microseconds, share)
        label = "{} {:.1f} us".format("median" if share == 50 else f"p{share}", value)
        axes.axvline(value, color="black", linestyle=style, linewidth=1, label=label)
    beyond = int((microseconds > most).sum())
    axes.set_title(f"{len(microseconds)} calls of one sample ({beyond} beyond the right edge)")
    axes.set_xlabel("predict, us")
    axes.set_ylabel("calls")
    axes.legend(framealpha=1, edgecolor="none")


def throughput(axes, measured, fitted):
    """Show samples a second against batch size, with the line ``a + b * batch`` of the times."""
    if measured is None:
        _unknown(axes, "throughput")
        return
    batches, seconds = measured
    a, b = fitted
    axes.loglog(batches, batches / seconds, "o", color=_COLOURS["encode"], label="measured")
    label = f"{a * 1e6:.1f} us + {b * 1e6:.3g} us x batch"
    dense = np.geomspace(batches.min(), batches.max(), 100)
    axes.loglog(dense, dense / (a + b * dense), "-", color="black", linewidth=1, label=label)
    axes.set_xlabel("batch size")
    axes.set_ylabel("samples a second")
    axes.grid(True, which="major", alpha=0.3)
    axes.legend(frameon=False)


def split(axes, parts):
    """Show what one call spends, a bar for each batch size.

    ``parts`` maps batch sizes to what ``measure.split_us`` has returned."""
    if None in parts.values():
        _unknown(axes, "split")
        return
    names = list(_COLOURS)
    rows = {f"batch {batch}": one for batch, one in parts.items()}
    totals = {row: sum(one.values()) for row, one in rows.items()}
    left = dict.fromkeys(rows, 0.0)
    for name in names:
        widths = [100 * one[name] / totals[row] for row, one in rows.items()]
        axes.barh(list(rows), widths, left=list(left.values()), color=_COLOURS[name], label=name)
        for row, width in zip(rows, widths):
            if width > 7:
                place = left[row] + width / 2
                value = rows[row][name]
                text = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
                axes.text(place, row, text, ha="center", va="center", fontsize=8)
            left[row] += width
    axes.set_xlim(0, 100)
    axes.invert_yaxis()
    axes.set_xlabel("% of a call (in the bars: us)")
    axes.legend(ncol=len(names), loc="lower center", bbox_to_anchor=(0.5, 1), frameon=False)


def trace(axes, steps, virtual):
    """Show which steps of a call go on at the same time: a row a kind, a bar a chunk."""
    rows = ["encode", "transfer", "decode"]
    if virtual:  # only the order is known: begins and ends at equal distances
        order = {t: i for i, t in enumerate(sorted({t for step in steps for t in step[3:]}))}
        steps = [(what, at, count, order[a], order[b]) for what, at, count, a, b in steps]
    scale = 1 if virtual else 1e6
    longest = max(step[4] for step in steps)
    chunks = sorted({step[1] for step in steps})
    for what, at, _, begin, end in steps:
        y, chunk, width = rows.index(what), chunks.index(at), end - begin
        shade = 1 if chunk % 2 == 0 else 0.6
        colour = _COLOURS[what]  # with an edge, so that short steps show
        axes.barh(y, scale * width, left=scale * begin, color=colour, ec=colour, alpha=shade)
        if width > longest / 50:
            middle = scale * (begin + end) / 2
            axes.text(middle, y, str(chunk), ha="center", va="center", fontsize=8)
    axes.set_xlim(0, scale * longest)
    axes.set_yticks(range(len(rows)))
    axes.set_yticklabels(rows)
    axes.invert_yaxis()
    axes.set_xlabel("order of begins and ends (times not known)" if virtual else "us")
    if virtual:
        axes.set_xticks([])


def race(axes, times):
    """Show samples a second of the fabric and of numpy, for each batch size."""
    if times is None:
        _unknown(axes, "race")
        return
    places = np.arange(len(times))
    for i, (who, colour) in enumerate((("this fabric", "transfer"), ("numpy here", "rest"))):
        rates = [batch / both[i] for batch, both in times.items()]
        bars = axes.bar(places + 0.4 * i - 0.2, rates, 0.4, color=_COLOURS[colour], label=who)
        for bar, rate in zip(bars, rates):
            place = (bar.get_x() + bar.get_width() / 2, rate)
            axes.annotate(f"{rate:,.0f}", place, ha="center", va="bottom", fontsize=8)
    axes.set_yscale("log")
    axes.margins(y=0.15)
    axes.set_xticks(places)
    axes.set_xticklabels([f"batch {batch}" for batch in times])
    axes.set_ylabel("samples a second")
    axes.legend(frameon=False)


def _unknown(axes, what):
    axes.text(0.5, 0.5, f"{what}: not known", ha="center", va="center", color="grey")
    axes.set_axis_off()
