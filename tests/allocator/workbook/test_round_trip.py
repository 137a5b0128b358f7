"""The same instance in YAML, JSON and a workbook is one instance."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator.families import FAMILIES, generate
from allocator.labels import LANGS, Lang
from allocator.load import load, load_default
from allocator.reading import dump_json, to_yaml
from allocator.tree import FORBIDDEN
from allocator.workbook.template import template
from fact_models.spec.instance import Instance
from tests.models.worlds import full_tree, full_world, merged, tiny_world

ROOT = Path(__file__).parents[3]
WORLDS: dict[str, Callable[[], Instance]] = {
    "full": full_world,
    "tiny": tiny_world,
    "default": load_default,
    "small": lambda: load(ROOT / "tests" / "allocator" / "small_merchant.yaml"),
    "brand": lambda: load(ROOT / "instances" / "archetypes" / "beauty-brand-52.yaml"),
    **{
        name: lambda name=name: generate(name, 13, 1, tiers=3, deals=4)  # type: ignore[misc]
        for name in FAMILIES
        if name != "xl"
    },
}
text = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"])
    | st.sampled_from("=+-@'\"\n_"),
    max_size=40,
).filter(lambda said: not FORBIDDEN.search(said) and (said == "" or said.strip() != ""))
amount = st.floats(0, 1e12, allow_subnormal=False)
share = st.floats(0, 1, allow_subnormal=False)


def three_ways(instance: Instance, folder: Path, lang: Lang) -> list[str]:
    """Canonical JSON of the instance after a way through each kind of file."""
    files: dict[str, str | bytes] = {
        "i.yaml": to_yaml(instance),
        "i.json": dump_json(instance),
        "i.xlsx": template(instance, lang),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return [dump_json(load(folder / name)) for name in files]


@pytest.mark.parametrize(("n", "world"), list(enumerate(WORLDS)))
def test_yaml_json_and_workbook_are_one(n: int, world: str, tmp_path: Path) -> None:
    """Worlds with every mechanism and with hardly any read back equal from all three files."""
    instance, lang = WORLDS[world](), LANGS[n % len(LANGS)]
    assert set(three_ways(instance, tmp_path, lang)) == {dump_json(instance)}


@given(
    label=text,
    note=text,
    assumed=st.lists(text.filter(bool), max_size=3),
    opening=st.floats(-1e12, 1e12, allow_subnormal=False),
    receivables=st.lists(amount, max_size=4),
    ramp=st.lists(share, max_size=3).map(sorted),
    figures=st.tuples(amount, share, share),
    flags=st.tuples(st.booleans(), st.booleans()),
)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_and_any_number_survives(
    tmp_path: Path,
    label: str,
    note: str,
    assumed: list[str],
    opening: float,
    receivables: list[float],
    ramp: list[float],
    figures: tuple[float, float, float],
    flags: tuple[bool, bool],
) -> None:
    """Texts that look like formulas, names in any script and numbers to the last digit."""
    amounts, low, high = figures
    tree = full_tree()
    role = next(iter(tree["staff"]["roles"]))
    changes: dict[str, Any] = {
        "note": note,
        "assumed": assumed,
        "staff": {"roles": {role: {"label": label, "ramp": ramp, "attrition": low}}},
        "money": {
            "cash": {"opening": opening, "receivables": receivables},
            "overhead": amounts,
            "tax_other": high / 100,
        },
        "objective": {"terminal": flags[0]},
    }
    if flags[1]:
        changes["snowball"] = {"shelf": {"per_follower": low}}
    instance = Instance.model_validate(merged(tree, changes))
    assert set(three_ways(instance, tmp_path, "en")) == {dump_json(instance)}


def test_records_of_defaults_are_told_from_records_left_out(tmp_path: Path) -> None:
    """A shelf without a figure is there; no shelf is not."""
    shelves: tuple[dict[str, float] | None, ...] = ({}, None)
    for shelf in shelves:
        instance = tiny_world(snowball={"shelf": shelf})
        assert set(three_ways(instance, tmp_path, "zh")) == {dump_json(instance)}
