"""Boards over SSH: PYNQ images.

Nothing is installed on the board, and one constant command line is all that its shell sees: the
rest goes through that as data (``session.py`` here, ``data/`` there)."""

from __future__ import annotations

import getpass
import io
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ...board import Board
from ...bundle import MANIFEST, Bundle
from ...errors import BoardError, LinkError, ModelError
from ...report import Arrays
from ...toolchains import messages
from .. import Run
from . import address, client, judge
from .data.machine import MARK
from .data.wire import Refused
from .refusal import refusal
from .session import Session, sha256

#: Single samples whose time is taken on a board; a model's time says nothing.
LATENCY_RUNS = 200
#: Seconds that the program may say nothing. Its own deadlines are shorter, for each transfer.
PATIENCE = 900.0


class Ssh:
    """A board at ``[user@]host[:port]``.

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
        self._now = now
        self._patience = patience
        self._sudo: str | None = None
        self._machine: judge.Machine | None = None

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
        if target != "pynq":
            raise BoardError(f"--host is for target pynq, not {target}")
        with self._session() as session:
            self._machine = judge.Machine.of(session.ask("look"))
            found = judge.problems(self._machine, board, self.where)
            if not found:
                found = self._rights(session, self._machine)
            if found:
                raise BoardError("\n".join(found))

    def run(
        self,
        bundle: Bundle,
        board: Board,
        inputs: Arrays,
        scratch: Path,
        remark: Callable[[str], None],
    ) -> Run:
        """Bring a bundle to the board and run its ``run.py``.

        ``inputs`` maps names to arrays (samples, ...); ``scratch`` gets the log. Raises ModelError
        where the driver refuses the inputs, BoardError for a bundle that is not for this board,
        LinkError for all that fails on the way or there; the last bundle that ran then stays there.
        """
        if self._machine is None:
            self.check(board, "pynq")
        judge.check_bundle(bundle, board, self.virtual, self.where)
        scratch.mkdir(parents=True, exist_ok=True)
        given = io.BytesIO()
        np.savez(given, **inputs)
        with self._session() as session:
            remark(self._upload(session, bundle, given.getvalue()))
            answer = self._execute(session, scratch / "run.log", remark)
            self._verdict(answer, board, scratch / "run.log")
            outputs, noted = session.get("outputs.npz"), session.get("run.json")
            session.ask("commit")
        with np.load(io.BytesIO(outputs)) as file:
            return Run(dict(file), json.loads(noted))

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with ExitStack() as stack:
            self._now(f"logging in to {self.where}")
            logged_in = client.log_in(self._hops, self._secrets, self._accept_new, stack)
            try:
                yield stack.enter_context(Session(logged_in, self.where))
            except Refused as error:
                raise refusal(error, self.where) from None

    def _rights(self, session: Session, machine: judge.Machine) -> list[str]:
        """Find out how to become root, and return why that cannot be."""
        self._sudo = None
        if machine.root or machine.sudo:
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
                f"{self.where}: sudo does not take this password of '{machine.user}', or the user "
                "is not in group sudo: PYNQ needs root"
            ]
        self._sudo = given
        return []

    def _upload(self, session: Session, bundle: Bundle, given: bytes) -> str:
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
        if total + 2 * len(given) > opened["disk_free"]:
            raise Refused("ENOSPC", f"{total + 2 * len(given)} bytes are wanted")
        session.ask("stage")
        done = 0

        def told(count: int) -> None:
            nonlocal done
            done += count
            self._now(f"uploading {done / 1e6:.1f} of {(total + len(given)) / 1e6:.1f} MB")

        for path in missing:
            session.put("bundle", path, contents[path], digests[path], told)
        session.put("run", "inputs.npz", given, sha256(given), told)
        if not missing:
            return f"all {len(contents)} files were there already"
        return f"{len(missing)} of {len(contents)} files uploaded ({total / 1e6:.1f} MB)"

    def _execute(
        self, session: Session, log: Path, remark: Callable[[str], None]
    ) -> dict[str, Any]:
        arguments = ["--input", "inputs.npz", "--output", "outputs.npz", "--report", "run.json"]
        if not self.virtual:
            arguments += ["--latency-runs", str(LATENCY_RUNS)]
        with open(log, "w", encoding="utf-8") as file:
            own = False  # after what the files of the environment print

            def line(text: str) -> None:
                nonlocal own
                if text == MARK:
                    own = True
                    return
                file.write(text + "\n")
                file.flush()
                self._now(text)
                if own and text.strip():
                    remark(text)

            self._now("run.py")
            return session.run(arguments, self._sudo, line, self._patience)

    def _verdict(self, answer: dict[str, Any], board: Board, log: Path) -> None:
        code = answer["code"]
        if code == 0:
            return
        cause = messages.cause(log.read_text(errors="replace")).text
        if not answer["began"]:
            raise LinkError(f"{self.where}: sudo does not let run.py start: {cause}\n  log: {log}")
        kind = ModelError if code == 2 else LinkError
        ended = f" (exit code {code})" if code not in (2, 3) else ""
        raise kind(f"{board.name} at {self.where}: {cause}{ended}\n  log: {log}")
