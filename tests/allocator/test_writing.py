"""Writing: whole files or none, names that stay inside, tables without formulas."""

import csv
import io
import os
import stat
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.faults import OutputError
from allocator.writing import csv_text, safe_name, write_atomic


@pytest.mark.parametrize("content", ["利润\n", b"\x00\xff", ""])
def test_content_arrives_byte_by_byte(tmp_path: Path, content: str | bytes) -> None:
    """Text is written as UTF-8, bytes as they are, and nothing else is left behind."""
    path = tmp_path / "plan.json"
    path.write_text("old")
    write_atomic(path, content)
    wanted = content.encode() if isinstance(content, str) else content
    assert path.read_bytes() == wanted
    assert [found.name for found in tmp_path.iterdir()] == ["plan.json"]


def test_line_ends_are_kept(tmp_path: Path) -> None:
    """Carriage returns are written as given."""
    write_atomic(str(tmp_path / "a"), "x\r\ny\n")
    assert (tmp_path / "a").read_bytes() == b"x\r\ny\n"


def test_a_new_file_has_the_usual_rights(tmp_path: Path) -> None:
    """Others may read the file as far as the user's mask lets them."""
    mask = os.umask(0o022)
    try:
        write_atomic(tmp_path / "a", "x")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o644


@pytest.mark.parametrize("step", ["fsync", "replace", "fdopen"])
def test_a_failed_step_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A full disk at any step is said in words; the old file is intact and no temp stays."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "plan.json"
    path.write_text("old")
    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OutputError, match=r"plan\.json: cannot be written: the disk is full"):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["plan.json"]


def test_an_interrupt_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while writing removes the half file and goes on upwards."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(tmp_path / "a", "x")
    assert list(tmp_path.iterdir()) == []


def test_file_and_folder_are_synced_around_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file reaches the disk before the rename, the folder after it."""
    steps: list[str] = []
    sync, replace = os.fsync, os.replace

    def note_sync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        sync(handle)

    def note_replace(old: Path, new: Path) -> None:
        steps.append("rename")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "replace", note_replace)
    write_atomic(tmp_path / "a", "x")
    assert steps == ["file", "rename", "folder"]


def test_where_no_file_can_be_is_said_in_words(tmp_path: Path) -> None:
    """Missing folder, folder, pipe, loop, odd names and half characters have a message each."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("x")
    cases: dict[str, tuple[Path, str]] = {
        "its folder does not exist": (tmp_path / "none" / "a", "x"),
        "it is a folder": (tmp_path, "x"),
        "a pipe or a device": (tmp_path / "pipe", "x"),
        "not a folder": (tmp_path / "file" / "a", "x"),
        "name is too long": (tmp_path / ("x" * 300), "x"),
        "NUL": (tmp_path / "a\0b", "x"),
        "half a character": (tmp_path / "a", "\ud800"),
    }
    for words, (path, content) in cases.items():
        with pytest.raises(OutputError, match=words):
            write_atomic(path, content)


