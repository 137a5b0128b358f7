"""Texts of the page: complete and alike in both languages."""

from string import Formatter

import pytest

from allocator.labels_page import TEXTS, say
from allocator.plan_charts import CHARTS


def holes(text: str) -> set[str]:
    """Names in the braces of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("part", TEXTS)
def test_both_languages_say_the_same(part: str) -> None:
    """A text takes the same values in both, and no Chinese stands in an English one."""
    for key, text in TEXTS[part].items():
        assert text.en, key
        assert text.zh, key
        # An English plural may be the singular of Chinese: the same names, however often.
        assert holes(text.en) == holes(text.zh), key
        assert not any("\u4e00" <= char <= "\u9fff" for char in text.en), key


def test_every_figure_has_its_texts() -> None:
    """A title, a sentence for what it shows, and one for when there is nothing to show."""
    assert set(CHARTS) == set(TEXTS["chart"]) == set(TEXTS["empty"])
    assert set(CHARTS) <= set(TEXTS["said"])


def test_what_a_text_needs_must_be_given() -> None:
    """A sentence with a hole is an error, not a sentence with a hole."""
    with pytest.raises(KeyError):
        say("said", "staff", "en", role="host")
