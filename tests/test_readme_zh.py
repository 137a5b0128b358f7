"""README.zh.md says what README.md says: the same commands, examples, figures and sections."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGLISH, CHINESE = (
    (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md")
)
GROWTH = {"低": "low", "中": "middle", "高": "high"}


def blocks(page: str) -> list[tuple[str, list[str]]]:
    """Language and lines of every block, without what a reader's language changes: comments and
    the blanks before them.
    """
    found = re.findall(r"^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [
        (kind, [re.sub(r"\s*# .*", "", line) for line in text.splitlines()])
        for kind, text in found
    ]


def rows(page: str, name: str) -> list[list[str]]:
    """Cells of the table between the marks of ``name``, without its head."""
    _, _, rest = page.partition(f"<!-- {name} -->")
    table, _, _ = rest.partition(f"<!-- end of {name} -->")
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    return [[GROWTH.get(cell, cell) for cell in line] for line in lines[1:]]


def test_commands_and_examples_are_the_same() -> None:
    """Every block of code stands in both, in the same order; comments are translated."""
    assert blocks(CHINESE) == blocks(ENGLISH)
    assert len(blocks(CHINESE)) >= 8


@pytest.mark.parametrize("name", ["archetypes", "models"])
def test_tables_hold_the_same_figures(name: str) -> None:
    """Both tables come from the same runs."""
    assert rows(CHINESE, name) == rows(ENGLISH, name)
    assert len(rows(CHINESE, name)) > 1


def test_sections_are_mirrored() -> None:
    """As many sections of each depth, in the same order, and as many points in each."""
    shapes = [
        [
            (heading.count("#"), len(re.findall(r"^(?:- |\d\. )", text, re.MULTILINE)))
            for heading, text in re.findall(r"^(#+) .*?\n(.*?)(?=^#+ |\Z)", page, re.M | re.S)
        ]
        for page in (without_code(ENGLISH), without_code(CHINESE))
    ]
    assert shapes[0] == shapes[1]


def without_code(page: str) -> str:
    """A page without its blocks, whose comments look like headings."""
    return re.sub(r"^```\w+\n.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)


def test_options_and_exit_codes_are_the_same() -> None:
    """What stands in code within the text is the program's, so it is not translated."""
    options = [set(re.findall(r"`(--[a-z-]+)", without_code(page))) for page in (ENGLISH, CHINESE)]
    assert options[0] == options[1]
    codes = [
        re.findall(r"^\| (\d[\d,、 ]*) \|", page, re.MULTILINE) for page in (ENGLISH, CHINESE)
    ]
    assert [code.replace("、", ", ") for code in codes[1]] == codes[0]


def test_links_lead_somewhere() -> None:
    """Files and pictures that the page links to are there."""
    targets = re.findall(r"\]\(([^)#]+)\)", CHINESE)
    assert len(targets) > 5
    for target in targets:
        assert (ROOT / target).exists(), target
