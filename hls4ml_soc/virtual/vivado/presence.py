"""What exists from which Vivado release on, or up to which (facts of UG835 per release, public
scripts and hand-off files)."""

from __future__ import annotations

import re

#: IP -> first release; all others are in every release from 2019.2 on.
IP_SINCE = {
    "microblaze_riscv:1.0": "2024.1",
    "mdm_riscv:1.0": "2024.1",
    "zynq_ultra_ps_e:3.4": "2022.1",
    "zynq_ultra_ps_e:3.5": "2023.1",
    "ilconcat:1.0": "2024.2",
    "ilconstant:1.0": "2024.2",
    "ilslice:1.0": "2024.2",
    "ilvector_logic:1.0": "2024.2",
    "ilreduced_logic:1.0": "2024.2",
}
#: IP -> last release.
IP_UNTIL = {"zynq_ultra_ps_e:3.3": "2021.2", "zynq_ultra_ps_e:3.4": "2022.2"}
#: (command, option) -> first release.
OPTION_SINCE = {
    ("assign_bd_address", "offset"): "2019.2",
    ("assign_bd_address", "target_address_space"): "2019.2",
    ("assign_bd_address", "with_locktype"): "2023.1",
    ("assign_bd_address", "with_name"): "2023.2",
}


def numbers(version: str) -> tuple[int, ...]:
    """Return year and number of a release, or the parts of an IP's version, to compare."""
    return tuple(int(n) for n in re.findall(r"\d+", version))


def has_ip(release: tuple[int, ...], key: str) -> bool:
    """Say whether a release has an IP, given as ``name:version``."""
    since, until = IP_SINCE.get(key), IP_UNTIL.get(key)
    return not (since and release < numbers(since)) and not (until and release > numbers(until))
