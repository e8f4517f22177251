"""The Python API of ``vitis -s`` (UG1400), 2023.2 to 2025.2: client, platform, application."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hls4ml_soc.virtual.vitis import compile as build
from hls4ml_soc.virtual.vitis import releases
from hls4ml_soc.virtual.vitis.errors import Refused
from hls4ml_soc.virtual.vitis.hardware import Hardware

TEMPLATES = ("empty_application", "hello_world")
_SETTINGS = frozenset(
    "USER_COMPILE_DEFINITIONS USER_UNDEFINED_SYMBOLS USER_INCLUDE_DIRECTORIES "
    "USER_COMPILE_OPTIMIZATION_LEVEL USER_COMPILE_OPTIMIZATION_OTHER_FLAGS "
    "USER_COMPILE_DEBUG_LEVEL USER_COMPILE_OTHER_FLAGS USER_LINK_LIBRARIES "
    "USER_LINK_DIRECTORIES USER_LINKER_SCRIPT USER_LINK_OTHER_FLAGS".split()
)


class Domain:
    """A domain of a platform."""

    def __init__(self, name: str, hardware: Hardware) -> None:
        """Take its name and the hardware."""
        self._name, self._hardware = name, hardware

    def set_config(self, option: str, param: str, value: str, lib_name: str = "") -> None:
        """Set a parameter. Raises Refused for one that is not modelled."""
        if (option, param, lib_name) != ("lib", "XILTIMER_tick_timer", "xiltimer"):
            raise Refused(
                f"stand-in: the parameter {param} of {lib_name or option} is not modelled"
            )
        if value not in self._hardware.timers:
            raise Refused(f"XILTIMER_tick_timer: no timer {value}: {self._hardware.timers}")


class Platform:
    """A platform component."""

    def __init__(self, folder: Path, hardware: Hardware, processor: str, domain: str) -> None:
        """Take its folder, hardware, processor and domain."""
        self.folder, self.hardware, self.domain = folder, hardware, domain
        self._processor = processor

    @property
    def description(self) -> Path:
        """Return where its ``.xpfm`` lies."""
        name = self.folder.name
        return self.folder / "export" / name / f"{name}.xpfm"

    def list_domains(self) -> list[dict[str, str]]:
        """Return its domains, those of boot loaders first."""
        boot = [(name, self._processor) for name in self.hardware.boot_domains]
        return [
            {"domain_name": name, "display_name": name, "processor": cpu, "os": "standalone"}
            for name, cpu in (*boot, (self.domain, self._processor))
        ]

    def get_domain(self, name: str) -> Domain:
        """Return a domain. Raises Refused."""
        if name not in [each["domain_name"] for each in self.list_domains()]:
            raise Refused(f"no domain {name}: {self.list_domains()}")
        return Domain(name, self.hardware)

    def build(self) -> int:
        """Build its BSPs."""
        self.description.parent.mkdir(parents=True, exist_ok=True)
        self.description.write_text("stand-in\n")
        return 0


class LinkerScript:
    """The linker script of an application."""

    def __init__(self, path: Path) -> None:
        """Take the file."""
        self._path = path

    def set_stack_size(self, size: str) -> None:
        """Set the stack's size. Raises Refused for what is no number."""
        try:
            int(size, 0)
        except (TypeError, ValueError):
            raise Refused(f"set_stack_size: {size!r} is no size in text") from None
        text = re.sub(r"_STACK_SIZE = \w+;", f"_STACK_SIZE = {size};", self._path.read_text())
        self._path.write_text(text)


