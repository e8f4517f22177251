"""What differs between the families of boards that mutants are made for."""

from __future__ import annotations

from dataclasses import dataclass, field

#: A design and the release of Vivado that builds it.
Setup = tuple[str, str]


@dataclass(frozen=True)
class Family:
    """A family by one of its boards.

    ``setups`` are what is built, in the order of preference. Patterns are of places in the family's
    own Tcl; an empty one is of a thing that the family does not have.
    """

    name: str
    board: str
    target: str
    setups: tuple[Setup, ...]
    releases: tuple[str, ...]
    #: Another family, which the settings may name by mistake.
    other: str
    #: Cell -> pins that the scripts do not use, to be confused with those that they do.
    neighbours: dict[str, list[str]]
    #: Setting -> values that nothing can be built from.
    illegal: dict[str, tuple[str, ...]]
    #: Setting -> ports that exist and have the other direction.
    wrong_modes: dict[str, tuple[str, ...]]
    #: Widths of the memory port that do not fit.
    wrong_bits: tuple[str, ...]
    #: Values of the preset that are choices; empty without a preset.
    preset: str
    preset_name: str
    clock_enable: str
    reset_enable: str
    #: Where a second clock is switched on, the text for that ({mhz}), and its pin.
    second_clock: tuple[str, str, str]
    #: Where the frequency is asked for.
    frequency: str
    #: Frequencies that are refused, of the setting and where it is used.
    frequencies: tuple[str, ...]
    #: Where the pin of the clock is returned; other pins.
    clock_pin: tuple[str, tuple[str, ...]]
    #: Lowest address of the control port: where, and values outside of what it reaches.
    base: tuple[str, tuple[str, ...]]
    offsets: tuple[str, ...]
    ranges: tuple[str, ...]
    memory: tuple[str, ...]
    #: Address spaces and segments in the family's Tcl: pattern -> what stands there instead.
    segments: dict[str, tuple[str, ...]]
    #: Settings with other values that mean the same, or that are as legal.
    harmless: dict[str, tuple[str, ...]]
    #: Cells that no software asks for.
    cells: tuple[str, ...]
    #: Legal addresses: offsets of the DMA's registers, of the identity.
    legal: tuple[tuple[str, ...], tuple[str, ...]] = field(default=((), ()))

    @property
    def file(self) -> str:
        """The family's Tcl, as the plan names it."""
        return f"vivado/families/{self.name}.tcl"
