"""Where a board is: what the user typed, and what ``~/.ssh/config`` makes of it."""

from __future__ import annotations

import getpass
import os
import re
from dataclasses import dataclass
from pathlib import Path

import paramiko

from ...errors import BoardError

_ADDRESS = re.compile(
    r"(?:(?P<user>[A-Za-z_][A-Za-z0-9_.-]*)@)?"
    r"(?:\[(?P<six>[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?)\]|(?P<host>[A-Za-z0-9_][A-Za-z0-9_.-]*))"
    r"(?::(?P<port>[0-9]{1,5}))?"
)


@dataclass(frozen=True)
class Address:
    """``[user@]host[:port]``; an IPv6 address in brackets."""

    user: str | None
    host: str
    port: int | None

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read an address.

        Raises BoardError: what a shell or a command line could take for something else is no name.
        """
        match = _ADDRESS.fullmatch(text)
        port = int(match["port"]) if match and match["port"] else None
        if not match or port == 0 or (port or 0) > 65535:
            raise BoardError(
                f"{text!r} is no address: write user@host or user@host:port, such as "
                "xilinx@pynq or xilinx@[fe80::1%eth0]:22"
            )
        return cls(match["user"], match["six"] or match["host"], port)


@dataclass(frozen=True)
class Hop:
    """A machine to log in to, with all that is needed for it. ``known_as`` is the name that its
    host key goes by."""

    user: str
    host: str
    port: int
    known_as: str
    known_hosts: tuple[Path, ...]
    identities: tuple[Path, ...]
    only_identities: bool
    proxy_command: str | None
    seconds: float

    @property
    def where(self) -> str:
        """``user@host``, with the port where it is not 22."""
        return f"{self.user}@{self.host}" + ("" if self.port == 22 else f":{self.port}")


def route(host: str, jump: str | None, identity: Path | None) -> list[Hop]:
    """Return the machines to log in to in turn, the board last.

    ``jump`` is one address or several with commas between; without it the user's configuration
    decides. Raises BoardError."""
    config = _config()
    address = Address.parse(host)
    last, jumps = _resolve(config, address, identity)
    through = jump if jump is not None else jumps
    hops = through.split(",") if through and through.lower() != "none" else []
    # A jump host has keys of its own: the one that was named is for the board.
    return [*(_resolve(config, Address.parse(hop), None)[0] for hop in hops), last]


def _config() -> paramiko.SSHConfig:
    path = Path("~/.ssh/config").expanduser()
    if not path.is_file():
        return paramiko.SSHConfig()
    try:
        return paramiko.SSHConfig.from_path(str(path))
    except (OSError, paramiko.ssh_exception.ConfigParseError) as error:
        raise BoardError(f"{path} cannot be used: {error}") from None


def _resolve(
    config: paramiko.SSHConfig, address: Address, identity: Path | None
) -> tuple[Hop, str | None]:
    """Return a hop and the jump hosts that the configuration names for it."""
    try:
        found = config.lookup(address.host)
    except (paramiko.ssh_exception.ConfigParseError, paramiko.CouldNotCanonicalize) as error:
        raise BoardError(f"~/.ssh/config, for {address.host}: {error}") from None
    host = str(found.get("hostname", address.host))
    port = address.port or int(found.get("port", 22))
    files = found.get("userknownhostsfile", "~/.ssh/known_hosts ~/.ssh/known_hosts2")
    system = found.get("globalknownhostsfile", "/etc/ssh/ssh_known_hosts")
    alias = found.get("hostkeyalias")
    named = [Path(each).expanduser() for each in found.get("identityfile", [])]
    if identity is not None and not identity.expanduser().is_file():
        raise BoardError(f"{identity}: no such key file")
    chosen = [identity.expanduser()] if identity else [each for each in named if each.is_file()]
    hop = Hop(
        user=address.user or str(found.get("user", getpass.getuser())),
        host=host,
        port=port,
        known_as=str(alias) if alias else host if port == 22 else f"[{host}]:{port}",
        known_hosts=tuple(Path(os.path.expanduser(f)) for f in f"{files} {system}".split()),
        identities=tuple(chosen),
        only_identities=str(found.get("identitiesonly", "no")).lower() == "yes",
        proxy_command=found.get("proxycommand"),
        seconds=float(found.get("connecttimeout", 10)),
    )
    return hop, found.get("proxyjump")
