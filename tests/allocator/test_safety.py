"""Text from outside stays text: in tables, on the terminal, in JSON and as names of files; and
nothing in the source runs code that it reads.
"""

import csv
import io
import json
import re
import shutil
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

from allocator import plan_file
from allocator.attempt import Options
from allocator.batch import solve_batch
from allocator.cli import app
from allocator.composing import compose_json
from allocator.faults import InputError
from allocator.load import load
from allocator.plan import Plan
from allocator.reading import read_tree, validate
from allocator.screen import plan_screen
from allocator.screen_batch import results_csv, results_table
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance

ROOT = Path(__file__).parents[2]
SMALL = Path(__file__).with_name("small_merchant.yaml")

PAYLOADS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\",\"y\")",
    " =1+1", "\u00a0=1", "\u3000=1", "＝1+1", "＋1", "－1", "＠x", "﹦1", "=1+1;", '"=1+1',
    "'=1+1",
    "=DDE(\"cmd\";\"/C calc\";\"x\")", "-2+3+cmd|' /C calc'!A0",
    "<script>alert(1)</script>", "</script><script>x</script>", "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>', "javascript:alert(1)", "&lt;script&gt;", "{{7*7}}", "${7*7}",
    "\t=1", "\n=1", "\r=1", "\r\n=1", "[bold]x[/bold]", "[link=http://x]y[/link]", "[/]",
    "%s%n", "a,b", 'a"b',
]  # fmt: skip
"""Formulas, markup of pages, templates and terminals."""
REFUSED = ["\x1b[31mred", "\x1b]8;;http://x\x07y", "\x9b31mred", "a\x00b", "a\u202eb", "a\x08b"]
"""Text that moves the cursor or hides itself."""


def labelled(text: str) -> Instance:
    """The small merchant with ``text`` wherever a text is free."""
    tree = json.loads(json.dumps(read_tree(SMALL).value))
    tree["currency"] = text[:20]
    tree["note"], tree["assumed"] = text, [text]
    tree["snowball"]["segments"]["core"]["label"] = text
    tree["field"]["accounts"]["main"]["label"] = text
    return validate(Instance, compose_json("case.json", json.dumps(tree)))


@cache
def planned(text: str) -> Plan:
    """Today's plan of that merchant."""
    instance = labelled(text)
    return Plan.of(instance, "optimal", status_quo(instance), 1e9, message=text)


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run a cell; a plain number it would not."""
    start = re.sub(r"^[\s\u200b\ufeff]+", "", cell)[:1]
    number = re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", cell)
    return start in tuple("=+-@＝＋－＠﹦") and not number


@pytest.mark.parametrize("text", PAYLOADS)
def test_text_stays_text_in_tables(text: str, tmp_path: Path) -> None:
    """No cell of any CSV that is written is a formula; the plan file holds the text as it was."""
    plan = planned(text)
    folder = plan_file.write(tmp_path, plan)
    record = {"outcome": text, "summary": plan_file.summary(plan)}
    texts = [path.read_text() for path in folder.rglob("*.csv")] + [results_csv([record])]
    cells = [cell for table in texts for row in csv.reader(io.StringIO(table)) for cell in row]
    assert len(texts) > 10
    assert [cell for cell in cells if is_formula(cell)] == []
    again = plan_file.read(folder)
    assert again.instance.note == text
    assert again.instance == plan.instance


@pytest.mark.parametrize("text", PAYLOADS)
def test_text_stays_text_on_the_terminal(text: str) -> None:
    """No text is taken for markup, and nothing but colour leaves the screen as an escape."""
    plan = planned(text)
    record = {"outcome": "crashed", "summary": plan_file.summary(plan)}
    console = Console(width=200, record=True, file=io.StringIO(), markup=False, emoji=False)
    console.print(plan_screen(plan, 200))
    console.print(results_table([record]))
    shown = console.export_text()
    assert text in shown or re.sub(r"\s+", " ", text).strip() in shown
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown)


@pytest.mark.parametrize("text", REFUSED)
def test_text_that_is_no_text_is_refused(text: str) -> None:
    """Control characters and direction marks do not enter."""
    with pytest.raises(InputError):
        labelled(text)


def test_a_file_name_moves_no_cursor(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Names of files and folders reach neither stream as they are, where they hold escapes."""
    path = tmp_path / "a\x1b[31mb\x9bc\u202e.yaml"
    path.write_text(SMALL.read_text("utf-8"), "utf-8")
    folder = plan_file.write(tmp_path / "out\x1b[31m", planned("plain"))
    bad = tmp_path / "bad\x1b[31m.yaml"
    bad.write_text("a: 1\n")
    for command in (["check", path], ["check", bad], ["show", folder], ["verify", folder]):
        with suppress(SystemExit):
            app([str(word) for word in command])
    said = "".join(capfd.readouterr())
    assert "\ufffd[31m" in said
    assert "Traceback" not in said
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", said)


