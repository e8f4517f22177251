"""Whether a machine can run the host of a data-centre card, and has the card."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ...board import Board
from .judge import VIRTUAL

#: Bytes that a machine should have left: an .xclbin of a large card is some 100 MB.
DISK, MEMORY = 512 << 20, 512 << 20
#: A line of ``xbutil examine``: ``[0000:65:00.1] : xilinx_u250_gen3x16_base_4 ... Yes``, with
#: bars for colons in later releases of XRT; up to 2.12 the line ends with the name.
_CARD = re.compile(
    r"\[([0-9a-f:]+\.[0-9a-f])\][ \t]*[:|][ \t]*(xilinx_[\w-]+)(?:[^\n]*?\b(Yes|No)\b)?", re.I
)


@dataclass(frozen=True)
class Found:
    """What XRT's tool says of a card: ``ready`` is False where it says that it is not."""

    address: str
    shell: str
    ready: bool

    def fits(self, platform: str) -> bool:
        """Whether it is the kind of card that a platform is for."""
        return self.shell.split("_")[1].lower() == platform.split("_")[1].lower()

    def has(self, platform: str) -> bool:
        """Whether its shell is named as the platform is: ``xilinx_u250_gen3x16_xdma_shell_4_1`` for
        ``xilinx_u250_gen3x16_xdma_4_1_202210_1``."""
        shell = re.sub(r"_(shell|base)(?=_)", "", self.shell)
        return shell == re.sub(r"_\d{6}_\d+$", "", platform)


@dataclass(frozen=True)
class Machine:
    """What a machine says of itself: ``release`` is XRT's ``version.json``, ``cards`` what its
    ``tool`` prints of them. Sizes are in bytes, None where it does not say."""

    vendor: str
    xrt: str
    release: str
    headers: bool
    make: bool
    compiler: str
    tool: str
    cards: str
    user: str
    home: str
    writable: bool
    disk_free: int
    memory_free: int | None

    @classmethod
    def of(cls, told: dict[str, Any]) -> Machine:
        """Take an agent's answer."""
        return cls(**{name: told[name] for name in cls.__dataclass_fields__})

    @property
    def virtual(self) -> bool:
        """Whether its cards are models."""
        return self.vendor == VIRTUAL

    @property
    def found(self) -> list[Found]:
        """The cards, in the tool's order."""
        return [
            Found(address, shell, ready.lower() != "no")
            for address, shell, ready in _CARD.findall(self.cards)
        ]

    def card(self, board: Board) -> tuple[int, str]:
        """Return the number of the card to use, and what is to be told of it."""
        platform = _platform(board)
        if not self.tool:
            return 0, "card 0, not verified: neither xrt-smi nor xbutil is there"
        ranked = sorted(
            (not card.has(platform), not card.ready, number)
            for number, card in enumerate(self.found)
            if card.fits(platform)
        )
        other, _, number = ranked[0]
        card = self.found[number]
        unsure = f"; not verified that this is {platform}, XRT compares them" if other else ""
        return number, f"card {number}, {card.address} ({card.shell}){unsure}"


def problems(machine: Machine, board: Board, where: str) -> list[str]:
    """Return what keeps a machine from being the card's host, a sentence with a remedy each."""
    found = [*_software(machine), *_cards(machine, board), *_room(machine)]
    return [f"{where}: {problem}" for problem in found]


def _software(machine: Machine) -> list[str]:
    found = []
    if not machine.xrt:
        found.append(
            "no XRT here: XILINX_XRT is not set, and /opt/xilinx/xrt/setup.sh is missing. Install "
            "XRT and the package of the card's platform"
        )
    elif not machine.headers:
        found.append(f"{machine.xrt} has no headers of XRT's C++ API (xrt/xrt_bo.h)")
    for program, there in (("make", machine.make), ("g++", machine.compiler)):
        if not there:
            found.append(
                f"the host is compiled with {program}, which is missing; on Debian and Ubuntu: "
                f"sudo apt-get install {program}"
            )
    return found


def _cards(machine: Machine, board: Board) -> list[str]:
    if not machine.xrt or not machine.tool:
        return []  # of which nothing is known
    asked = f"`{machine.tool} examine`"
    if not machine.found:
        return [
            f"{asked} shows no card: is it in its slot, is the driver xocl loaded (`lsmod`), and "
            "may this user open it?"
        ]
    fitting = [card for card in machine.found if card.fits(_platform(board))]
    if not fitting:
        shells = ", ".join(card.shell for card in machine.found)
        return [
            f"{asked} shows {shells}, {board.name} is built for {_platform(board)}: check --host "
            "and --board"
        ]
    if not any(card.ready for card in fitting):
        return [
            f"{asked} says that {fitting[0].address} ({fitting[0].shell}) is not ready: reset it "
            f"(`{machine.tool} reset`), or ask who runs the machine"
        ]
    return []


def _room(machine: Machine) -> list[str]:
    found = []
    if not machine.writable:
        found.append(f"{machine.home} cannot be written by '{machine.user}'")
    if machine.disk_free < DISK:
        found.append(
            f"only {machine.disk_free >> 20} MB of disk are free, {DISK >> 20} MB are wanted: "
            "remove files"
        )
    if machine.memory_free is not None and machine.memory_free < MEMORY:
        found.append(
            f"only {machine.memory_free >> 20} MB of memory are free, {MEMORY >> 20} MB are wanted"
        )
    return found


def _platform(board: Board) -> str:
    assert board.data_centre is not None  # a board of target vitis
    return board.data_centre.platform
