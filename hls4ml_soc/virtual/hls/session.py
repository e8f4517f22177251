"""The Tcl commands of an HLS session."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from hls4ml_soc.virtual.hls.compile import run_testbench, tool_headers
from hls4ml_soc.virtual.hls.errors import HlsError
from hls4ml_soc.virtual.hls.project import (
    PART,
    SOURCE_SUFFIXES,
    Project,
    Solution,
    check_uncertainty,
    open_folder,
    period_ns,
)
from hls4ml_soc.virtual.hls.synthesis import export, synthesise
from hls4ml_soc.virtual.hls.tools import COMMANDS, Tool, parse_command

Options = dict[str, str]


class Session:
    """State of one tool run; ``cwd`` tells the script's working directory, ``say`` prints."""

    def __init__(self, tool: Tool, cwd: Callable[[], Path], say: Callable[[str], None]) -> None:
        """Begin without a project."""
        self.tool = tool
        self._cwd = cwd
        self._say = say
        self._project: Project | None = None

    def commands(self) -> Mapping[str, Callable[[list[str]], str]]:
        """Return the tool's commands by name."""
        return {name: self._command(name) for name in COMMANDS}

    def _command(self, name: str) -> Callable[[list[str]], str]:
        action = getattr(self, "_" + name, None)

        def run(arguments: list[str]) -> str:
            options, words = parse_command(self.tool, name, arguments)
            if action is None:
                self._solution().settings.setdefault(name, {}).update(options)
            else:
                action(options, words)
            return ""

        return run

    def _open_project(self, options: Options, words: list[str]) -> None:
        folder = self._cwd() / words[0]
        open_folder(folder, "-reset" in options)
        self._project = Project(folder, self._cwd())
        self._info(f"[HLS 200-10] Opening project '{folder}'.")

    def _close_project(self, options: Options, words: list[str]) -> None:
        self._opened()
        self._project = None

    def _close_solution(self, options: Options, words: list[str]) -> None:
        self._solution()
        self._opened().solution = None

    def _set_top(self, options: Options, words: list[str]) -> None:
        self._opened().top = words[0]

    def _add_files(self, options: Options, words: list[str]) -> None:
        names = [name for word in words for name in word.split()]
        self._opened().add(names, options.get("-cflags", ""), "-tb" in options)

    def _open_solution(self, options: Options, words: list[str]) -> None:
        project = self._opened()
        folder = project.folder / words[0]
        open_folder(folder, "-reset" in options)
        project.solution = Solution(folder)
        project.solution.settings["open_solution"] = options

    def _set_part(self, options: Options, words: list[str]) -> None:
        if not PART.fullmatch(words[0]):
            raise HlsError(f"[HLS 200-1023] Part '{words[0]}' is not installed.")
        self._solution().part = words[0]

    def _create_clock(self, options: Options, words: list[str]) -> None:
        clock = options.get("-name", "default")
        self._solution().clocks[clock] = period_ns(options.get("-period", "10"))

    def _set_clock_uncertainty(self, options: Options, words: list[str]) -> None:
        check_uncertainty(words[0])
        self._solution().uncertainty = words[0]
        clocks = self._solution().clocks
        for name in words[1:]:
            if name not in clocks:
                known = ", ".join(clocks) or "none"
                raise HlsError(
                    f"[HLS 200-101] 'set_clock_uncertainty': no clock '{name}' (clocks: {known})"
                )

    def _csim_design(self, options: Options, words: list[str]) -> None:
        project, solution = self._opened(), self._solution()
        programs = {f: g for f, g in project.bench.items() if f.suffix in SOURCE_SUFFIXES}
        if not programs:
            raise HlsError("[SIM 211-100] csim_design: no test bench, use add_files -tb")
        build = solution.folder / "csim" / "build"
        shutil.rmtree(build, ignore_errors=True)
        build.mkdir(parents=True)
        for path in project.bench.keys() - programs.keys():
            copy = shutil.copytree if path.is_dir() else shutil.copy
            copy(path, build / path.name)
        sources = [*project.sources, *programs]
        flags = [*project.flags(), *(flag for g in programs.values() for flag in g)]
        headers = tool_headers(sources, solution.folder / "csim" / "include")
        code = run_testbench(sources, build, list(dict.fromkeys(flags)), headers, project.cwd)
        if code != 0:
            raise HlsError(f"[SIM 211-100] CSim failed: the test bench returned {code}.")
        self._info("[SIM 211-1] CSim done with 0 errors.")

    def _csynth_design(self, options: Options, words: list[str]) -> None:
        project, solution = self._opened(), self._solution()
        if not solution.part:
            raise HlsError("[HLS 200-70] No part: use set_part")
        synthesise(self.tool, project, solution)
        self._info(f"stand-in: compiled '{project.top}'; latency and resources are not known.")

    def _cosim_design(self, options: Options, words: list[str]) -> None:
        raise HlsError("cosim_design is not run by the stand-in: it has no RTL to simulate")

    def _export_design(self, options: Options, words: list[str]) -> None:
        project, solution = self._opened(), self._solution()
        configured = solution.settings.get("config_export", {})
        if options.get("-flow", "none") != "none" or "-evaluate" in options:
            raise HlsError("export_design: Vivado runs of the core are not run by the stand-in")
        export(project, solution, {**configured, **options})
        self._info(f"[HLS 200-802] Generated output file {solution.folder}/impl/ip")

    def _opened(self) -> Project:
        if self._project is None:
            raise HlsError("[HLS 200-643] No project is open: use open_project")
        return self._project

    def _solution(self) -> Solution:
        solution = self._opened().solution
        if solution is None:
            raise HlsError("[HLS 200-643] No solution is open: use open_solution")
        return solution

    def _info(self, text: str) -> None:
        self._say(f"INFO: {text}")
