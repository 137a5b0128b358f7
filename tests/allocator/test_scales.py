"""Numbers of reports in both languages."""

import pytest

from allocator.labels import Lang
from allocator.scales import scale_of, share, short


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (None, "–", "–"),
        (float("nan"), "–", "–"),
        (1e-5, "0", "0"),
        (0.00094, "0.0009", "0.0009"),
        (0.1131, "0.113", "0.113"),
        (-0.2, "-0.200", "-0.200"),
        (7.0, "7", "7"),
        (9.996, "10.0", "10.0"),
        (-27.4, "-27.4", "-27.4"),
        (54.0, "54", "54"),
        (99.96, "100", "100"),
        (411.6, "412", "412"),
        (1999.0, "2.00 k", "1,999"),
        (9996.0, "10.0 k", "1.00万"),
        (-152_000.0, "-152 k", "-15.2万"),
        (18_491_634.0, "18.5 M", "1,849万"),
        (253_000_000.0, "253 M", "2.53亿"),
        (2_530_000_000.0, "2.53 bn", "25.3亿"),
    ],
)
def test_three_figures_with_the_word_of_their_scale(
    value: float | None, english: str, chinese: str
) -> None:
    """Thousands and millions in English, 万 and 亿 in Chinese, from 0.05 % below the next one."""
    assert short(value, "en") == english
    assert short(value, "zh") == chinese


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_scale_leaves_at_most_four_digits(lang: Lang) -> None:
    """Whatever the largest value of an axis, its numbers are short."""
    for power in range(12):
        scale = scale_of(10.0**power, lang)
        assert 1 <= 10.0**power / scale.size < 10_000


def test_shares_are_percentages() -> None:
    """English parts number and sign, Chinese does not."""
    assert share(0.1234, "en", 1) == "12.3 %"
    assert share(-0.2, "zh") == "-20%"
    assert share(None, "en") == "–"
