from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hls4ml_soc.virtual.tcl import Tcl, TclCommandError, TclError, TclExit, join_list, split_list


class Run:
    """One script, the words every command received and the text it printed."""

    def __init__(self, folder: Path, script: str, **options: object) -> None:
        self.calls: list[list[str]] = []
        self.text: list[tuple[str, str]] = []
        path = folder / "script.tcl"
        path.write_text(script)
        argv = options.pop("argv", ())
        cwd = options.pop("cwd", folder)
        self.tcl = Tcl(
            {"echo": self.echo, "ns::echo": self.echo, "refuse": self.refuse, "leave": self.leave},
            on_puts=lambda channel, text: self.text.append((channel, text)),
            **options,  # type: ignore[arg-type]
        )
        self.code = self.tcl.source(path, argv, cwd)  # type: ignore[arg-type]

    def echo(self, words: list[str]) -> str:
        self.calls.append(words)
        return join_list(words)

    def refuse(self, words: list[str]) -> str:
        raise TclCommandError(f"refused: {words[0]}")

    def leave(self, words: list[str]) -> str:
        raise TclExit(int(words[0]))

    @property
    def out(self) -> str:
        return "".join(text for channel, text in self.text if channel == "stdout")


def test_words_and_results_pass_unchanged(tmp_path: Path) -> None:
    run = Run(
        tmp_path,
        'set x [ns::echo a {b c} "é\\n{" {} \\u0000 {$x}]\nputs [llength $x]\nputs [lindex $x 2]',
    )
    assert run.calls == [["a", "b c", "é\n{", "", "\0", "$x"]]
    assert run.out == "6\né\n{\n"
    assert run.code == 0


def test_puts_reports_terminal_channels_and_leaves_files_alone(tmp_path: Path) -> None:
    run = Run(
        tmp_path,
        "puts -nonewline a\nputs stderr b\nset f [open f w]\nputs -nonewline $f c\nputs $f "
        "d\nclose $f",
    )
    assert run.text == [("stdout", "a"), ("stderr", "b\n")]
    assert (tmp_path / "f").read_text() == "cd\n"


def test_wrong_puts_is_refused_in_tcls_words(tmp_path: Path) -> None:
    run = Run(tmp_path, "catch {puts a b c d} e\necho $e")
    assert run.calls == [['wrong # args: should be "puts ?-nonewline? ?channelId? string"']]


def test_a_commands_error_can_be_caught(tmp_path: Path) -> None:
    run = Run(tmp_path, "echo [catch {refuse it} message] $message\necho $::errorInfo")
    assert run.calls[0] == ["1", "refused: it"]
    assert run.calls[1] == ['refused: it\n    invoked from within\n"refuse it"']
    assert run.code == 0


def test_an_uncaught_error_ends_with_1_and_its_trace(tmp_path: Path) -> None:
    run = Run(tmp_path, "proc f {} { refuse it }\nf\necho never")
    trace = (
        'refused: it\n    invoked from within\n"refuse it "\n    (procedure "f" line 1)\n    '
        'invoked from within\n"f"\n'
        f'    (file "{tmp_path}/script.tcl" line 2)'
    )
    assert run.code == 1
    assert run.tcl.error_message == "refused: it"
    assert run.tcl.error_info == trace
    assert run.text == [("stderr", trace + "\n")]
    assert run.calls == []


@pytest.mark.parametrize(("word", "code"), [("exit 3", 3), ("exit", 0), ("leave 5", 5)])
def test_exit_ends_the_script(tmp_path: Path, word: str, code: int) -> None:
    run = Run(tmp_path, f"catch {{ {word} }}\necho never")
    assert (run.code, run.calls) == (code, [])


def test_exit_wants_a_number(tmp_path: Path) -> None:
    assert Run(tmp_path, "exit now").tcl.error_message == 'expected integer but got "now"'


def test_script_sees_arguments_variables_and_its_own_place(tmp_path: Path) -> None:
    run = Run(
        tmp_path,
        "echo $argv $argc $argv0 [info script] $a::b [lindex $argv 0]",
        argv=["x y", "z"],
        prelude="namespace eval a {}; set a::b $given",
        variables={"given": "{ value"},
    )
    script = str(tmp_path / "script.tcl")
    assert run.calls == [["{x y} z", "2", script, script, "{ value", "x y"]]


