"""Labels of the reports: complete in both languages, and of everything that tables hold."""

from typing import get_args

import pytest

from allocator.compare import UNITS as KPI_UNITS
from allocator.labels import CATALOGUE, LANGS, Group, label, unit_words
from allocator.panel import UNITS as COLUMN_UNITS
from allocator.plan import Status
from allocator.tables import LEVERS, SOURCES, TABLES
from fact_models.quantity import BASE
from fact_models.spec.objective import Goal


@pytest.mark.parametrize("group", get_args(Group))
def test_every_label_is_there_in_both_languages(group: Group) -> None:
    """No key lacks a language, and Chinese labels are Chinese unless they are an international
    short form.
    """
    assert CATALOGUE[group]
    for key in CATALOGUE[group]:
        said = [label(group, key, lang) for lang in LANGS]
        assert all(said) or (group, key) == ("unit", "1")
        assert not any("\u4e00" <= char <= "\u9fff" for char in label(group, key, "en"))


@pytest.mark.parametrize(
    ("group", "keys"),
    [
        ("kpi", KPI_UNITS),
        ("column", COLUMN_UNITS),
        ("table", TABLES),
        ("lever", LEVERS),
        ("source", SOURCES),
        ("status", get_args(Status)),
        ("goal", get_args(Goal)),
        ("unit", (*BASE, *(u for u in COLUMN_UNITS.values() if u != "money"))),
    ],
)
def test_what_tables_hold_has_a_label(group: Group, keys: object) -> None:
    """A column, figure, table, lever or unit that is added needs its label."""
    assert isinstance(keys, dict | tuple)
    assert set(keys) <= set(CATALOGUE[group])


def test_units_are_put_into_words_factor_by_factor() -> None:
    """Quotients follow their parts; the currency of the instance stays as it is written."""
    assert unit_words("hour/order", "en") == "hours/orders"
    assert unit_words("CNY/head", "zh") == "元/人"
    assert unit_words("CNY", "zh", "USD") == "USD"
    assert unit_words("yes/no", "zh") == "是/否"
    assert unit_words("1", "en") == ""


def test_an_unknown_key_is_an_error() -> None:
    """A report cannot show a name that nobody translated."""
    with pytest.raises(KeyError):
        label("column", "no_such_column", "en")