class Application:
    """An application component."""

    def __init__(self, folder: Path, platform: Platform) -> None:
        """Make its folder, as from the empty template."""
        self.folder, self._platform = folder, platform
        self.settings: dict[str, Any] = {}
        (folder / "src").mkdir(parents=True)
        script = "_STACK_SIZE = 0x400;\nMEMORY\n{\n}\nSECTIONS\n{\n.text : { *(.text) }\n}\n"
        (folder / "src" / "lscript.ld").write_text(script)

    def import_files(self, from_loc: str, files: list[str], dest_dir_in_cmp: str) -> None:
        """Copy files. Raises Refused for one that is not there."""
        target = self.folder / dest_dir_in_cmp
        target.mkdir(parents=True, exist_ok=True)
        for name in files:
            source = Path(from_loc) / name
            if not source.is_file():
                raise Refused(f"import_files: {source} does not exist")
            (target / name).write_bytes(source.read_bytes())

    def set_app_config(self, key: str, values: str | list[str]) -> None:
        """Set a variable of UserConfig.cmake. Raises Refused for one that it has not."""
        if key not in _SETTINGS:
            raise Refused(f"set_app_config: no key {key}")
        if key == "USER_COMPILE_OPTIMIZATION_LEVEL" and values not in (
            "-O0", "-O1", "-O2", "-O3", "-Os",
        ):  # fmt: skip
            raise Refused(f"set_app_config: {values} is no level of optimisation")
        self.settings[key] = values

    def get_ld_script(self) -> LinkerScript:
        """Return its linker script."""
        return LinkerScript(self.folder / "src" / "lscript.ld")

    def build(self) -> int:
        """Compile the top level of ``src``. A failure is told by messages and the status alone."""
        elf = self.folder / "build" / f"{self.folder.name}.elf"
        messages = build.build(self.folder / "src", True, (), elf)
        print("\n".join(messages), flush=True)
        return 1 if messages else 0


class Client:
    """A client of the server. Its platform call has the keyword of the release."""

    def __init__(self, release: tuple[int, int]) -> None:
        """Begin without a workspace."""
        self._release = release
        self._workspace: Path | None = None
        self._components: dict[str, Platform | Application] = {}
        self.open = True
        # hw became hw_design between 2023.2 and 2024.2.
        newer = release >= (2024, 1)
        self.create_platform_component = self._newer if newer else self._older

    def set_workspace(self, path: str) -> None:
        """Open a workspace. Raises Refused for one with contents that it did not make."""
        folder = Path(path)
        if folder.exists() and any(folder.iterdir()) and not (folder / "_ide").exists():
            raise Refused(f"cannot recognize the workspace version: {folder}")
        (folder / "_ide").mkdir(parents=True, exist_ok=True)
        self._workspace = folder

    def _older(self, name: str, hw: str, os: str, cpu: str, domain_name: str = "") -> Platform:
        return self._platform(name, hw, os, cpu, domain_name)

    def _newer(
        self, name: str, hw_design: str, os: str, cpu: str, domain_name: str = ""
    ) -> Platform:
        return self._platform(name, hw_design, os, cpu, domain_name)

    def _platform(self, name: str, hw: str, os: str, cpu: str, domain_name: str) -> Platform:
        workspace = self._opened()
        hardware = Hardware.read(Path(hw))
        if cpu not in hardware.processors:
            raise Refused(f"create_platform_component: no processor {cpu}: {hardware.processors}")
        if not hardware.boot_domains and self._release < releases.MICROBLAZE_V:
            raise Refused("no template supports the processor microblaze_riscv")
        if os != "standalone":
            raise Refused(f"stand-in: the operating system {os} is not modelled")
        if (workspace / name).exists():
            raise Refused(f"create_platform_component: {name} exists already")
        (workspace / name / "hw" / "sdt").mkdir(parents=True)
        made = Platform(workspace / name, hardware, cpu, domain_name or f"standalone_{cpu}")
        self._components[name] = made
        return made

    def get_component(self, name: str) -> Platform | Application:
        """Return a component. Raises Refused."""
        self._opened()
        if name not in self._components:
            raise Refused(f"get_component: no component {name}")
        return self._components[name]

    def create_app_component(
        self, name: str, platform: str, domain: str, template: str = "empty_application"
    ) -> Application:
        """Create an application for a platform that is built. Raises Refused."""
        workspace = self._opened()
        if template not in TEMPLATES:
            raise Refused(f"create_app_component: no template {template}: {TEMPLATES}")
        found = [
            each
            for each in self._components.values()
            if isinstance(each, Platform) and each.description == Path(platform)
        ]
        if not found or not Path(platform).is_file():
            raise Refused(f"create_app_component: {platform} is no platform that was built")
        if domain not in [each["domain_name"] for each in found[0].list_domains()]:
            raise Refused(f"create_app_component: {platform} has no domain {domain}")
        made = Application(workspace / name, found[0])
        self._components[name] = made
        return made

    def _opened(self) -> Path:
        if not self.open:
            raise Refused("the client was disposed of")
        if self._workspace is None:
            raise Refused("no workspace is set: set_workspace")
        return self._workspace
