"""Logging in: sockets, host keys, user keys and passwords."""

from __future__ import annotations

import base64
import hashlib
import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import paramiko

from ...errors import LinkError
from .address import Hop

#: Takes what is asked for, returns it.
Ask = Callable[[str], str]


@dataclass
class Secrets:
    """What the user has been asked for, so that it is asked for once; never written anywhere.
    ``opened`` are the logins that a password was good for."""

    ask: Ask | None
    opened: set[str] = field(default_factory=set)
    passwords: dict[str, str] = field(default_factory=dict, repr=False)

    def get(self, prompt: str) -> str | None:
        """Return a secret, or None where nobody can be asked."""
        if prompt not in self.passwords and self.ask is not None:
            self.passwords[prompt] = self.ask(f"{prompt}: ")
        return self.passwords.get(prompt)

    def forget(self, prompt: str) -> None:
        """Ask again the next time."""
        self.passwords.pop(prompt, None)
        self.opened.discard(prompt)


def password_of(hop: Hop) -> str:
    """Return the words that a login's password is asked for with."""
    return f"password of {hop.where}"


def sudo_password(hop: Hop, secrets: Secrets) -> tuple[str, str | None]:
    """Return what is asked for, and the password that sudo wants there: that of the login, or where
    a key was enough for that another word of the user's."""
    prompt = password_of(hop)
    if prompt not in secrets.opened:
        prompt += ", for sudo"
    return prompt, secrets.get(prompt)


def log_in(hops: list[Hop], secrets: Secrets, accept_new: bool, stack: ExitStack) -> Any:
    """Log in to each machine through the one before, and return the client of the last.

    ``stack`` closes all of them. Raises LinkError."""
    through = None
    for hop in hops:
        client = _Login(hop, secrets, accept_new, through).client()
        stack.callback(client.close)
        through = client.get_transport()
    return client


def fingerprint(key: Any) -> str:
    """Return what ``ssh`` shows of a host key."""
    digest = hashlib.sha256(key.asbytes()).digest()
    return f"{key.get_name()} SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