def test_working_directory_follows_cd(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    seen: list[Path] = []
    (tmp_path / "script.tcl").write_text("here\ncd below\nhere")
    tcl = Tcl({"here": lambda words: seen.append(tcl.cwd) or ""})  # type: ignore[func-returns-value]
    assert tcl.source(tmp_path / "script.tcl", cwd=tmp_path) == 0
    assert seen == [tmp_path, tmp_path / "below"]


@pytest.mark.parametrize(
    "command",
    [
        "try {}",
        "throw a b",
        "lmap x {} {}",
        "coroutine c list",
        "yield",
        "yieldto list",
        "tailcall list",
        "zlib crc32 a",
        "dict map {a b} {} {}",
        "string cat a b",
        "binary encode hex a",
        "file tempfile x",
        "chan pipe",
        "oo::class create c",
        "tcl::prefix match {a b} a",
    ],
)
def test_tcl_86_only_commands_do_not_exist(tmp_path: Path, command: str) -> None:
    run = Run(tmp_path, command)
    assert run.code == 1
    assert run.tcl.error_message.startswith(
        ("invalid command name", "unknown or ambiguous subcommand")
    )


@pytest.mark.parametrize(
    "command",
    [
        "dict filter {a 1 b 2} key a",
        "lassign {1 2} a b",
        "clock format 0 -format %Y -gmt 1",
        "package vcompare 1 2",
        "string map {a b} a",
        "parray env PATH",
        "set x {*}1",
        "apply {x {incr x}} 1",
        "glob -nocomplain *.none",
        "file normalize x",
        "regexp -inline {\\d} 1",
        "lsort -dictionary {a10 a9}",
        "string is wideinteger 1",
    ],
)
def test_what_tcl_85_has_is_there(tmp_path: Path, command: str) -> None:
    assert Run(tmp_path, command).code == 0


def test_unknown_commands(tmp_path: Path) -> None:
    script = "catch {nothing a {b c}} x\necho $x"
    assert Run(tmp_path, script).calls == [['invalid command name "nothing"']]
    asked: list[list[str]] = []

    def unknown(words: list[str]) -> str:
        asked.append(words)
        return "answered"

    assert Run(tmp_path, script, unknown=unknown).calls == [["answered"]]
    assert asked == [["nothing", "a", "b c"]]


def test_programs_on_path_are_not_commands(tmp_path: Path) -> None:
    assert Run(tmp_path, "ls").tcl.error_message == 'invalid command name "ls"'


def test_an_exception_of_ours_passes_through(tmp_path: Path) -> None:
    def broken(words: list[str]) -> str:
        raise ZeroDivisionError

    (tmp_path / "script.tcl").write_text("broken")
    with pytest.raises(ZeroDivisionError):
        Tcl({"broken": broken}).source(tmp_path / "script.tcl")


def test_a_dead_interpreter_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "script.tcl").write_text("exec kill -9 [pid]\nafter 10000")
    with pytest.raises(TclError, match=r"^.*tclsh ended unexpectedly with exit code -9$"):
        Tcl({}).source(tmp_path / "script.tcl")


def test_no_tclsh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        TclError, match=r"^tclsh not found: install Tcl 8.6 \(Debian: apt install tcl\)$"
    ):
        Tcl({}).source(tmp_path / "script.tcl")


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = os.listdir("/proc/self/fd")
    Run(tmp_path, "echo a")
    assert len(os.listdir("/proc/self/fd")) == len(before)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{a", "unmatched open brace in list"),
        ('"a', "unmatched open quote in list"),
        ("{a}b c", 'list element in braces followed by "b" instead of space'),
        ('"a"b c', 'list element in quotes followed by "b" instead of space'),
    ],
)
def test_what_is_no_list(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        split_list(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "a b",
        " a\tb\n",
        "{a b} c",
        '"a b" c',
        "a\\ b",
        "\\x41 \\101 \\u0041 \\n",
        "{a\\}b}",
        "{}",
        "a\\\n   b",
        "{a {b c}}",
        '"{"',
        "a{b",
        'a"b',
        "\\{ \\}",
        "a\\",
        "\\1018",
    ],
)
def test_lists_split_as_tcl_splits_them(tmp_path: Path, text: str) -> None:
    (tmp_path / "list").write_text(text)
    run = Run(tmp_path, "set f [open list]\nset l [read $f]\nclose $f\necho {*}$l")
    assert split_list(text) == run.calls[0]


WORDS = st.text(st.sampled_from(list('ab{}[]$"\\ \n\t;#é1xu')), max_size=8)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=5))
def test_joined_lists_split_again(items: list[str]) -> None:
    assert split_list(join_list(items)) == items


@settings(max_examples=15, deadline=None)
@given(st.lists(WORDS, min_size=10, max_size=40))
def test_tcl_reads_joined_lists_the_same(items: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder), "set x " + join_list([join_list(items)]) + "\necho {*}$x")
    assert run.calls == [items]
