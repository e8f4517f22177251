"""The project commands of ``xsct`` (UG1400), 2019.2 to 2025.x: platform, application, build."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hls4ml_soc.virtual.vitis import compile as build
from hls4ml_soc.virtual.vitis import releases
from hls4ml_soc.virtual.vitis.errors import Refused
from hls4ml_soc.virtual.vitis.hardware import Hardware
from hls4ml_soc.virtual.vitis.words import Takes

_SETWS = Takes("setws", least=1, most=1)
_REPO = Takes("repo", flags="-apps")
_PLATFORM = {
    "create": Takes("platform create", options="-name -hw -proc -os -arch -desc -out"),
    "active": Takes("platform active", least=1, most=1),
    "generate": Takes("platform generate"),
}
_APP = {
    "create": Takes("app create", options="-name -platform -domain -template -sysproj -lang"),
    "config": Takes(
        "app config", flags="-set -get -add -remove", options="-name", least=1, most=2, raw=1
    ),
    "build": Takes("app build", options="-name"),
}
_IMPORT = Takes("importsources", flags="-soft-link", options="-name -path")
_PARAMETERS = frozenset(
    "assembler-flags build-config compiler-misc compiler-optimization define-compiler-symbols "
    "include-path libraries library-search-path linker-misc linker-script "
    "undef-compiler-symbols".split()
)
DOMAIN = "standalone_domain"


@dataclass
class Platform:
    """A platform of the workspace."""

    name: str
    hardware: Hardware
    processor: str
    generated: bool = False


@dataclass
class Application:
    """An application of the workspace; ``settings`` are values that were added or set."""

    name: str
    settings: dict[str, list[str]] = field(default_factory=dict)

    @property
    def configuration(self) -> str:
        """Return the folder that it is built in."""
        return self.settings.get("build-config", ["debug"])[-1].capitalize()


class Classic:
    """One session of a release. ``cwd`` tells the script's folder, ``say`` prints."""

    def __init__(self, release: str, cwd: Callable[[], Path], say: Callable[[str], None]) -> None:
        """Raise Refused for a release without xsct."""
        self._release = releases.numbers(release)
        if self._release > releases.LAST_CLASSIC:
            raise Refused("XSCT is no longer available starting in 2026.1")
        self._cwd, self._say = cwd, say
        self._workspace: Path | None = None
        self._platforms: dict[str, Platform] = {}
        self._active: Platform | None = None
        self._applications: dict[str, Application] = {}

    def commands(self) -> dict[str, Callable[[list[str]], str]]:
        """Return the commands by name."""
        return {
            "setws": self._setws,
            "repo": self._repo,
            "platform": self._group("platform", _PLATFORM),
            "app": self._group("app", _APP),
            "importsources": self._importsources,
        }

    def _group(self, name: str, takes: dict[str, Takes]) -> Callable[[list[str]], str]:
        def call(words: list[str]) -> str:
            self._opened(name)
            if not words or words[0] not in takes:
                raise Refused(f"stand-in: {name} {' '.join(words[:1])} is not modelled")
            found = takes[words[0]].parse(words[1:])
            action: Callable[..., str] = getattr(self, f"_{name}_{words[0]}")
            return action(found.options, found.flags, found.rest)

        return call

    def _opened(self, command: str) -> Path:
        if self._workspace is None:
            raise Refused(f"{command}: no workspace is set: use setws")
        return self._workspace

    def _setws(self, words: list[str]) -> str:
        folder = self._cwd() / _SETWS.parse(words).rest[0]
        if self._workspace is not None:
            raise Refused("setws: a workspace is set already; -switch is not modelled")
        if (folder / ".metadata").exists():
            raise Refused(f"setws: {folder} is in use, or was left by an earlier run")
        (folder / ".metadata").mkdir(parents=True)
        self._workspace = folder
        return ""

    def _repo(self, words: list[str]) -> str:
        if "-apps" not in _REPO.parse(words).flags:
            raise Refused("stand-in: of `repo` it knows -apps")
        return "\n".join(self._templates())

    def _templates(self) -> tuple[str, ...]:
        c = "Empty Application(C)" if self._release >= (2021, 1) else "Empty Application"
        return ("Hello World", c, "Empty Application (C++)", "Zynq FSBL")

    def _platform_create(self, given: dict[str, str], flags: set[str], rest: list[str]) -> str:
        workspace = self._opened("platform create")
        _need("platform create", given, "-name", "-hw", "-proc", "-os")
        if "-out" in given:
            raise Refused("platform create: -out cannot be used with a workspace")
        hardware = Hardware.read(self._cwd() / given["-hw"])
        processor, name = given["-proc"], given["-name"]
        if processor not in hardware.processors:
            raise Refused(f"platform create: no processor {processor}: {hardware.processors}")
        if not hardware.boot_domains:
            raise Refused("stand-in: classic platforms of a MicroBlaze V are not modelled")
        if given["-os"] != "standalone":
            raise Refused(f"stand-in: the operating system {given['-os']} is not modelled")
        if ("-arch" in given) != processor.startswith("psu_cortexa53"):
            raise Refused("platform create: -arch is for Cortex-A53, which needs it")
        if given.get("-arch", "64-bit") != "64-bit":
            raise Refused("stand-in: -arch 32-bit is not modelled")
        if (workspace / name).exists():
            raise Refused(f"platform create: {name} exists")
        (workspace / name / "hw").mkdir(parents=True)
        (workspace / name / "hw" / hardware.path.name).write_bytes(hardware.path.read_bytes())
        self._active = self._platforms[name] = Platform(name, hardware, processor)
        return ""

    def _platform_active(self, given: dict[str, str], flags: set[str], rest: list[str]) -> str:
        if rest[0] not in self._platforms:
            raise Refused(f"platform active: no platform {rest[0]}")
        self._active = self._platforms[rest[0]]
        return ""

    def _platform_generate(self, given: dict[str, str], flags: set[str], rest: list[str]) -> str:
        if self._active is None:
            raise Refused("platform generate: no platform is active")
        name = self._active.name
        path = self._opened("platform") / name / "export" / name / f"{name}.xpfm"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("stand-in\n")
        self._active.generated = True
        return ""

    def _app_create(self, given: dict[str, str], flags: set[str], rest: list[str]) -> str:
        _need("app create", given, "-name", "-platform", "-domain")
        platform = self._platforms.get(given["-platform"])
        if platform is None or not platform.generated:
            raise Refused(f"app create: platform {given['-platform']} is not there or not built")
        if given["-domain"] != DOMAIN:
            raise Refused(f"app create: no domain {given['-domain']}: there is {DOMAIN}")
        template = given.get("-template", "Hello World")
        if template not in self._templates():
            raise Refused(f"app create: no template '{template}': there is {self._templates()}")
        source = self._opened("app create") / given["-name"] / "src"
        source.mkdir(parents=True)
        (source / "lscript.ld").write_text("SECTIONS\n{\n}\n")
        if template == "Hello World":
            (source / "helloworld.c").write_text("int main(void) { return 0; }\n")
        self._applications[given["-name"]] = Application(given["-name"])
        return ""

    def _importsources(self, words: list[str]) -> str:
        given = _IMPORT.parse(words).options
        _need("importsources", given, "-name", "-path")
        name = self._application("importsources", given["-name"]).name
        folder = self._cwd() / given["-path"]
        if not folder.is_dir():
            raise Refused(f"importsources: {folder} is no folder")
        for path in folder.iterdir():
            (self._opened("importsources") / name / "src" / path.name).write_bytes(
                path.read_bytes()
            )
        return ""

    def _app_config(self, given: dict[str, str], flags: set[str], rest: list[str]) -> str:
        _need("app config", given, "-name")
        application = self._application("app config", given["-name"])
        name = rest[0]
        if name not in _PARAMETERS:
            raise Refused(f"app config: no parameter {name}: there is {sorted(_PARAMETERS)}")
        if len(flags) > 1 or flags & {"-get", "-remove"}:
            raise Refused("stand-in: of `app config` it knows -set and -add")
        if "-add" in flags and name == "compiler-optimization":
            raise Refused("app config: -add is not supported for compiler-optimization")
        if len(rest) != 2:
            raise Refused(f"app config: a value for {name} is missing")
        if name == "build-config" and rest[1] not in ("debug", "release"):
            raise Refused(f"app config: no configuration {rest[1]}")
        application.settings.setdefault(name, []).append(rest[1])
        return ""

    def _app_build(self, given: dict[str, str], flags: set[str], rest: list[str]) -> str:
        _need("app build", given, "-name")
        application = self._application("app build", given["-name"])
        folder = self._opened("app build") / application.name
        elf = folder / application.configuration / f"{application.name}.elf"
        for line in build.build(folder / "src", False, (), elf):
            self._say(line)  # the command itself does not fail
        return ""

    def _application(self, command: str, name: str) -> Application:
        if name not in self._applications:
            raise Refused(f"{command}: no application {name}")
        return self._applications[name]


def _need(command: str, given: dict[str, str], *options: str) -> None:
    for option in options:
        if option not in given:
            raise Refused(f"{command}: {option} is missing")
