"""Errors of files in plain words: which file, which line, which field, which value, which rule."""

import errno
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TypeGuard

SHOWN = 20
"""Problems that a message lists; the rest is counted."""
_WIDTH = 60
_REASONS = {
    errno.ENOENT: "it does not exist",
    errno.ENOTDIR: "a part of its path is not a folder",
    errno.EISDIR: "it is a folder",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ELOOP: "its symbolic links run in a circle",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EIO: "the disk reports an input/output error",
}


def reason(error: OSError) -> str:
    """Why the operating system refused, in words."""
    return _REASONS.get(error.errno or 0, (error.strerror or "the system gave no reason").lower())


def out_of_memory(error: BaseException | None) -> bool:
    """Whether an error, or one that it came from, says that there is no memory left."""
    while error is not None:
        no_thread = isinstance(error, RuntimeError) and "start new thread" in str(error)
        no_room = isinstance(error, OSError) and error.errno == errno.ENOMEM
        if isinstance(error, MemoryError) or no_thread or no_room:
            return True
        error = error.__cause__ or error.__context__
    return False


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number; a truth value is none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def shown(value: object) -> str:
    """A value as a message shows it: text in quotes and cut short, containers by their size."""
    if isinstance(value, dict):
        return f"a mapping of {len(value)}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        text = json.dumps(value[: _WIDTH + 1], ensure_ascii=not value.isprintable())
        return text if len(value) <= _WIDTH else text[: _WIDTH - 2] + '..."'
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    text = repr(value)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 3] + "..."


def field_name(path: Sequence[str | int]) -> str:
    """Path as a message shows it: ``kol.deals.star``, ``season[2].first`` (from 0)."""
    name = ""
    for step in path:
        if isinstance(step, int):
            name += f"[{step}]"
        else:
            plain = re.fullmatch(r"[\w-]{1,60}", step)
            name += ("." if name else "") + (step if plain else shown(step))
    return name


def heading_name(heading: str) -> str:
    """Heading of a column as a message shows it: in quotes if a terminal could run it."""
    plain = heading.isprintable() and len(heading) <= _WIDTH
    return heading if plain else shown(heading)


@dataclass(frozen=True)
class Problem:
    """One reason to refuse a file.

    Attributes:
        file: the file as the user named it.
        line: line of the value or of its record, from 1; 0 when the file as a whole is meant.
        field: path of the field as shown; empty when the file as a whole is meant.
        value: the value as shown; empty when there is none.
        rule: the broken rule.
        hint: what would mend it; may be empty.
        cell: sheet and cell of a workbook, such as ``accounts!C7``; stands for the line.
    """

    file: str
    line: int
    field: str
    value: str
    rule: str
    hint: str = ""
    cell: str = ""

    def __str__(self) -> str:
        """``FILE:LINE: field.path = value: rule (hint)`` without the parts that do not apply."""
        at = self.cell or self.line
        where = f"{self.file}:{at}" if at else self.file
        what = " = ".join(part for part in (self.field, self.value) if part)
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}: {what}{': ' if what else ''}{self.rule}{hint}"


class InputError(ValueError):
    """A file cannot be used.

    Attributes:
        problems: what is wrong with it.
        more: how many problems there are beyond these.
    """

    problems: tuple[Problem, ...]
    more: int

    def __init__(self, problems: Iterable[Problem], more: int = 0) -> None:
        """Keep the problems.

        Args:
            problems: at least one problem, in the order of report.
            more: problems beyond these.
        """
        self.problems = tuple(problems)
        self.more = more
        super().__init__(self.problems, more)

    def __str__(self) -> str:
        """One problem a line, at most ``SHOWN`` of them, then the count of the rest."""
        lines = [str(problem) for problem in self.problems[:SHOWN]]
        rest = max(len(self.problems) - SHOWN, 0) + self.more
        if rest:
            lines.append(f"... and {rest} more problem{'s' if rest > 1 else ''}")
        return "\n".join(lines)


class OutputError(OSError):
    """A file could not be written; the text says which and why."""

    path: str
    reason: str

    def __init__(self, path: str, reason: str) -> None:
        """Keep path and reason.

        Args:
            path: the file that was to be written.
            reason: why it could not be, in words.
        """
        self.path = path
        self.reason = reason
        super().__init__(path, reason)

    def __str__(self) -> str:
        """``PATH: cannot be written: reason``."""
        return f"{self.path}: cannot be written: {self.reason}"
