"""Machines over SSH: boards with a PYNQ image, hosts of data-centre cards (``service.py``).

Nothing is installed there, and one constant command line is all that its shell sees: the
rest goes through that as data (``session.py`` here, ``data/`` there)."""

from __future__ import annotations

import getpass
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...board import Board
from ...bundle import MANIFEST, Bundle
from ...errors import BoardError, LinkError, ModelError, ToolError
from ...report import Arrays
from ...toolchains import messages
from .. import Run
from . import address, client
from .card import Card
from .data.machine import MARK
from .data.wire import Refused
from .pynq import Pynq
from .refusal import refusal
from .service import Machine, Service, Word
from .session import Session, sha256

#: Target -> what its machines are for.
SERVICES: dict[str, Service] = {each.target: each for each in (Pynq(), Card())}
#: Seconds that the program may say nothing. Its own deadlines are shorter, for each transfer.
PATIENCE = 900.0
#: Takes a line.
Told = Callable[[str], None]


class Ssh:
    """A board, or the host of a card, at ``[user@]host[:port]``.

    ``identity`` is a private key, ``jump`` a host to go through (``none``: not even the one in
    ``~/.ssh/config``). ``password`` takes what is asked for and returns it; without it nobody is
    asked. ``accept_new_host_key`` notes unknown host keys instead of refusing them. ``now`` takes
    what is going on at the moment."""

    name = "ssh"

    def __init__(
        self,
        host: str,
        identity: Path | None = None,
        jump: str | None = None,
        password: Callable[[str], str] | None = None,
        *,
        accept_new_host_key: bool = False,
        now: Callable[[str], None] = lambda text: None,
        patience: float = PATIENCE,
    ) -> None:
        self._hops = address.route(host, jump, identity)
        self._secrets = client.Secrets(password)
        self._accept_new = accept_new_host_key
        self.now = now
        self._patience = patience
        self._sudo: str | None = None
        self._service: Service = SERVICES["pynq"]
        self._machine: Machine | None = None

    @property
    def where(self) -> str:
        """The board, as in messages."""
        return self._hops[-1].where

    @property
    def virtual(self) -> bool:
        """Whether what answers is a model; known after ``check``."""
        if self._machine is None:
            raise LinkError(f"{self.where} has not been asked yet")
        return self._machine.virtual

    def check(self, board: Board, target: str) -> None:
        """Find out whether the board can be reached and used.

        Raises LinkError where it cannot be reached, BoardError naming everything else that is in
        the way, each with its remedy."""
        if target not in SERVICES:
            raise BoardError(f"--host is for the targets {' and '.join(SERVICES)}, not {target}")
        self._service = SERVICES[target]
        with self._session() as session:
            told = session.ask("look", target=target)
            self._machine = self._service.machine(told)
            found = self._service.problems(self._machine, board, self.where)
            if not found and self._service.root:
                found = self._rights(session, told["root"] or told["sudo"])
            if found:
                self._machine = None  # which is not one to run on
                raise BoardError("\n".join(found))

    def run(
        self,
        bundle: Bundle,
        board: Board,
        inputs: Arrays,
        scratch: Path,
        remark: Callable[[str], None],
    ) -> Run:
        """Bring a bundle to the machine and run its program.

        ``inputs`` maps names to arrays (samples, ...); ``scratch`` gets the logs. Raises ModelError
        where the program refuses the inputs, BoardError for a bundle that is not for this board,
        ToolError where a host does not compile there, LinkError for all that fails on the way or
        there; the last bundle that ran then stays there.
        """
        if self._machine is None:
            self.check(board, bundle.manifest["target"])
        assert self._machine is not None
        service, machine = self._service, self._machine
        service.check_bundle(bundle, board, self.virtual, self.where)
        scratch.mkdir(parents=True, exist_ok=True)
        given = service.files(inputs, machine)
        with self._session() as session:
            remark(self._upload(session, bundle, given))
            there = _There(self, session, board, self.where, scratch, remark)
            run = service.compute(there, bundle, inputs, machine)
            session.ask("commit")
        return run

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with ExitStack() as stack:
            self.now(f"logging in to {self.where}")
            logged_in = client.log_in(self._hops, self._secrets, self._accept_new, stack)
            try:
                yield stack.enter_context(Session(logged_in, self.where))
            except Refused as error:
                raise refusal(error, self.where, self._service.advice) from None

    def _rights(self, session: Session, free: bool) -> list[str]:
        """Find out how to become root, and return why that cannot be."""
        self._sudo = None
        if free or self._machine is None:
            return []
        prompt, given = client.sudo_password(self._hops[-1], self._secrets)
        if given is None:
            return [
                f"{self.where}: PYNQ needs root, and sudo asks for a password that nobody is "
                'here to give: allow it without (`echo "$USER ALL=(ALL) NOPASSWD: ALL" | sudo tee '
                "/etc/sudoers.d/hls4ml_soc`), or log in as root"
            ]
        if not session.ask("password", password=given)["taken"]:
            self._secrets.forget(prompt)
            return [
                f"{self.where}: sudo does not take this password of '{self._machine.user}', or the "
                "user is not in group sudo: PYNQ needs root"
            ]
        self._sudo = given
        return []

    def _upload(self, session: Session, bundle: Bundle, given: dict[str, bytes]) -> str:
        """Bring over what the board has not; return how much that was."""
        contents = {
            path: (bundle.folder / path).read_bytes()
            for path in [*bundle.manifest["files"], MANIFEST]
        }
        digests = {path: sha256(content) for path, content in contents.items()}
        owner = f"{getpass.getuser()}@{socket.gethostname()}, since {time.strftime('%H:%M')}"
        opened = session.ask("open", name=bundle.name, files=digests, owner=owner)
        missing = opened["missing"]
        total = sum(len(contents[path]) for path in missing)
        size = sum(map(len, given.values()))
        if total + 2 * size > opened["disk_free"]:
            raise Refused("ENOSPC", f"{total + 2 * size} bytes are wanted")
        session.ask("stage")
        done = 0

        def told(count: int) -> None:
            nonlocal done
            done += count
            self.now(f"uploading {done / 1e6:.1f} of {(total + size) / 1e6:.1f} MB")

        for path in missing:
            session.put("bundle", path, contents[path], digests[path], told)
        for path, content in given.items():
            session.put("run", path, content, sha256(content), told)
        if not missing:
            return f"all {len(contents)} files were there already"
        return f"{len(missing)} of {len(contents)} files uploaded ({total / 1e6:.1f} MB)"

    def execute(self, session: Session, task: dict[str, Any], log: Path, told: Told) -> Any:
        """Run a program and keep what it prints, which ``told`` takes, too; return the answer."""
        with open(log, "w", encoding="utf-8") as file:
            own = False  # after what the files of the environment print

            def line(text: str) -> None:
                nonlocal own
                if text == MARK:
                    own = True
                    return
                file.write(text + "\n")
                file.flush()
                self.now(text)
                if own and text.strip():
                    told(text)

            service = self._service
            password = self._sudo if service.root else None
            rights = {"target": service.target, "root": service.root, "password": password}
            return session.run({**rights, **task}, line, self._patience)