@dataclass
class _Login:
    hop: Hop
    secrets: Secrets
    accept_new: bool
    through: Any

    def client(self) -> Any:
        """Return a client that is logged in: with a key, else with the password."""
        prompt = password_of(self.hop)
        if prompt in self.secrets.opened:
            return self._with_password(prompt)
        try:
            return self._connect(allow_agent=True)
        except paramiko.PasswordRequiredException:
            return self._with_passphrase()
        except paramiko.AuthenticationException:
            return self._with_password(prompt)
        except paramiko.SSHException as error:
            if "No authentication methods" not in str(error):
                raise LinkError(f"{self.hop.where}: {error}") from None
            return self._with_password(prompt)

    def _with_password(self, prompt: str) -> Any:
        hop = self.hop
        given = self.secrets.get(prompt)
        if given is None:
            raise LinkError(
                f"{hop.where} takes none of your keys, and there is nobody to ask for a password: "
                f"ssh-copy-id {_ssh_arguments(hop)}, or name a key with --identity"
            )
        try:
            client = self._connect(password=given, allow_agent=False, look_for_keys=False)
        except (paramiko.AuthenticationException, paramiko.SSHException):
            self.secrets.forget(prompt)
            raise LinkError(
                f"{hop.where}: the board refuses this password for '{hop.user}' (PYNQ images come "
                "with user xilinx, password xilinx)"
            ) from None
        self.secrets.opened.add(prompt)
        return client

    def _with_passphrase(self) -> Any:
        files = ", ".join(map(str, self.hop.identities)) or "your key"
        prompt = f"passphrase of {files}"
        given = self.secrets.get(prompt)
        if given is None:
            raise LinkError(
                f"{files} has a passphrase, and there is nobody to ask for it: add the key to your "
                "agent with ssh-add"
            )
        try:
            return self._connect(passphrase=given, allow_agent=False)
        except (paramiko.AuthenticationException, paramiko.SSHException):
            self.secrets.forget(prompt)
            raise LinkError(
                f"{self.hop.where} cannot be logged in to with {files}: wrong passphrase, or the "
                "board does not know this key"
            ) from None

    def _connect(self, allow_agent: bool, look_for_keys: bool = True, **more: str) -> Any:
        hop = self.hop
        client = paramiko.SSHClient()
        for path in hop.known_hosts:
            _load(client, path)
        client.set_missing_host_key_policy(_Policy(hop, self.accept_new))
        keys = [str(path) for path in hop.identities] if look_for_keys else []
        try:
            client.connect(
                hop.known_as,
                username=hop.user,
                sock=self._socket(),
                key_filename=keys,
                allow_agent=allow_agent and not hop.only_identities,
                look_for_keys=look_for_keys and not keys,
                timeout=hop.seconds,
                banner_timeout=30,
                auth_timeout=30,
                **more,
            )
        except paramiko.BadHostKeyException as error:
            client.close()
            raise LinkError(_changed(hop, error.key)) from None
        except (OSError, EOFError) as error:
            client.close()
            raise LinkError(
                f"{hop.where}: the connection ended while logging in ({error})"
            ) from None
        except BaseException:
            client.close()
            raise
        return client

    def _socket(self) -> Any:
        hop = self.hop
        try:
            if self.through is not None:
                to, source = (hop.host, hop.port), ("127.0.0.1", 0)
                return self.through.open_channel("direct-tcpip", to, source, timeout=hop.seconds)
            if hop.proxy_command and hop.proxy_command.lower() != "none":
                return paramiko.ProxyCommand(hop.proxy_command)
            return socket.create_connection((hop.host, hop.port), hop.seconds)
        except socket.gaierror:
            raise LinkError(
                f"{hop.host}: no machine of this name. Is the board up and on this network? A "
                "PYNQ image also answers at 192.168.2.99, where no router gives it an address"
            ) from None
        except ConnectionRefusedError:
            raise LinkError(
                f"{hop.host} refuses a connection to port {hop.port}: it is up, but no SSH server "
                "listens there; a board needs a minute after it is switched on"
            ) from None
        except (OSError, paramiko.SSHException) as error:
            raise LinkError(
                f"{hop.host}, port {hop.port}, cannot be reached ({error or 'no answer'}): check "
                "cable, power and address"
            ) from None


class _Policy(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    """What to do with a machine that nobody has vouched for: refuse it, or note its key if the user
    asked for that."""

    def __init__(self, hop: Hop, accept_new: bool) -> None:
        self._hop, self._accept_new = hop, accept_new

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
        """Raise LinkError, or note the key in the first of the user's files."""
        hop = self._hop
        if not self._accept_new:
            raise LinkError(
                f"{hop.where}: unknown host key {fingerprint(key)}. Log in once with "
                f"`ssh {_ssh_arguments(hop)}` and compare it with what "
                "`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` shows on the board's console; "
                f"or trust the network: `ssh-keyscan -p {hop.port} {hop.host} >> "
                f"{hop.known_hosts[0]}`, or --accept-new-host-key"
            )
        path = hop.known_hosts[0]
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(path, "a", encoding="ascii") as file:
                file.write(f"{hostname} {key.get_name()} {key.get_base64()}\n")
        except OSError as error:
            raise LinkError(f"{path}: the host key cannot be noted ({error.strerror})") from None


def _load(client: Any, path: Any) -> None:
    try:
        client.load_system_host_keys(str(path))
    except OSError:
        return  # not there
    except Exception as error:  # paramiko's InvalidHostKey is no SSHException
        raise LinkError(f"{path} holds a line that is no host key: {error}") from None


def _changed(hop: Hop, key: Any) -> str:
    return (
        f"{hop.where}: the host key has changed, it is now {fingerprint(key)}. Either the SD card "
        "was written anew, or something else answers at this address. If you know it is the "
        f"former: ssh-keygen -R '{hop.known_as}' -f {hop.known_hosts[0]}, then log in with ssh"
    )


def _ssh_arguments(hop: Hop) -> str:
    port = "" if hop.port == 22 else f"-p {hop.port} "
    return f"{port}{hop.user}@{hop.host}"
