"""The host of a data-centre card behind SSH: what is checked, what runs there, what goes wrong."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc.board import Board
from hls4ml_soc.bundle import Bundle
from hls4ml_soc.connections import choice
from hls4ml_soc.connections.ssh import Ssh, card_judge
from hls4ml_soc.contract import Contract
from hls4ml_soc.deploy import deploy
from hls4ml_soc.errors import BoardError, LinkError, ModelError, ToolError
from hls4ml_soc.execute import Silence, execute
from hls4ml_soc.loopback import Loopback
from hls4ml_soc.options import Options
from hls4ml_soc.targets import vitis
from hls4ml_soc.toolchains.standin import StandIn

from .bench.board import HOLD
from .bench.card import ECHO, SHELL, CardFiles
from .conftest import Bench, behind
from .test_faults import LOST, fails, interrupted_in_mid_run, when
from .test_run import changed

PLATFORM = "xilinx_u250_gen3x16_xdma_4_1_202210_1"


@pytest.fixture
def machine(servers, tmp_path, home):
    """A machine with an Alveo U250 whose host key is known."""
    yield from behind(servers, CardFiles(tmp_path / "machine"), home)


@pytest.fixture(scope="session")
def u250() -> Board:
    return Board.load("alveo-u250")


@pytest.fixture(scope="session")
def kernel(tmp_path_factory) -> Bundle:
    """A bundle for an Alveo U250, made by the stand-ins: what is sent comes back."""
    folder, board = tmp_path_factory.mktemp("kernel"), Board.load("alveo-u250")
    contract = Contract(Loopback.on(board), board, "aligned", 2)
    plan = vitis.plan(contract)
    products = execute(plan, folder, StandIn(), Silence())
    return vitis.bundle(contract, plan, products, folder / "bundle", {})


@pytest.fixture
def words(kernel):
    (tensor,) = kernel.described["inputs"]
    random = np.random.default_rng(1)
    return {tensor["name"]: random.integers(0, 8, (5, *tensor["shape"])).astype(np.float64)}


def unfit(bench: Bench, board: Board) -> list[str]:
    with pytest.raises(BoardError) as error:
        bench.connect().check(board, "vitis")
    start = f"{bench.sshd.host}: "
    lines = str(error.value).splitlines()
    assert all(line.startswith(start) for line in lines)
    return [line[len(start) :] for line in lines]


def kept(bench: Bench) -> list[Path]:
    """What was compiled and stays."""
    return sorted(bench.board.store.glob(".made-*"))


def clean(bench: Bench) -> bool:
    """Whether nothing runs, and nothing lies there but bundles and one compiled host."""
    assert bench.board.settled() and len(kept(bench)) <= 1
    made = [f"home/xilinx/hls4ml_soc/{path.name}" for path in kept(bench)]
    left = [name for name in bench.board.left if not name.startswith(tuple(made) or "/")]
    return left == ["home/xilinx/hls4ml_soc"]


@pytest.mark.deep
def test_a_deployment(machine, u250, kernel, words, tmp_path) -> None:
    """The host that ships, compiled there, on the virtual card; and once more."""
    for compiled in (True, False):
        remarks = []
        run = machine.connect().run(kernel, u250, words, tmp_path / "scratch", remarks.append)
        np.testing.assert_array_equal(list(run.outputs.values()), list(words.values()))
        assert ("the host was compiled there already" in remarks) is not compiled
        assert (run.noted["compute_units"], run.noted["latency_us"]) == (2, [])
        assert clean(machine) and len(kept(machine)) == 1
    assert "g++" in (tmp_path / "scratch/make.log").read_text()


def test_bundle_and_host_stay_there(machine, u250, kernel, words, tmp_path) -> None:
    board, remarks = machine.board, []
    xrt = f"XRT of {board.root}/opt/xilinx/xrt"
    board.pretends(ECHO)
    connection = machine.connect()
    run = connection.run(kernel, u250, words, tmp_path / "scratch", remarks.append)
    np.testing.assert_array_equal(run.outputs["received"], words["sent"])
    assert connection.virtual
    assert run.noted == {
        "runtime": xrt, "seconds": 0.5, "compute_units": 2, "latency_us": [], "clock_mhz": None,
    }  # fmt: skip
    assert remarks[1] == f"on {xrt}, card 0, 0000:17:00.1 ({SHELL})"
    (there,) = board.bundles
    assert Bundle.read(there.resolve()).manifest == kernel.manifest
    assert clean(machine) and "sudo" not in board.commands
    (host,) = kept(machine)

    remarks.clear()
    connection.run(kernel, u250, words, tmp_path / "scratch", remarks.append)
    count = len(kernel.manifest["files"]) + 1
    assert remarks[0] == f"all {count} files were there already"
    assert remarks[2] == "the host was compiled there already"
    assert (board.root / "made").read_text() == "made\n" and kept(machine) == [host]

    # With another XRT it is another host.
    board.write("opt/xilinx/xrt/version.json", '{"BUILD_VERSION": "2.16.204"}')
    machine.connect().run(kernel, u250, words, tmp_path / "scratch", remarks.append)
    assert (board.root / "made").read_text() == "made\nmade\n"
    assert clean(machine) and len(kept(machine)) == 1 and kept(machine) != [host]


def test_a_host_that_does_not_compile(machine, u250, kernel, words, tmp_path) -> None:
    machine.board.write("etc/make.sh", "echo 'x.cpp:1:1: error: no such thing' >&2; exit 2\n")
    log = tmp_path / "scratch/make.log"
    assert fails(machine.connect(), kernel, u250, words, tmp_path, ToolError) == (
        f"{machine.sshd.host}: the host does not compile: x.cpp:1:1: error: no such thing\n"
        f"  log: {log}"
    )
    assert machine.board.settled() and machine.board.left == []


@pytest.mark.deep
def test_from_the_command_line_on(machine, tmp_path) -> None:
    sshd = machine.sshd
    options = Options(
        loopback=True, tools="standin", host=sshd.host, identity=sshd.key, out=tmp_path / "out"
    )
    report = deploy(None, "alveo-u250", options)
    assert (report.connection, report.bit_exact) == ("ssh", report.samples)
    assert report.latency_us is None and report.throughput_per_s is None


def test_the_option_is_for_cards_too(machine) -> None:
    connection = choice.choose("vitis", Options(host=machine.sshd.host), "vendor")
    assert isinstance(connection, Ssh)
    assert choice.choose("vitis", Options(), "standin").name == "xrt"
    with pytest.raises(ModelError, match="vitis is reached with --host, not with --port"):
        choice.choose("vitis", Options(port="/dev/ttyUSB0"), "vendor")


def test_a_machine_that_is_not_fit(machine, u250) -> None:
    files = machine.board
    setup = files.root / "opt/xilinx/xrt/setup.sh"
    machine.connect().check(u250, "vitis")

    files.cards()
    assert unfit(machine, u250) == [
        "`xbutil examine` shows no card: is it in its slot, is the driver xocl loaded (`lsmod`), "
        "and may this user open it?"
    ]
    files.cards("xilinx_u55c_gen3x16_xdma_base_3")
    assert unfit(machine, u250) == [
        "`xbutil examine` shows xilinx_u55c_gen3x16_xdma_base_3, alveo-u250 is built for "
        f"{PLATFORM}: check --host and --board"
    ]
    files.cards(SHELL, ready="No")
    assert unfit(machine, u250) == [
        f"`xbutil examine` says that 0000:17:00.1 ({SHELL}) is not ready: reset it (`xbutil "
        "reset`), or ask who runs the machine"
    ]
    files.cards(SHELL)
    text = setup.read_text()
    setup.write_text(text.replace(":$PATH", f":{files.root}/bin"))
    assert unfit(machine, u250) == [
        "the host is compiled with g++, which is missing; on Debian and Ubuntu: sudo apt-get "
        "install g++"
    ]
    (files.root / "opt/xilinx/xrt/include/xrt/xrt_bo.h").unlink()
    files.write("proc/meminfo", "MemAvailable: 1024 kB\n")
    assert unfit(machine, u250)[0] == (
        f"{files.root}/opt/xilinx/xrt has no headers of XRT's C++ API (xrt/xrt_bo.h)"
    )
    assert unfit(machine, u250)[2] == "only 1 MB of memory are free, 512 MB are wanted"
    setup.unlink()
    assert unfit(machine, u250)[0] == (
        "no XRT here: XILINX_XRT is not set, and /opt/xilinx/xrt/setup.sh is missing. Install XRT "
        "and the package of the card's platform"
    )


def test_models_and_cards_do_not_mix(machine, u250, kernel, words, tmp_path) -> None:
    name = kernel.described["xclbin"]["file"]
    where, connection = machine.sshd.host, machine.connect()

    def refused(bundle: Bundle, board: Board = u250) -> str:
        return fails(connection, bundle, board, words, tmp_path, BoardError, 2)

    content = (kernel.folder / name).read_bytes()
    real = changed(kernel, tmp_path / "real", **{name: content[:332] + b"\0\0" + content[334:]})
    assert refused(real) == (
        f"{real.folder / name} is for a real card; what {where} has is a virtual one, which cannot "
        "execute it: give it a bundle of the stand-ins, or name a machine with a card"
    )
    machine.board.write("sys/class/dmi/id/sys_vendor", "Dell Inc.\n")
    connection = machine.connect()
    assert refused(kernel) == (
        f"{kernel.folder / name} was made without Vitis and holds no configuration of a device; "
        f"{where} has real cards: build it with --tools vendor"
    )
    other = replace(u250, name="other", part="xcu280-fsvh2892-2L-e")
    assert refused(kernel, other) == (
        f"{kernel.folder} is for alveo-u250 (xcu250-figd2104-2L-e), target vitis; not for other "
        "(xcu280-fsvh2892-2L-e), target vitis"
    )
    assert machine.board.bundles == []


def test_a_real_card_takes_the_time_of_single_samples(machine, u250, kernel, words, tmp_path):
    name = kernel.described["xclbin"]["file"]
    content = (kernel.folder / name).read_bytes()
    real = changed(kernel, tmp_path / "real", **{name: content[:332] + b"\0\0" + content[334:]})
    machine.board.write("sys/class/dmi/id/sys_vendor", "Dell Inc.\n")
    machine.board.cards("xilinx_u55c_gen3x16_xdma_base_3", "xilinx_u250_gen3x16_base_4")
    machine.board.pretends(ECHO)
    (given,) = kernel.described["inputs"]
    (taken,) = kernel.described["outputs"]
    assert taken["name"] == "received"
    remarks = []
    run = machine.connect().run(real, u250, words, tmp_path / "scratch", remarks.append)
    assert run.noted["latency_us"] == [500_000.0]
    assert remarks[1].endswith(
        "card 1, 0000:18:00.1 (xilinx_u250_gen3x16_base_4); not verified that this is "
        f"{PLATFORM}, XRT compares them"
    )
    files = f"{given['name']}.npy --output received=output_received.npy"
    start = f"--json run.json --input {given['name']}="
    assert remarks[2:] == [
        f"{start}input_{files} --batch 3 --runs 1 --deadline 30 --device 1",
        f"{start}single_{files} --batch 1 --runs 100 --deadline 30 --device 1",
    ]


def test_connection_lost_in_mid_run(machine, u250, kernel, words, tmp_path) -> None:
    machine.board.pretends(HOLD)
    connection = machine.connect(now=when("holding", machine.sshd.cut))
    assert fails(connection, kernel, u250, words, tmp_path) == f"{machine.sshd.host}: {LOST}"
    assert clean(machine) and machine.board.bundles == []


@pytest.mark.deep
def test_interrupted_in_mid_run(machine, u250, kernel, words, tmp_path) -> None:
    machine.board.pretends(HOLD)
    interrupted_in_mid_run(machine, u250, kernel, words, tmp_path)
    assert clean(machine) and machine.board.bundles == []


@pytest.mark.parametrize(
    ("code", "kind"), [(2, ModelError), pytest.param(3, LinkError, marks=pytest.mark.deep)]
)
def test_what_the_host_ends_with(machine, u250, kernel, words, tmp_path, code, kind) -> None:
    machine.board.pretends(f"echo error: the card is busy >&2; exit {code}\n")
    log = tmp_path / "scratch/run.log"
    assert fails(machine.connect(), kernel, u250, words, tmp_path, kind, code) == (
        f"alveo-u250 at {machine.sshd.host}: the card is busy\n  log: {log}"
    )
    assert clean(machine) and machine.board.bundles == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f"  [0000:65:00.1] : {SHELL} ", card_judge.Found("0000:65:00.1", SHELL, True)),
        (
            f"|[0000:65:00.1]  |{SHELL}  |0x1  |No  |",
            card_judge.Found("0000:65:00.1", SHELL, False),
        ),
        ("0 devices found", None),
    ],
)
def test_what_releases_of_xrt_print(line: str, found) -> None:
    machine = card_judge.Machine("", "", "", True, True, "", "xbutil", line, "", "", True, 1, None)
    assert machine.found == ([found] if found else [])


def test_without_xrts_tool_nothing_is_known_of_the_card(u250) -> None:
    machine = card_judge.Machine(
        "Dell Inc.", "/opt/xilinx/xrt", "", True, True, "g++ 12", "", "", "u", "/home/u", True,
        1 << 40, None,
    )  # fmt: skip
    assert card_judge.problems(machine, u250, "x@y") == []
    assert machine.card(u250) == (0, "card 0, not verified: neither xrt-smi nor xbutil is there")
