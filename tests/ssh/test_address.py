"""What is taken for an address, and what the user's configuration makes of it."""

from pathlib import Path

import pytest

from hls4ml_soc.connections.ssh.address import Address, route
from hls4ml_soc.errors import BoardError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("pynq", Address(None, "pynq", None)),
        ("xilinx@192.168.2.99", Address("xilinx", "192.168.2.99", None)),
        ("xilinx@board.lab.org:2222", Address("xilinx", "board.lab.org", 2222)),
        ("u@[fe80::1%eth0]:22", Address("u", "fe80::1%eth0", 22)),
        ("[::1]", Address(None, "::1", None)),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert Address.parse(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-oProxyCommand=touch x",
        "xilinx@-x",
        "a b",
        "$(touch x)",
        "x@$(touch x)",
        "`touch x`@pynq",
        "x@pynq;touch x",
        "x@pynq\n",
        "'x'@pynq",
        "x@pynq:0",
        "x@pynq:65536",
        "x@pynq:22:23",
        "x@[pynq]",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BoardError) as error:
        route(text, None, None)
    assert str(error.value) == (
        f"{text!r} is no address: write user@host or user@host:port, such as xilinx@pynq or "
        "xilinx@[fe80::1%eth0]:22"
    )
    with pytest.raises(BoardError, match="is no address"):
        route("pynq", text or " ", None)


def test_the_configuration_of_the_user_is_honoured(home) -> None:
    (home / "lab key").write_text("")
    (home / ".ssh/config").write_text(
        f"""
        Host board
            HostName 10.0.0.7
            User xilinx
            Port 2200
            IdentityFile "{home}/lab key"
            IdentityFile ~/.ssh/absent
            IdentitiesOnly yes
            UserKnownHostsFile ~/.ssh/boards
            HostKeyAlias the-board
            ConnectTimeout 3
            ProxyJump guest@gate:2022,inner
        Host inner
            ProxyCommand nc %h %p
        """
    )
    gate, inner, board = route("board", None, None)
    assert (gate.user, gate.host, gate.port, gate.known_as) == (
        "guest",
        "gate",
        2022,
        "[gate]:2022",
    )
    assert (inner.host, inner.proxy_command) == ("inner", "nc inner 22")
    assert (board.where, board.known_as, board.seconds) == ("xilinx@10.0.0.7:2200", "the-board", 3)
    assert (board.identities, board.only_identities) == ((home / "lab key",), True)
    assert board.known_hosts[0] == home / ".ssh/boards"


def test_what_is_given_goes_before_the_configuration(home) -> None:
    (home / "key").write_text("")
    (home / ".ssh/config").write_text("Host board\n User a\n Port 1\n ProxyJump gate\n")
    hops = route("b@board:2", "other", home / "key")
    assert [hop.host for hop in hops] == ["other", "board"]
    assert (hops[1].user, hops[1].port, hops[1].identities) == ("b", 2, (home / "key",))
    assert hops[0].identities == ()
    assert [hop.host for hop in route("board", "none", None)] == ["board"]


def test_a_key_that_is_not_there_is_told(home) -> None:
    with pytest.raises(BoardError) as error:
        route("pynq", None, Path("/no/key"))
    assert str(error.value) == "/no/key: no such key file"
