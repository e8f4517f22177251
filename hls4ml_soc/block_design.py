"""A Vivado block design around the accelerator: what of it is particular to one contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import __version__, preflight, render, resources
from .contract import Contract
from .errors import DesignError
from .loopback import Loopback
from .plan import Plan, Step
from .toolchains import versions

#: hls4ml backend -> the command that HLS projects of this backend need. Which executable serves it
#: is the toolchain's knowledge: ``vitis_hls`` became ``vitis-run --mode hls`` in 2023.2.
HLS_TOOL = {"Vitis": "vitis_hls", "Vivado": "vivado_hls"}
#: Family -> the first Vivado that has its processor, where not every one has.
SINCE = {name: each.since for name, each in versions.table().families.items() if each.reason}
#: Family -> what it makes beside the products of every family; ``updatemem`` reads ``mmi``.
PRODUCTS = {"microblaze": {"mmi": "soc.mmi"}}


@dataclass(frozen=True)
class BlockDesign:
    """Processing system, AXI DMA and core; the Tcl in ``vivado_tcl`` builds it."""

    contract: Contract
    allow_negative_slack: bool = False

    @property
    def is_loopback(self) -> bool:
        """Whether a FIFO stands in the network's place."""
        return isinstance(self.contract.accelerator, Loopback)

    def check(self) -> list[str]:
        """Return every reason why this design cannot be built."""
        problems = preflight.problems(self.contract)
        backend = self.contract.accelerator.backend
        if not self.is_loopback and backend not in HLS_TOOL:
            problems.append(
                f"the hls4ml project is for the backend {backend}; convert the network with "
                "backend='Vitis'"
            )
        return problems

    def checked(self) -> BlockDesign:
        """Return the design itself.

        Raises DesignError with every problem.
        """
        if problems := self.check():
            raise DesignError(problems)
        return self

    def settings(self) -> dict[str, Any]:
        """Return what ``vivado_tcl/settings.tcl`` holds."""
        contract, board = self.contract, self.contract.board
        identity = int(contract.design_id, 16)
        return {
            "core": "loopback" if self.is_loopback else "network",
            "family": board.processing_system.family,
            "part": board.part,
            "board_part": board.board_part,
            "vlnv": "" if self.is_loopback else f"xilinx.com:hls:{contract.top}:1.0",
            "ip_repository": ""
            if self.is_loopback
            else f"../hls/{contract.top}_prj/solution1/impl/ip",
            "clock_mhz": f"{contract.clock_mhz:g}",
            "allow_negative_slack": self.allow_negative_slack,
            "jobs": 4,
            "clock_source": board.clock.source,
            "pins": board.constraints(),
            "isa": board.processing_system.isa,
            "local_memory_kib": board.processing_system.local_memory_kib,
            "baud": board.console.baud if board.console else 0,
            "control_port": board.processing_system.control,
            "memory_port": board.memory.port,
            "memory_bits": board.memory.bits,
            "address_bits": board.memory.address_bits,
            "memory_ranges": [f"0x{v:08X}" for r in board.memory.ranges for v in (r.base, r.size)],
            "stream_bits_in": contract.inputs.bits,
            "stream_bits_out": contract.outputs.bits,
            "beats_in": contract.inputs.beats,
            "design_id_low": f"0x{identity & 0xFFFFFFFF:08X}",
            "design_id_high": f"0x{identity >> 32:08X}",
            "preset": board.preset,
        }

    def plan(self) -> Plan:
        """Return the build: HLS, then Vivado. Products are ``ip``, ``bit``, ``hwh``, ``xsa``,
        ``facts``."""
        return self._vivado() if self.is_loopback else self._hls() + self._vivado()

    def _hls(self) -> Plan:
        contract, accelerator = self.contract, self.contract.accelerator
        project = {
            "name": accelerator.name,
            "top": contract.top,
            "part": contract.board.part,
            "period": f"{1000 / contract.clock_mhz:g}",
            "uncertainty": accelerator.clock_uncertainty,
            "backend": accelerator.backend,
        }
        files = {
            f"hls/{contract.top}.cpp": render.render(
                "hls_templates/wrapper.cpp.j2", generated=self._generated(), contract=contract
            ),
            "hls/settings.tcl": render.render(
                "hls_templates/settings.tcl.j2", generated=self._generated(), settings=project
            ),
        }
        # Not ap_axi_sdata.h: that one stands in for AMD's where g++ compiles.
        for pattern in ("soc_*.h", "run_hls.tcl"):
            for name, text in resources.files("hls_templates", pattern).items():
                files[f"hls/{name}"] = text
        step = Step(
            title="HLS",
            tool=HLS_TOOL[accelerator.backend],
            arguments=("run_hls.tcl",),
            folder="hls",
            products={"ip": f"{contract.top}_prj/solution1/impl/ip/component.xml"},
        )
        return Plan(files, (step,), {"project": accelerator.digest()})

    def _vivado(self) -> Plan:
        files = {
            f"vivado/{name}": text
            for name, text in resources.files("vivado_tcl").items()
            if not name.endswith(".j2")
        }
        files["vivado/settings.tcl"] = render.render(
            "vivado_tcl/settings.tcl.j2", generated=self._generated(), settings=self.settings()
        )
        products = {"bit": "soc.bit", "hwh": "soc.hwh", "xsa": "soc.xsa", "facts": "facts.txt"}
        family = self.contract.board.processing_system.family
        products |= PRODUCTS.get(family, {})
        since = SINCE.get(family, "")
        met = not self.allow_negative_slack
        step = Step("Vivado", "vivado", ("build.tcl",), "vivado", products, since, met)
        return Plan(files, (step,))

    def _generated(self) -> str:
        contract = self.contract
        return render.comment(
            f"Generated by hls4ml_soc {__version__} from {contract.accelerator.name} "
            f"for {contract.board.name}. Do not edit."
        )
