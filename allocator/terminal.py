"""The two streams: tables and JSON go to stdout, everything else to stderr."""

import os
import sys
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from allocator.tree import FORBIDDEN

PIPED = 100
"""Columns where the output goes into a file or a pipe."""


class _Plain(Console):
    """A console on which no text moves the cursor or hides itself: names of files and folders
    hold what their maker liked."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Segments with a sign in the place of what no text may hold."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else FORBIDDEN.sub("\ufffd", text), style, control)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else PIPED
    return _Plain(stderr=stderr, width=width, markup=False, highlight=False, emoji=False)


def stdout() -> Console:
    """Console for what was asked for; nothing in a text is taken for markup."""
    return _console(stderr=False)


def stderr() -> Console:
    """Console for progress and log."""
    return _console(stderr=True)


def log(text: str) -> None:
    """A line of the log; long lines are not wrapped, so that others can read them by machine."""
    stderr().print(Text(text), soft_wrap=True)
