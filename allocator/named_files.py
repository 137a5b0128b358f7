"""Files that a call names: what it reads and what it writes, checked before anything is done.

Whatever the operating system says about a path ends in words: an ``InputError`` for what is read,
an ``OutputError`` for what is written.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from allocator.faults import InputError, OutputError, Problem, reason
from allocator.plan import Plan
from allocator.plan_file import FILE_NAME, find, read


def reading(path: str | Path) -> AbstractContextManager[None]:
    """Around what looks at a path that is read.

    Raises:
        InputError: the operating system refused.
    """
    return _told(lambda why: InputError([Problem(str(path), 0, "", "", f"cannot be read: {why}")]))


def writing(path: str | Path) -> AbstractContextManager[None]:
    """Around what looks at a path that is written.

    Raises:
        OutputError: the operating system refused.
    """
    return _told(lambda why: OutputError(str(path), why))


@contextmanager
def _told(refusal: Callable[[str], Exception]) -> Iterator[None]:
    """Say in words what the operating system refuses; what is in words already passes."""
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        raise refusal(reason(error)) from None


def real(path: str | Path) -> Path:
    """The path without symbolic links; what runs in a circle or holds a NUL stays as it is."""
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        return Path(path)


def plan_at(path: str | Path) -> Path:
    """The plan file that ``path`` names: itself, or the one in the folder.

    Raises:
        InputError: the operating system refused.
    """
    with reading(path):
        return find(path)


def read_plan(path: str | Path) -> Plan:
    """The plan in a file or in its folder.

    Raises:
        InputError: naming file and reason.
    """
    with reading(path):
        return read(path)


def is_plan(path: str | Path) -> bool:
    """Whether ``path`` names a plan rather than an instance: a folder with a plan, or JSON with
    decisions.

    Raises:
        InputError: the operating system refused.
    """
    file = plan_at(path)
    if file.name == FILE_NAME:
        return True
    with reading(path):
        if file.suffix.lower() != ".json" or not file.is_file():
            return False
    try:
        with file.open(encoding="utf-8") as text:
            return text.read(200).lstrip("{ \r\n").startswith('"status"')
    except (OSError, UnicodeDecodeError):
        return False


def check_outputs(outputs: Iterable[Path | None], *inputs: str | Path | None) -> None:
    """Refuse files that cannot be written, or that would take the place of what is read.

    Args:
        outputs: files that the call writes, in turn.
        inputs: files, and folders of plans, that it reads.

    Raises:
        InputError: the operating system refused to look at an input.
        OutputError: a folder does not exist or stands in the place of a file, or the file is a
            plan, an input or another output.
    """
    given = [path for path in inputs if path is not None]
    taken = {real(file): "it is read by this command" for p in given for file in (p, plan_at(p))}
    for path in outputs:
        if path is None:
            continue
        with writing(path):
            if not path.absolute().parent.is_dir():
                raise OutputError(str(path), "its folder does not exist")
            if path.is_dir():
                raise OutputError(str(path), "it is a folder")
        target = real(path)
        if target in taken:
            raise OutputError(str(path), f"{taken[target]}; give another name")
        if target.name == FILE_NAME:
            raise OutputError(str(path), "it is the name of a plan; give another name")
        taken[target] = "this command writes another file there"


def check_free(path: Path, *, force: bool) -> None:
    """Refuse to write over a file unless that is asked for.

    Raises:
        OutputError: the file is there already.
    """
    with writing(path):
        if path.exists() and not force:
            raise OutputError(str(path), "it is there already; give another name, or --force")
