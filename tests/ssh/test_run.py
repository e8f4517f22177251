"""Deployments that go well."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hls4ml_soc.bundle import MANIFEST, Bundle
from hls4ml_soc.connections.ssh import Ssh
from hls4ml_soc.deploy import EXAMPLE_REUSE, deploy, example
from hls4ml_soc.errors import BoardError, LinkError, ModelError
from hls4ml_soc.options import Options
from hls4ml_soc.report import compare
from hls4ml_soc.trial import Trial

from .bench.board import FAKE, PASSWORD
from .bench.password_server import PasswordServer

STRANGE = "a b $(touch pwned) 'q' \"r\"\n-rf.txt"


def changed(bundle: Bundle, folder: Path, **more: bytes) -> Bundle:
    """The bundle with other files beside its own."""
    files = {path: (bundle.folder / path).read_bytes() for path in bundle.manifest["files"]}
    manifest = {k: v for k, v in bundle.manifest.items() if k not in ("files", "format")}
    return Bundle.write(folder, files | more, manifest)


def test_a_deployment_and_another(bench, z2, loopback, inputs, tmp_path) -> None:
    remarks, doing = [], []
    connection = bench.connect(now=doing.append)
    run = connection.run(loopback, z2, inputs, tmp_path / "scratch", remarks.append)
    np.testing.assert_array_equal(list(run.outputs.values()), list(inputs.values()))
    assert (run.noted["device"], run.noted["latency_us"]) == ("Pynq-Z2", [])
    count = len(loopback.manifest["files"]) + 1
    size = sum(path.stat().st_size for path in loopback.folder.rglob("*") if path.is_file())
    assert remarks == [f"{count} of {count} files uploaded ({size / 1e6:.1f} MB)"]
    last = [text for text in doing if text.startswith("uploading ")][-1].split()
    assert last[1] == last[3] and float(last[3]) == pytest.approx(size / 1e6, abs=0.2)
    assert "XILINX_XRT : /usr" in (tmp_path / "scratch/run.log").read_text()
    (there,) = bench.board.bundles
    assert Bundle.read(there.resolve()).manifest == loopback.manifest
    assert bench.board.left == ["home/xilinx/hls4ml_soc"] and bench.board.settled()

    before = {p: p.stat().st_ino for p in there.resolve().rglob("*")}
    more = changed(loopback, tmp_path / "more", **{STRANGE: b"strange"})
    bench.board.write("etc/program.sh", FAKE)  # what it does is not the matter any more
    remarks.clear()
    connection.run(more, z2, inputs, tmp_path / "scratch", remarks.append)
    size = len(b"strange") + (more.folder / MANIFEST).stat().st_size
    assert remarks[0] == f"2 of {count + 1} files uploaded ({size / 1e6:.1f} MB)"
    after = {p.name: p.stat().st_ino for p in there.resolve().rglob("*")}
    assert after["loopback.bit"] == {p.name: n for p, n in before.items()}["loopback.bit"]
    assert (there / STRANGE).read_bytes() == b"strange"
    assert bench.board.left == ["home/xilinx/hls4ml_soc"]
    assert not list(bench.board.root.rglob("pwned"))

    remarks.clear()
    connection.run(more, z2, inputs, tmp_path / "scratch", remarks.append)
    assert remarks[0] == f"all {count + 1} files were there already"
    # One constant line is all that the board's shell has seen.
    seen = {line for line in bench.board.commands.splitlines() if not line.startswith("sudo ")}
    assert len(seen) == 1


@pytest.mark.deep
def test_a_deployment_to_an_image_of_ones_own(bench_zcu102, zcu102, inputs, tmp_path) -> None:
    out = tmp_path / "out"
    deploy(None, str(zcu102.path), Options(loopback=True, until="bundle", target="pynq", out=out))
    bundle = Bundle.read(out / "bundle")
    (tensor,) = bundle.described["inputs"]
    given = {tensor["name"]: np.resize(inputs["sent"], (5, *tensor["shape"]))}
    remarks = []
    connection = bench_zcu102.connect()
    run = connection.run(bundle, zcu102, given, tmp_path / "scratch", remarks.append)
    np.testing.assert_array_equal(list(run.outputs.values()), list(given.values()))
    assert run.noted["device"] == "ZCU102"


@pytest.mark.parametrize(
    ("code", "kind", "ended"),
    [(2, ModelError, ""), (3, LinkError, ""), (137, LinkError, " (exit code 137)")],
)
def test_what_the_program_ends_with(
    bench, z2, loopback, inputs, tmp_path, code: int, kind, ended: str
) -> None:
    bench.board.write("etc/program.sh", f"echo error: x is too long >&2; exit {code}\n")
    log, remarks = tmp_path / "scratch/run.log", []
    with pytest.raises(kind) as error:
        bench.connect().run(loopback, z2, inputs, log.parent, remarks.append)
    assert str(error.value) == (f"pynq-z2 at {bench.sshd.host}: x is too long{ended}\n  log: {log}")
    assert remarks[-1] == "error: x is too long"
    assert bench.board.left == [] and bench.board.bundles == []


@pytest.mark.deep
def test_inputs_that_do_not_fit_are_the_users(bench, z2, loopback, tmp_path) -> None:
    with pytest.raises(ModelError, match=r"\(3,\)"):
        bench.connect().run(loopback, z2, {"sent": np.zeros(3)}, tmp_path / "s", lambda text: None)


def test_no_secret_is_told(bench, z2, loopback, inputs, tmp_path, caplog) -> None:
    """Login and sudo by password: it is in no log, no command line, no environment, no file."""
    caplog.set_level(logging.DEBUG)
    bench.board.write("etc/sudo_mode", "password")
    bench.board.write("etc/program.sh", 'echo "held"\n')
    server = PasswordServer(bench.sshd.folder / "host_key", bench.board.root / "session", PASSWORD)
    known = bench.home / ".ssh/known_hosts"
    known.write_text(f"[127.0.0.1]:{server.port} {bench.sshd.public}\n")
    seen = []

    def now(text: str) -> None:
        if text == "held":
            for process in bench.board.processes():
                for name in ("cmdline", "environ"):
                    seen.append((Path("/proc") / str(process) / name).read_bytes())

    try:
        connection = Ssh(f"xilinx@127.0.0.1:{server.port}", password=lambda _: PASSWORD, now=now)
        connection.run(loopback, z2, inputs, tmp_path / "scratch", lambda text: None)
    finally:
        server.close()
    told = [*seen, *(p.read_bytes() for p in (tmp_path / "scratch").iterdir())]
    told += [caplog.text.encode(), bench.board.commands.encode(), repr(vars(connection)).encode()]
    assert len(seen) >= 6 and "Auth" in caplog.text and "sudo -H -k -S" in bench.board.commands
    assert not [text for text in told if PASSWORD.encode() in text]
    (bench.board.root / "etc/password").unlink()
    kept = [p for p in tmp_path.rglob("*") if p.is_file() and PASSWORD.encode() in p.read_bytes()]
    assert kept == []


def test_models_and_boards_do_not_mix(bench, z2, loopback, inputs, tmp_path) -> None:
    bit = loopback.folder / "loopback.bit"
    connection, scratch = bench.connect(), tmp_path / "scratch"

    def refused(bundle: Bundle, board=z2) -> str:
        with pytest.raises(BoardError) as error:
            connection.run(bundle, board, inputs, scratch, lambda text: None)
        return str(error.value)

    vendor = bit.read_bytes().replace(b";Virtual=hls4ml_soc", b"; a design by Vivado")
    real = changed(loopback, tmp_path / "real", **{"loopback.bit": vendor})
    assert refused(real) == (
        f"{real.folder}/loopback.bit is for a real device; what answers at {bench.sshd.host} is a "
        "virtual board, which cannot execute it: give it a bundle of the stand-ins, or name a real "
        "board"
    )
    bench.board.write("proc/device-tree/compatible", "tul,pynq-z2\0xlnx,zynq-7000\0")
    connection.check(z2, "pynq")
    assert not connection.virtual
    assert refused(loopback) == (
        f"{bit} was made without Vivado and holds no configuration of a device; {bench.sshd.host} "
        "is a real board: build it with --tools vendor"
    )
    other = replace(z2, name="other", part="xc7z010clg400-1")
    assert refused(loopback, other) == (
        f"{loopback.folder} is for pynq-z2 (xc7z020clg400-1), target pynq; not for other "
        "(xc7z010clg400-1), target pynq"
    )
    assert bench.board.bundles == []


@pytest.mark.deep
def test_a_real_board_takes_the_time_of_single_samples(bench, z2, loopback, inputs, tmp_path):
    bench.board.write("etc/program.sh", 'echo "$*"; exit 3\n')
    connection = bench.connect()
    connection.check(z2, "pynq")
    connection._machine = replace(connection._machine, compatible=["xlnx,zynq-7000"])
    bit = (loopback.folder / "loopback.bit").read_bytes()
    files = {"loopback.bit": bit.replace(b";Virtual=hls4ml_soc", b"")}
    real = changed(loopback, tmp_path / "real", **files)
    remarks = []
    with pytest.raises(Exception, match="log: "):
        connection.run(real, z2, inputs, tmp_path / "scratch", remarks.append)
    assert remarks[1].endswith("--report run.json --latency-runs 200")


@pytest.mark.deep
@pytest.mark.parametrize(("server", "board"), [("bench", "z2"), ("bench_zcu102", "zcu102")])
def test_every_image_of_the_example(server: str, board: str, request, tmp_path) -> None:
    kind, machine = request.getfixturevalue(board), request.getfixturevalue(server)
    network, images, labels = example()
    options = Options(input=images, labels=labels, reuse=EXAMPLE_REUSE, target="pynq")
    out = tmp_path / "out"
    deploy(network, str(kind.path), replace(options, until="bundle", out=out))
    bundle, remarks = Bundle.read(out / "bundle"), []
    trial, connection = Trial.read(bundle), machine.connect()
    for _ in range(2):
        run = connection.run(bundle, kind, trial.inputs, tmp_path / "scratch", remarks.append)
        assert compare(run.outputs, trial.expected).bit_exact == 360
    count = len(bundle.manifest["files"]) + 1
    assert remarks[0].startswith(f"{count} of {count} files uploaded")
    assert remarks[-1] == f"all {count} files were there already"