@dataclass(frozen=True)
class _There:
    """The machine in the course of a run."""

    connection: Ssh
    session: Session
    board: Board
    where: str
    scratch: Path
    remark: Callable[[str], None]

    def run(self, argv: list[Word], program: str) -> None:
        code, cause, log = self._run(argv, program, "run", self.remark)
        if code == 0:
            return
        kind = ModelError if code == 2 else LinkError
        ended = f" (exit code {code})" if code not in (2, 3) else ""
        raise kind(f"{self.board.name} at {self.where}: {cause}{ended}\n  log: {log}")

    def make(self, argv: list[Word]) -> None:
        code, cause, log = self._run(argv, "make", "made", lambda text: None)
        if code != 0:
            raise ToolError(f"{self.where}: the host does not compile: {cause}\n  log: {log}")
        self.session.ask("keep")

    def _run(
        self, argv: list[Word], program: str, folder: str, told: Told
    ) -> tuple[int, str, Path]:
        """Run a command in an area; return its exit code, why it failed, and its log."""
        name = "make" if folder == "made" else "run"
        log = self.scratch / f"{name}.log"
        self.connection.now(program)
        task = {"argv": argv, "folder": folder}
        answer = self.connection.execute(self.session, task, log, told)
        cause = messages.cause(log.read_text(errors="replace")).text if answer["code"] else ""
        if not answer["began"]:
            raise LinkError(
                f"{self.where}: sudo does not let {program} start: {cause}\n  log: {log}"
            )
        return answer["code"], cause, log

    def made(self, key: str) -> bool:
        return bool(self.session.ask("made", key=key)["there"])

    def get(self, path: str) -> bytes:
        return self.session.get(path)
