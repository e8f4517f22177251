"""The commands of ``xsdb`` (UG1725), on the devices of the bench."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from hls4ml_soc.virtual.tcl import split_list
from hls4ml_soc.virtual.vitis import elf
from hls4ml_soc.virtual.vitis.bench import Bench
from hls4ml_soc.virtual.vitis.device import Clock, Core, Device
from hls4ml_soc.virtual.vitis.errors import Refused
from hls4ml_soc.virtual.vitis.filters import compile_filter
from hls4ml_soc.virtual.vitis.hardware import Hardware
from hls4ml_soc.virtual.vitis.soft import Soft
from hls4ml_soc.virtual.vitis.words import Takes, number
from hls4ml_soc.virtual.vitis.zynq7 import Zynq7
from hls4ml_soc.virtual.vitis.zynqmp import ZynqMp

FAMILIES: Mapping[str, type[Device]] = {"zynq7": Zynq7, "zynqmp": ZynqMp, "microblaze": Soft}

_CONNECT = Takes("connect", options="-url -host -port")
_TARGETS = Takes("targets", flags="-set -nocase", options="-filter", most=1)
_RST = Takes("rst", flags="-system -processor -cores -clear-registers")
_FPGA = Takes("fpga", flags="-no-revision-check -skip-compatibility-check", options="-file")
_LOADHW = Takes("loadhw", flags="-regs", options="-hw -mem-ranges")
_CONFIG = Takes("configparams", least=2, most=2)
_MRD = Takes("mrd", flags="-force -value", least=1, most=2)
_MWR = Takes("mwr", flags="-force", least=2, most=2)
_DOW = Takes("dow", flags="-force -clear", least=1, most=1)
_CON, _STOP, _DISCONNECT = Takes("con"), Takes("stop"), Takes("disconnect")
_AFTER = Takes("after", least=1, most=1)


class Debugger:
    """One session. ``cwd`` tells the script's folder, ``say`` prints."""

    def __init__(self, bench: Bench, cwd: Callable[[], Path], say: Callable[[str], None]) -> None:
        """Begin without a connection."""
        self._bench, self._cwd, self._say = bench, cwd, say
        self._clock = Clock()
        self._devices: list[Device] | None = None
        self._used: list[Device] = []
        self._selected: tuple[Device, str] | None = None

    def commands(self) -> dict[str, Callable[[list[str]], str]]:
        """Return the commands by name."""
        names = "connect disconnect targets rst fpga loadhw configparams mrd mwr dow con stop after"
        return {name: getattr(self, f"_{name}") for name in names.split()}

    def unfinished(self) -> str:
        """Return what a script has left undone."""
        for device in self._used:
            for core in device.cores.values():
                if core.program and not core.running:
                    return f"stand-in: {core.program.name} was downloaded and never started: `con`"
        return ""

    def _connect(self, words: list[str]) -> str:
        given = _CONNECT.parse(words).options
        if "-url" in given and len(given) > 1:
            raise Refused("connect: -url and -host are alternatives")
        host, port = given.get("-host", "localhost"), given.get("-port", "3121")
        url = given.get("-url", f"TCP:{host}:{port}").upper()
        if not self._bench.server or url != self._bench.server:
            raise Refused(f"Connection refused: no hw_server at {url}")
        there = [each for each in self._bench.boards if each.fault != "unplugged"]
        self._devices = [FAMILIES[each.family](each, self._clock) for each in there]
        self._used += self._devices
        return "tcfchan#0"

    def _disconnect(self, words: list[str]) -> str:
        _DISCONNECT.parse(words)
        self._connected()
        self._devices = self._selected = None
        return ""

    def _targets(self, words: list[str]) -> str:
        found = _TARGETS.parse(words)
        if found.rest:
            raise Refused("stand-in: numbers of targets change from run to run: use -filter")
        listed = [
            (device, name)
            for device in self._connected()
            if device.on.fault != "off"
            for name in device.targets()
        ]
        text = found.options.get("-filter", "")
        test = compile_filter(text, "-nocase" in found.flags) if text else lambda properties: True
        chosen = [
            (device, name)
            for device, name in listed
            if test({"name": name, "jtag_cable_name": device.on.cable})
        ]
        if "-set" not in found.flags:
            return "\n".join(f"  {at + 1}  {name}" for at, (_, name) in enumerate(chosen))
        names = ", ".join(name for _, name in listed) or "none"
        if not chosen:
            raise Refused(f'no targets found with "{text}". available targets: {names}')
        if len(chosen) > 1:
            several = ", ".join(f"{name} ({device.on.cable})" for device, name in chosen)
            raise Refused(f'more than one target found with "{text}": {several}')
        self._selected = chosen[0]
        return ""

    def _rst(self, words: list[str]) -> str:
        found = _RST.parse(words)
        device, name = self._target()
        if "-system" in found.flags:
            device.system_reset(name)
        else:
            raise Refused("stand-in: of resets it knows `rst -system`")
        return ""

    def _fpga(self, words: list[str]) -> str:
        given = _FPGA.parse(words).options
        if "-file" not in given:
            raise Refused("stand-in: of `fpga` it knows -file")
        device, name = self._target()
        if not device.may_configure(name):
            raise Refused(f"fpga: {name} is no FPGA: select it with `targets`")
        device.configure(self._file(given["-file"]))
        self._say("100%    configuration done")
        return ""

    def _loadhw(self, words: list[str]) -> str:
        given = _LOADHW.parse(words).options
        if "-hw" not in given:
            raise Refused("loadhw: -hw is missing")
        Hardware.read(self._file(given["-hw"]))
        device, _ = self._target()
        for pair in split_list(given.get("-mem-ranges", "")):
            first, last = (number("loadhw", word) for word in split_list(pair))
            device.mapped.append((first, last))
        device.loaded = True
        return ""

    def _configparams(self, words: list[str]) -> str:
        name, value = _CONFIG.parse(words).rest
        if name != "force-mem-access" or value not in ("0", "1"):
            raise Refused("stand-in: of `configparams` it knows force-mem-access 0 or 1")
        self._target()[0].forced = value == "1"
        return ""

    def _mrd(self, words: list[str]) -> str:
        found = _MRD.parse(words)
        device, _ = self._target()
        first = number("mrd", found.rest[0])
        count = number("mrd", found.rest[1]) if len(found.rest) > 1 else 1
        values = [
            (at, self._forced(device, found.flags, at)) for at in range(first, first + 4 * count, 4)
        ]
        if "-value" in found.flags:
            return " ".join(str(value) for _, value in values)
        return "\n".join(f"{at:8X}:   {value:08X}" for at, value in values)

    def _forced(self, device: Device, flags: set[str], address: int) -> int:
        before, device.forced = device.forced, device.forced or "-force" in flags
        try:
            return device.read(address)
        finally:
            device.forced = before

    def _mwr(self, words: list[str]) -> str:
        address, value = (number("mwr", word) for word in _MWR.parse(words).rest)
        self._target()[0].write(address, value & 0xFFFFFFFF)
        return ""

    def _dow(self, words: list[str]) -> str:
        path = self._file(_DOW.parse(words).rest[0])
        device, core = self._core("dow")
        device.download(core, elf.read(path), path)
        self._say(f"Successfully downloaded {path}")
        return ""

    def _con(self, words: list[str]) -> str:
        _CON.parse(words)
        device, core = self._core("con")
        device.start(core)
        self._bench.note(
            {
                "running": core.name,
                "cable": device.on.cable,
                "program": str(core.program),
                "configured": device.design is not None,
                "forced": device.forced,
                "waited_ms": self._clock.now,
            }
        )
        self._say(f"Info: {core.name} Running")
        return ""

    def _stop(self, words: list[str]) -> str:
        _STOP.parse(words)
        _, core = self._core("stop")
        if not core.running:
            raise Refused("Already stopped")
        core.running = False
        return ""

    def _after(self, words: list[str]) -> str:
        self._clock.now += number("after", _AFTER.parse(words).rest[0])
        return ""

    def _connected(self) -> list[Device]:
        if self._devices is None:
            raise Refused('Invalid target. Use "connect" command to connect to hw_server')
        return self._devices

    def _target(self) -> tuple[Device, str]:
        self._connected()
        if self._selected is None:
            raise Refused("no target is selected: use `targets -set`")
        device, name = self._selected
        if name not in device.targets():
            raise Refused(f"target {name} is gone: select it again")
        return self._selected

    def _core(self, command: str) -> tuple[Device, Core]:
        device, name = self._target()
        if name not in device.cores:
            raise Refused(f"{command}: {name} is no processor")
        return device, device.cores[name]

    def _file(self, name: str) -> Path:
        path = self._cwd() / name
        if not path.is_file():
            raise Refused(f'couldn\'t open "{name}": no such file or directory')
        return path
