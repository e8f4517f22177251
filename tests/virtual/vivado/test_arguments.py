from __future__ import annotations

import pytest

from hls4ml_soc.virtual.vivado.arguments import ArgumentError, NotModelled, parse, synopsis

RULES = synopsis("make [-top] [-jobs <arg>] [-join <arg>] [-old]! <name> [<place>] [<files>...]")


def test_switches_options_and_positions() -> None:
    a = parse(RULES, ["x", "-top", "-jobs", "2", "y", "f1", "f2"])
    assert (a.flag("top"), a.get("jobs"), a.get("name"), a.get("place")) == (True, "2", "x", "y")
    assert a.list("files") == ["f1", "f2"]


def test_positions_by_name_and_short_switches() -> None:
    a = parse(RULES, ["-files", "f1", "-name", "x", "-t", "-quiet"])
    assert (a.list("files"), a.get("name"), a.flag("top"), a.flag("quiet")) == (
        ["f1"],
        "x",
        True,
        True,
    )


def test_negative_numbers_are_no_switches() -> None:
    assert parse(RULES, ["-1"]).get("name") == "-1"


@pytest.mark.parametrize(
    ("words", "id", "text"),
    [
        (
            ["x", "-tip"],
            "Common 17-170",
            "Unknown option '-tip', please type 'make -help' for usage info.",
        ),
        (
            ["x", "-jobs"],
            "Common 17-163",
            "Missing value for option 'jobs', please type 'make -help' for usage info.",
        ),
        (
            [],
            "Common 17-163",
            "Missing value for option 'name', please type 'make -help' for usage info.",
        ),
        (
            ["x", "-jo", "1"],
            "Common 17-165",
            "Ambiguous option '-jo', it could be -jobs, -join, "
            "please type 'make -help' for usage info.",
        ),
    ],
)
def test_mistakes(words: list[str], id: str, text: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        parse(RULES, words)
    assert (caught.value.id, str(caught.value)) == (id, text)


def test_too_many() -> None:
    with pytest.raises(
        ArgumentError, match="^Too many positional options when parsing 'y', please"
    ):
        parse(synopsis("save [<name>]"), ["x", "y"])


def test_what_is_not_modelled() -> None:
    with pytest.raises(NotModelled, match="^make -old$"):
        parse(RULES, ["x", "-old"])
