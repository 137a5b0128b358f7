"""Writing: whole files or none, files that belong together, names that stay in their folder,
tables without formulas.
"""

import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from allocator.faults import OutputError, reason

_NAME_LENGTH = 80
_NAME_BYTES = 240
"""File systems hold names of at most 255 bytes; the rest is for suffixes."""
_MARK = 8
_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE
)
_FORMULA = frozenset("=+-@")


def write_atomic(path: str | Path, content: str | bytes) -> None:
    """Write a file so that at any moment it is either the old one or the new one, complete.

    Text is written as UTF-8 as it is. A symbolic link is followed; its target must be a file.

    Raises:
        OutputError: naming the path and why; the old file is then as it was, unless only the
            last step failed, which makes the new name survive a power cut.
    """
    try:
        body = content.encode() if isinstance(content, str) else content
        target = Path(os.path.realpath(path))
        if target.is_dir():
            raise OutputError(str(path), "it is a folder")
        if target.exists() and not target.is_file():
            raise OutputError(str(path), "it is a pipe or a device, not a file")
        _replace(target, body)
    except UnicodeEncodeError:
        raise OutputError(str(path), "the text holds half a character") from None
    except OutputError:
        raise
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        said = "its folder does not exist" if missing else reason(error)
        raise OutputError(str(path), said) from error
    except ValueError:
        raise OutputError(str(path), "its name holds a NUL") from None


def _replace(target: Path, body: bytes) -> None:
    """Put ``body`` in the place of ``target`` by way of a new file in the same folder."""
    fresh = target.with_name(f".{secrets.token_hex(8)}.tmp")
    # Exclusive: never write through a file or link that somebody else put there.
    handle = os.open(
        fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, target)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise
    sync_folder(target.parent)


def move_whole(source: Path, target: Path, last: Sequence[str]) -> list[str]:
    """Move all files below a folder to their places below another one of the same file system.

    It goes on where an earlier call was cut off.

    Args:
        source: folder in which everything is complete.
        target: folder that need not be there.
        last: names of files that make the rest count: they come at the end, in this order.

    Returns:
        The names of the files in the order in which they were moved.

    Raises:
        OutputError: a file cannot be moved.
    """
    paths = sorted(path for path in source.rglob("*") if path.is_file())
    paths.sort(key=lambda path: last.index(path.name) if path.name in last else -1)
    for path in paths:
        place = target / path.relative_to(source)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, place)
            sync_folder(place.parent)
        except OSError as error:
            raise OutputError(str(place), reason(error)) from None
    return [path.name for path in paths]


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut.

    Raises:
        OSError: the system refuses.
    """
    if os.name == "nt":  # folders cannot be opened there; the file system logs renames itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def safe_name(text: str) -> str:
    """A file or folder name for ``text`` that stays inside its folder on every system.

    Letters of any script, digits, ``_``, ``-`` and inner ``.`` stay; at most 80 characters. When
    anything had to change, a short hash of ``text`` is added, so that different texts keep
    different names. A safe name stays as it is.
    """
    name = unicodedata.normalize("NFKC", text[: 4 * _NAME_LENGTH])
    name = re.sub(r"[^\w.-]|\.(?=\.)", "_", name)
    name = name.strip(".-")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    if name == text and name and len(name) <= _NAME_LENGTH and _size(name) <= _NAME_BYTES:
        return name
    mark = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_MARK]
    name = name[: _NAME_LENGTH - _MARK - 1]
    while _size(name) > _NAME_BYTES - _MARK - 1:
        name = name[:-1]
    return f"{name.rstrip('.-') or 'unnamed'}-{mark}"


def _size(name: str) -> int:
    return len(name.encode())


def csv_text(frame: pd.DataFrame) -> str:
    """The table as CSV, without its index, in which no text is a formula to a spreadsheet.

    Text and column names that start, after blanks, with ``= + - @``, their wide forms, a tab or
    a line break get a leading ``'``. Numbers are written as they are, line breaks in text as
    ``\\n``: a lone carriage return would end the row and put what follows it into a new cell.
    """
    columns = {
        position: _without_formulas(frame.iloc[:, position]) for position in range(frame.shape[1])
    }
    table = pd.DataFrame(columns, index=frame.index)
    table.columns = pd.Index([_harmless(name) for name in frame.columns], dtype=object)
    return table.to_csv(index=False, lineterminator="\n")


def _without_formulas(column: "pd.Series[Any]") -> "pd.Series[Any]":
    kind = column.dtype
    textual = isinstance(kind, pd.CategoricalDtype | pd.StringDtype) or kind.kind == "O"
    return column.astype(object).map(_harmless) if textual else column


def _harmless(value: Any) -> Any:
    """``value``, with a leading ``'`` if it is text that a spreadsheet could run."""
    if not isinstance(value, str):
        return value
    text = value.lstrip(" \t\r\n\v\f\0\u00a0\u3000\u200b\u2060\ufeff")
    blanks = value[: len(value) - len(text)]
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    risky = first[:1] in _FORMULA if first else False
    unbroken = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{unbroken}" if risky or not set(blanks).isdisjoint("\t\r\n\0") else unbroken
