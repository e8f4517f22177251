"""Quoting, against the real readers of each language."""

import subprocess

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hls4ml_soc import render

HOSTILE = [
    "",
    " ",
    "$x",
    "[exec ls]",
    "a;b",
    'say "no"',
    "{",
    "}",
    "\\",
    "a\\",
    "{}}{",
    "\n",
    "\t",
    "#",
    "é",
    "a b",
]


def tcl_sees(words: list[str]) -> list[str]:
    """Return how Tcl understands ``set x <word>`` for each word, in hexadecimal of its UTF-8."""
    lines = ["proc hex {s} { binary scan [encoding convertto utf-8 $s] H* h; puts $h }"]
    lines += [f"set x {word}\nhex $x" for word in words]
    script = "\n".join(lines)
    done = subprocess.run(
        ["tclsh"],
        input=script.encode(),
        capture_output=True,
        timeout=30,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
    assert done.stderr == b""
    return [bytes.fromhex(line).decode() for line in done.stdout.decode().split("\n")[:-1]]


def test_tcl_takes_hostile_text_as_it_is() -> None:
    assert tcl_sees([render.tcl(text) for text in HOSTILE]) == HOSTILE


@settings(max_examples=5, deadline=None)
@given(
    st.lists(
        st.text(
            st.characters(max_codepoint=0xFFFF, exclude_characters="\0", exclude_categories=["Cs"])
        ),
        min_size=100,
        max_size=200,
    )
)
def test_tcl_takes_any_text_as_it_is(texts: list[str]) -> None:
    assert tcl_sees([render.tcl(text) for text in texts]) == texts


def test_tcl_lists_and_dicts_hold_hostile_text() -> None:
    nested = render.tcl({"list": HOSTILE, "yes": True, "number": 3})
    words = [f"[lindex [dict get {nested} list] {i}]" for i in range(len(HOSTILE))]
    assert tcl_sees([*words, f"[dict get {nested} yes]", f"[dict get {nested} number]"]) == [
        *HOSTILE,
        "1",
        "3",
    ]


def test_c_takes_hostile_text_as_it_is(tmp_path) -> None:
    texts = [*HOSTILE, "??/", "\x011", "ü7"]
    rows = ",".join(render.c_string(text) for text in texts)
    source = f"#include <stdio.h>\nstatic const char *const all[] = {{{rows}}};\n"
    source += "int main(void) { for (int i = 0; i < (int)(sizeof all / sizeof *all); i++) "
    source += '{ for (const char *c = all[i]; *c; c++) printf("%02x", (unsigned char)*c); '
    source += 'printf("\\n"); } }\n'
    (tmp_path / "t.c").write_text(source)
    subprocess.run(
        ["gcc", "-trigraphs", "-o", tmp_path / "t", tmp_path / "t.c"], check=True, timeout=60
    )
    out = subprocess.run(
        [tmp_path / "t"], capture_output=True, text=True, check=True, timeout=30
    ).stdout
    assert [bytes.fromhex(line).decode() for line in out.split("\n")[:-1]] == texts


def test_a_name_that_is_not_given_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError, match="'generated' is undefined"):
        render.render("vivado_tcl/settings.tcl.j2", settings={})


def test_a_comment_stays_one_line_and_open() -> None:
    assert render.comment("a\nb */ c \\\n") == "a b * / c /"
