"""The hardware hand-off file (``.hwh``) of a block design: the one reader.

Vivado writes the design as implemented into this XML file: cells and their parameters, nets,
interfaces and address maps. Drivers, C headers and the virtual boards learn the hardware from
here. Read: files of Vivado 2019.2 to 2024.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

from .model import (
    End,
    Hwh,
    HwhError,
    Interface,
    MemoryRange,
    Module,
    Port,
    Register,
    vlnv_name,
)

_UNCONNECTED = "__NOC__"  # BUSNAME of an interface without a connection


def read(path: Path) -> Hwh:
    """Read a ``.hwh`` file. Raises HwhError, naming the file and the place."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise HwhError(f"{path}: {reason}") from error
    return parse(text, str(path))


def parse(text: str, origin: str = "hwh") -> Hwh:
    """Read the text of a ``.hwh`` file; ``origin`` names it in messages. Raises HwhError."""
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise HwhError(f"{origin}: not XML ({error})") from error
    if root.tag != "EDKSYSTEM":
        raise HwhError(
            f"{origin}: not a hardware hand-off file (root is {root.tag}, not EDKSYSTEM)"
        )
    try:
        return _design(root)
    except HwhError as error:
        raise HwhError(f"{origin}: {error}") from None


def _design(root: ElementTree.Element) -> Hwh:
    info = root.find("SYSTEMINFO")
    if info is None:
        raise HwhError("no SYSTEMINFO")
    modules: dict[str, Module] = {}
    for element in root.iterfind("MODULES/MODULE"):
        module = _module(element)
        if module.name in modules:
            raise HwhError(f"two cells are called {module.name}")
        modules[module.name] = module
    ports = {p.name: p for p in map(_port, root.iterfind("EXTERNALPORTS/PORT"))}
    return Hwh(
        name=_need(info, "NAME"),
        arch=_need(info, "ARCH"),
        device=_need(info, "DEVICE"),
        package=info.get("PACKAGE", ""),
        speed=info.get("SPEEDGRADE", ""),
        board=info.get("BOARD", ""),
        vivado=root.get("VIVADOVERSION", ""),
        modules=modules,
        ports=ports,
    )


def _module(element: ElementTree.Element) -> Module:
    name = _need(element, "INSTANCE")
    vlnv = element.get("VLNV", "")
    interfaces = [_interface(e) for e in element.iterfind("BUSINTERFACES/BUSINTERFACE")]
    return Module(
        name=name,
        full_name=element.get("FULLNAME", "/" + name),
        vlnv=vlnv,
        kind=element.get("MODTYPE") or vlnv_name(vlnv),
        parameters=_parameters(element.iterfind("PARAMETERS/PARAMETER")),
        ports={p.name: p for p in map(_port, element.iterfind("PORTS/PORT"))},
        interfaces={i.name: i for i in interfaces},
        memory_map=tuple(_range(e, name) for e in element.iterfind("MEMORYMAP/MEMRANGE")),
        registers=tuple(
            _register(e, block.get("INTERFACE", ""))
            for block in element.iter("ADDRESSBLOCK")
            for e in block.iter("REGISTER")
        ),
    )


def _port(element: ElementTree.Element) -> Port:
    name = _need(element, "NAME")
    width = 1
    if "LEFT" in element.attrib:
        bounds = [_need(element, "LEFT"), _need(element, "RIGHT")]
        if not all(re.fullmatch(r"\d+", bound) for bound in bounds):
            raise HwhError(f"pin {name} has the bounds {bounds[0]}:{bounds[1]}")
        width = abs(int(bounds[0]) - int(bounds[1])) + 1
    ends = tuple(
        End(c.get("INSTANCE", ""), c.get("PORT", ""))
        for c in element.iterfind("CONNECTIONS/CONNECTION")
    )
    hertz = element.get("CLKFREQUENCY", "")
    return Port(
        name,
        _need(element, "DIR"),
        width,
        element.get("SIGNAME", ""),
        ends,
        element.get("SIGIS", "").lower(),
        int(hertz) if hertz.isdigit() else 0,
    )


def _interface(element: ElementTree.Element) -> Interface:
    bus = element.get("BUSNAME", "")
    maps = {_need(m, "LOGICAL"): _need(m, "PHYSICAL") for m in element.iterfind("PORTMAPS/PORTMAP")}
    return Interface(
        name=_need(element, "NAME"),
        type=_need(element, "TYPE"),
        vlnv=element.get("VLNV", ""),
        busname="" if bus == _UNCONNECTED else bus,
        parameters=_parameters(element.iterfind("PARAMETER")),
        portmaps=maps,
    )


def _range(element: ElementTree.Element, module: str) -> MemoryRange:
    texts = [_need(element, "BASEVALUE"), _need(element, "HIGHVALUE")]
    try:
        base, high = (int(text, 16) for text in texts)
    except ValueError:
        raise HwhError(
            f"address range {texts[0]}..{texts[1]} of {module} is not hexadecimal"
        ) from None
    names = ("INSTANCE", "ADDRESSBLOCK", "MASTERBUSINTERFACE", "SLAVEBUSINTERFACE", "MEMTYPE")
    instance, block, master, slave, memtype = (element.get(name, "") for name in names)
    return MemoryRange(instance, block, base, high, master, slave, memtype)


def _register(element: ElementTree.Element, interface: str) -> Register:
    name = _need(element, "NAME")
    properties = {_need(e, "NAME"): e.get("VALUE", "") for e in element.iterfind("PROPERTY")}
    text = properties.get("ADDRESS_OFFSET", "")
    try:
        offset = int(text, 0)
    except ValueError:
        raise HwhError(f"register {name} has the offset {text!r}") from None
    fields = tuple(_need(e, "NAME") for e in element.iterfind("FIELDS/FIELD"))
    return Register(name, interface, offset, properties.get("ACCESS", ""), fields)


def _parameters(elements: Iterable[ElementTree.Element]) -> Mapping[str, str]:
    return {_need(e, "NAME"): e.get("VALUE", "") for e in elements}


def _need(element: ElementTree.Element, attribute: str) -> str:
    value = element.get(attribute)
    if value is None:
        where = element.get("NAME") or element.get("INSTANCE") or ""
        raise HwhError(f"{element.tag} {where} has no {attribute}".replace("  ", " "))
    return value