def test_a_link_is_followed(tmp_path: Path) -> None:
    """Writing through a symbolic link changes its target and keeps the link."""
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_atomic(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "new"


SAFE = ["spring-2026", "a.b", "直播间_1", "x" * 80]
UNSAFE = [
    "", ".", "..", "../../x", "a/b", "a\\b", "/etc/passwd", "C:\\x", "CON", "con.txt", "nul",
    "COM1", "lpt9.log", "a\0b", "a\nb", "x" * 300, "美" * 100, "a..b", ".hidden", "-rf",
    "trailing.", "a ", "ＣＯＮ", "a:b", "a*?", "\ud800", "～", "COM¹", "a\u202eb", "😀", "𠀀" * 80,
]  # fmt: skip


@pytest.mark.parametrize("text", SAFE)
def test_a_safe_name_stays(text: str) -> None:
    """Plain names are not touched."""
    assert safe_name(text) == text


def check_inside(name: str) -> None:
    """Fail unless ``name`` is one plain component on every system."""
    assert 0 < len(name) <= 80
    assert len(name.encode()) <= 250
    assert name == unicodedata.normalize("NFKC", name)
    assert not set(name) & set('/\\:*?"<>|\0 ')
    assert name.isprintable()
    assert ".." not in name
    assert name[0] not in ".-"
    assert name[-1] not in ". "
    assert name.split(".")[0].upper() not in {"CON", "NUL", "AUX", "PRN", "COM1", "LPT9"}


@pytest.mark.parametrize("text", UNSAFE)
def test_a_name_cannot_leave_its_folder(tmp_path: Path, text: str) -> None:
    """Separators, dots, reserved and long names become one harmless component with a hash."""
    name = safe_name(text)
    check_inside(name)
    assert name != text
    (tmp_path / name).mkdir()
    assert [found.name for found in tmp_path.iterdir()] == [name]


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), max_size=100))
def test_every_text_has_a_safe_name_that_is_its_own(text: str) -> None:
    """Any text gives a harmless component, and a safe name is its own safe name."""
    name = safe_name(text)
    check_inside(name)
    assert safe_name(name) == name


def test_different_texts_keep_different_names() -> None:
    """Texts that differ only in refused characters do not meet in one folder."""
    assert len({safe_name(text) for text in UNSAFE}) == len(UNSAFE)


def cells(frame: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_text(frame), newline="")))


FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "\u00a0=1", "＝1+1",
    "＋1", "－1", "＠x", "=cmd|' /C calc'!A0", "-2+3", "\ttext", "\rtext", "﹦1", "\ufeff=1",
    "\u200b=1", "\u2003=1", "\x00=1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("kind", ["object", "str", "category"])
def test_a_text_that_a_spreadsheet_could_run_gets_an_apostrophe(text: str, kind: str) -> None:
    """Formula starts are neutralised in cells of every text type, and in names of columns."""
    frame = pd.DataFrame({text: pd.Series([text, "plain"], dtype=kind)})
    head, first, second = cells(frame)
    assert head == first == [f"'{text.replace(chr(13), chr(10))}"]
    assert second == ["plain"]


def test_a_carriage_return_does_not_open_a_new_cell() -> None:
    """What follows a carriage return inside a text stays in its cell."""
    assert cells(pd.DataFrame({"a": ["x\r=1"]})) == [["a"], ["x\n=1"]]


@pytest.mark.parametrize("text", ["plain", "a=1", "1-2", "'x", "李佳", "#x", 'a, "b"\nc', " x"])
def test_other_text_is_not_touched(text: str) -> None:
    """Text without a formula start is written as it is."""
    assert cells(pd.DataFrame({"a": [text]}))[1] == [text]


def test_numbers_are_not_touched() -> None:
    """Negative numbers, flags and gaps are written plainly, also in columns of mixed type."""
    frame = pd.DataFrame(
        {
            "float": [-1.5, 1e-7],
            "int": [-3, 4],
            "mixed": [-5, "=x"],
            "flag": [True, False],
            "gap": [np.nan, -2.0],
            "text_gap": [None, "a"],
        },
        index=["=a", "=b"],
    )
    assert csv_text(frame).splitlines() == [
        "float,int,mixed,flag,gap,text_gap",
        "-1.5,-3,-5,True,,",
        "1e-07,4,'=x,False,-2.0,a",
    ]


def test_the_table_itself_is_not_changed() -> None:
    """Neutralising works on a copy, also with two columns of one name."""
    frame = pd.DataFrame([["=1", "=2"]], columns=["a", "a"])
    assert cells(frame) == [["a", "a"], ["'=1", "'=2"]]
    assert frame.iloc[0].tolist() == ["=1", "=2"]


def test_an_empty_table_keeps_its_names() -> None:
    """A table without rows is written as its line of names."""
    assert csv_text(pd.DataFrame({"a": [], "b": []})) == "a,b\n"
