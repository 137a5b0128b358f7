"""The two streams: tables and JSON go to stdout, everything else to stderr."""

import os
import sys

from rich.console import Console
from rich.text import Text

PIPED = 100
"""Columns where the output goes into a file or a pipe."""


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else PIPED
    return Console(stderr=stderr, width=width, markup=False, highlight=False, emoji=False)


def stdout() -> Console:
    """Console for what was asked for; nothing in a text is taken for markup."""
    return _console(stderr=False)


def stderr() -> Console:
    """Console for progress and log."""
    return _console(stderr=True)


def log(text: str) -> None:
    """A line of the log; long lines are not wrapped, so that others can read them by machine."""
    stderr().print(Text(text), soft_wrap=True)
