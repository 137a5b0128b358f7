"""Annotated YAML reads back to the same values and carries the units of the records."""

from pathlib import Path

import pytest

from allocator.annotating import rounded, text
from allocator.families import generate
from allocator.reading import read_tree, validate
from fact_models.spec.instance import Instance


@pytest.mark.parametrize("family", ["many_deals", "s_curves"])
def test_reads_back(family: str, tmp_path: Path) -> None:
    """What is written reads back to an equal instance."""
    instance = generate(family, 13, 0)
    plain = instance.model_dump(mode="json", exclude_unset=True, by_alias=True)
    path = tmp_path / "made.yaml"
    path.write_text(text(plain, Instance, {"kol": "Deals."}), encoding="utf-8")
    assert validate(Instance, read_tree(path)) == instance


def test_units_and_notes() -> None:
    """A number carries its unit, a section its note."""
    plain = {"goods": {"lines": {"all": {"price": 10.0, "unit_cost": 2.5}}}}
    written = text(plain, Instance, {"goods": "Per order."})
    assert written.splitlines()[0] == "# Per order."
    assert "      price: 10  # CNY/order" in written


def test_rounded_keeps_whole_numbers_and_words() -> None:
    """Only floats are rounded, at any depth."""
    plain = {"a": [1.23456789, 7], "b": {"c": "x"}}
    assert rounded(plain, 3) == {"a": [1.23, 7], "b": {"c": "x"}}