NAMES = [
    "", ".", "..", "../x", "../../etc/passwd", "/etc/passwd", "a/b", "a\\b", "C:\\x", "~", "~root",
    ".hidden", "-rf", "a\nb", "a b", "x" * 300, "CON/..", "a:b", "a*", "$(id)", "`id`", "%2e%2e",
    "．．／x", "..\\x", "…",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leaves_the_output_folder(name: str, tmp_path: Path) -> None:
    """A name that is more than a name is refused before anything is written."""
    tree = json.loads(json.dumps(read_tree(SMALL).value))
    tree["name"] = name
    path, out = tmp_path / "case.json", tmp_path / "out"
    path.write_text(json.dumps(tree))
    with pytest.raises(InputError, match="name"):
        load(path)
    options = Options(gap=0.01, time_limit=1.0, threads=1, seed=0)
    with pytest.raises(InputError, match="name"):
        solve_batch([str(path)], options, out, at_once=1, goal=None, model=None, as_json=False)
    assert not out.exists()


@pytest.mark.parametrize("name", ["CON", "nul.txt", "COM1", "a..b", "end.", "x" * 64])
def test_odd_names_have_a_folder_of_their_own(name: str, tmp_path: Path) -> None:
    """Names that are names get one folder inside the output folder."""
    tree = json.loads(json.dumps(read_tree(SMALL).value))
    tree["name"] = name
    instance = validate(Instance, compose_json("case.json", json.dumps(tree)))
    plan = Plan.of(instance, "optimal", status_quo(instance), 1e9)
    folder = plan_file.write(tmp_path, plan)
    assert folder.resolve().parent == tmp_path.resolve()
    assert [found.name for found in tmp_path.iterdir()] == [folder.name]


SNIPPETS = [
    "import pickle",
    "from pickle import loads",
    "import marshal",
    "import shelve",
    "import yaml",
    "import joblib",
    "import dill",
    "import cloudpickle",
    "print(eval(input()))",
    "exec(input())",
]


@pytest.mark.skipif(not shutil.which("ruff"), reason="ruff is not installed")
@pytest.mark.parametrize("snippet", SNIPPETS)
def test_the_linter_refuses_what_runs_what_it_reads(snippet: str) -> None:
    """The rules against pickle, eval and unsafe YAML are on for the source."""
    command = ["ruff", "check", "--quiet", "--stdin-filename", "allocator/case.py", "-"]
    done = subprocess.run(
        command, input=f"{snippet}\n", cwd=ROOT, text=True, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert re.search("TID251|S307|S102", done.stdout)


def test_yaml_is_read_by_the_safe_reader_only() -> None:
    """ruamel's unsafe readers have no lint rule: no source names them."""
    sources = [*(ROOT / "allocator").rglob("*.py"), *(ROOT / "models").rglob("*.py")]
    assert sources
    for path in sources:
        assert not re.search(r"typ *= *['\"](unsafe|full|rt|base)", path.read_text()), path
