"""The errors a user can meet.

::

    SocError                 exit code
    ├── BoardError      2    a board file, or a board that cannot do what is asked
    ├── ModelError      2    a network, an hls4ml project, a recipe or data given by the user
    ├── DesignError     2    network and board do not fit together; names every problem
    ├── ToolError       3    a tool is missing, refuses its input or fails
    ├── LinkError       3    a board cannot be reached, does not answer or reports a failure
    └── MismatchError   4    the outputs are not those of hls4ml's emulation

A message says what is wrong, where, and what to do about it. Whatever else is raised is a bug of
ours (exit code 1); Ctrl-C ends with 130. Only ``cli.py`` turns errors into exit codes."""

from __future__ import annotations


class SocError(Exception):
    """Base of every error that has a sentence for the user."""

    exit_code = 2


class BoardError(SocError):
    """A board file is wrong, or the board cannot do what is asked."""


class ModelError(SocError):
    """A network, an hls4ml project or the data that goes with it cannot be used."""


class DesignError(SocError):
    """Network and board do not fit together."""

    def __init__(self, problems: str | list[str]) -> None:
        """Take one sentence, or every problem found, one per line of the message."""
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class ToolError(SocError):
    """A tool is missing, refuses what it is given or fails."""

    exit_code = 3


class LinkError(SocError):
    """A board cannot be reached, does not answer, or reports a failure."""

    exit_code = 3


class MismatchError(SocError):
    """A board's outputs are not those of hls4ml's emulation."""

    exit_code = 4
