"""What a person sees."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .board import Board
from .bundle import Bundle
from .doctor import Finding
from .plan import Plan
from .profile import table as profile_table
from .report import Report
from .toolchains.reports import slack


class Terminal:
    """Standard output for results, standard error for complaints. Implements
    ``execute.Progress``."""

    def __init__(self) -> None:
        self._out = Console(highlight=False)
        self._err = Console(stderr=True, highlight=False)
        self._now: Callable[[str], None] = _nobody

    def say(self, text: str) -> None:
        """Print a line."""
        self._out.print(escape(text), soft_wrap=True)

    def error(self, text: str) -> None:
        """Print a complaint on standard error."""
        self._err.print(f"[bold red]error:[/] {escape(text)}", soft_wrap=True)

    @contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """Show that something is under way, and at its end how long it took."""
        remarks: list[str] = []
        started = time.monotonic()
        with self._out.status(escape(title)) as status:
            self._now = lambda text: status.update(escape(f"{title}  {text}"))
            try:
                yield remarks.append
            except BaseException:
                self._line("[red]✗[/]", title, started, [])
                raise
            finally:
                self._now = _nobody
        self._line("[green]✓[/]", title, started, remarks)

    def now(self, text: str) -> None:
        """Show what the running step is at. Implements ``execute.Live``."""
        self._now(text)

    def _line(self, mark: str, title: str, started: float, remarks: list[str]) -> None:
        seconds = f"{time.monotonic() - started:.1f} s"
        told = escape(", ".join(remarks))
        self._out.print(f"{mark} {escape(title):<32} {seconds:>8}  {told}", soft_wrap=True)

    def plan(self, plan: Plan, commands: list[list[str]]) -> None:
        """Print the files and commands of a plan."""
        self.say("files:")
        for name, text in sorted(plan.files.items()):
            self.say(f"  {name} ({len(text.encode())} bytes)")
        self.say("commands:")
        for step, command in zip(plan.steps, commands, strict=True):
            self.say(f"  {step.folder}$ {shlex.join(command)}")

    def report(self, report: Report) -> None:
        """Print what is not known, then what came out."""
        for note in report.notes:
            self.say(f"note: {note}")
        if report.shows:
            self.say(f"\nThis run shows that {report.shows}.")
        if report.not_verified:
            self.say(f"Not known: {', '.join(report.not_verified)}.\n")
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        for name, value in _rows(report):
            table.add_row(escape(name), escape(value))
        self._out.print(table)

    def profile(self, path: Path) -> None:
        """Print a ``profile.json`` as tables; lines as long as they need to be."""
        for rows in profile_table.read(path):
            for line in profile_table.lines(rows):
                self.say(line)
            self.say("")

    def boards(self, boards: list[Board]) -> None:
        """Print boards as a table."""
        table = Table("board", "part", "title", "targets", "clock")
        for board in boards:
            clock = f"{board.clock.mhz:g} MHz"
            table.add_row(board.name, board.part, board.title, ", ".join(board.usable), clock)
        self._out.print(table)
        for board in boards if len(boards) == 1 else []:
            for name, target in board.targets.items():
                if target.note:
                    self.say(f"not {name}: {target.note}")

    def findings(self, findings: list[Finding]) -> None:
        """Print what is there and what is missing."""
        for finding in findings:
            mark = (
                "[green]✓[/]"
                if finding.found
                else "[red]✗[/]"
                if finding.needed
                else "[yellow]–[/]"
            )
            told = finding.found or f"missing: {finding.remedy}"
            self._out.print(
                f"{mark} {escape(finding.name):<11} {escape(told)} "
                f"[dim]({escape(finding.purpose)})[/]"
            )

    def bundle(self, bundle: Bundle) -> None:
        """Print what a bundle is."""
        manifest = bundle.manifest
        self.say(f"{bundle.where}: all {len(manifest['files'])} files are as they were written")
        for name in ("name", "board", "target", "part", "design_id", "origin"):
            self.say(f"  {name:<10} {manifest[name]}")
        if manifest["not_verified"]:
            self.say(f"  not verified: {', '.join(manifest['not_verified'])}")


def _nobody(text: str) -> None:
    """Take what is said while no step runs."""


def _rows(report: Report) -> Iterator[tuple[str, str]]:
    yield "board", f"{report.board}, {report.target}, {report.connection}"
    yield "design id", report.design_id
    sizes = report.bytes_per_sample
    yield "per sample", f"{sizes['in']:g} bytes in, {sizes['out']:g} bytes out"
    yield "folder", report.folder
    for kind in ("bit", "bundle", "profile", "page"):
        if kind in report.products:
            yield kind, f"{report.folder}/{report.products[kind]}"
    if report.timing is not None:
        yield "timing", slack(report.timing)
    if report.utilization is not None:
        used = report.utilization.items()
        yield "utilisation", ", ".join(f"{name} {of['percent']:g} %" for name, of in used)
    if report.latency_us is not None:
        yield "latency", ", ".join(f"{name} {us:.1f} us" for name, us in report.latency_us.items())
    if report.accuracy is not None:
        beside = "" if report.accuracy_float is None else f" (float {report.accuracy_float:.2%})"
        yield "accuracy", f"{report.accuracy:.2%}{beside}"
    if report.bit_exact is not None:
        yield "result", f"{report.bit_exact}/{report.samples} bit-exact with {report.expected}"
