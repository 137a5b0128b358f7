"""The records of an instance file: described in full, strict, and documented as they are."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from allocator.reading import read_tree, validate
from fact_models.quantity import Spec, Unit
from fact_models.spec.calendar import Calendar, as_date
from fact_models.spec.document import EXAMPLE, TAG, document, records, shape
from fact_models.spec.instance import Instance

PAGE = Path(__file__).parents[2] / "docs" / "instance-format.md"

COUNTS = {
    "Account.opening_lead",
    "Alliance.contract_elapsed",
    "Alliance.contract_periods",
    "Calendar.days",
    "Calendar.periods",
    "Campaign.price_days",
    "Campaigns.separation",
    "Deal.lead",
    "Dip.periods",
    "Field.accounts_max",
    "Guarantee.after",
    "Objective.terminal_periods",
    "Role.hire_lead",
    "Staff.hire_elapsed",
    "Staff.hire_every",
    "Stock.lead",
    "Tier.lead",
    "TopKol.spacing",
}
"""Whole numbers of periods, days or accounts: a period carries no dimension."""

RECORDS = records()
FIELDS = [
    pytest.param(record, name, id=f"{record.__name__}.{name}")
    for record in RECORDS
    for name in record.model_fields
]

TREE: dict[str, Any] = {
    "name": "strict",
    "calendar": {"start": "2026-W01", "periods": 4},
    "snowball": {
        "segments": {
            "all": {
                "pool": 1000.0,
                "followers": 10.0,
                "conversion": 0.1,
                "persistence": 0.5,
                "contact_per_visit": 0.1,
                "unfollow": 0.1,
            }
        }
    },
    "goods": {"lines": {"tea": {"price": 10.0, "unit_cost": 1.0}}},
    "staff": {"roles": {"host": {"heads": 2, "wage": 100.0, "hours": 40.0, "hires_max": 1}}},
    "money": {"budget": 1000.0},
}
POOL = "snowball.segments.all.pool"
HEADS = "staff.roles.host.hires_max"
TERMINAL = "objective.terminal"
START = "calendar.start"
SEASON = "season"


def with_value(path: str, value: Any) -> dict[str, Any]:
    """``TREE`` with one value set."""
    tree = deepcopy(TREE)
    record = tree
    *above, last = path.split(".")
    for step in above:
        record = record.setdefault(step, {})
    record[last] = value
    return tree


@pytest.mark.parametrize(("record", "name"), FIELDS)
def test_field_says_what_it_means(record: type[Spec], name: str) -> None:
    """Every field has a docstring; the tag of a curve is told by its value."""
    assert record.model_fields[name].description or name == TAG


@pytest.mark.parametrize(("record", "name"), FIELDS)
def test_number_has_a_unit(record: type[Spec], name: str) -> None:
    """Every number has a unit of known dimensions, or is one of the listed counts."""
    field = record.model_fields[name]
    of = shape(field.annotation, tuple(field.metadata))
    if "number" in of.words and f"{record.__name__}.{name}" not in COUNTS:
        assert of.unit
        Unit(of.unit).exponents()
    else:
        assert not of.unit


def test_counts_are_whole_numbers_of_the_records() -> None:
    """The list of counts names nothing that is not there, and no number that is not whole."""
    found = {
        f"{record.__name__}.{name}": shape(field.annotation, tuple(field.metadata)).words
        for record in RECORDS
        for name, field in record.model_fields.items()
    }
    assert {found.get(name) for name in COUNTS} == {"whole number"}


def test_every_record_is_closed() -> None:
    """No record takes unknown fields, numbers that are not finite, or changes after reading."""
    for record in RECORDS:
        assert record.__doc__
        config = record.model_config
        assert config["extra"] == "forbid"
        assert config["frozen"]
        assert config["strict"]
        assert not config["allow_inf_nan"]


def described(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Fields of all records in a JSON schema."""
    for title, record in schema["$defs"].items():
        for name, field in record.get("properties", {}).items():
            yield f"{title}.{name}", field


def test_schema_describes_every_field() -> None:
    """The JSON schema covers all records and carries the docstrings."""
    schema = Instance.model_json_schema()
    assert {*schema["$defs"], "Instance"} == {record.__name__ for record in RECORDS}
    assert schema["properties"]["season"]["description"]
    silent = {name for name, field in described(schema) if not field.get("description")}
    assert {name.split(".")[1] for name in silent} == {TAG}


def test_schema_carries_bounds() -> None:
    """Bounds of a field stand in the JSON schema."""
    field = Instance.model_json_schema()["$defs"]["Segment"]["properties"]["unfollow"]
    assert (field["minimum"], field["maximum"]) == (0, 0.13)


@pytest.mark.parametrize(
    ("path", "value", "kind"),
    [
        (POOL, True, "float_type"),
        (POOL, "12", "float_type"),
        (POOL, "1e400", "float_type"),
        (POOL, "12 %", "float_type"),
        (POOL, "", "float_type"),
        (POOL, None, "float_type"),
        (POOL, [12.0], "float_type"),
        (POOL, float("nan"), "finite_number"),
        (POOL, float("inf"), "finite_number"),
        (POOL, float("-inf"), "finite_number"),
        (POOL, 0.0, "greater_than"),
        (POOL, -1.0, "greater_than"),
        (POOL, 1.1e12, "less_than_equal"),
        (POOL, 10**400, "float_type"),
        (HEADS, 12.5, "int_type"),
        (HEADS, 12.0, "int_type"),
        (HEADS, "12", "int_type"),
        (HEADS, True, "int_type"),
        (HEADS, None, "int_type"),
        (HEADS, float("nan"), "int_type"),
        (HEADS, -1, "greater_than_equal"),
        (HEADS, 10**9, "less_than_equal"),
        ("calendar.periods", 0, "greater_than_equal"),
        ("calendar.periods", 1_000_000_000, "less_than_equal"),
        (TERMINAL, 1, "bool_type"),
        (TERMINAL, "yes", "bool_type"),
        (TERMINAL, "true", "bool_type"),
        ("name", 7, "string_type"),
        ("name", "", "string_pattern_mismatch"),
        ("name", "../up", "string_pattern_mismatch"),
        ("name", "a b", "string_pattern_mismatch"),
        ("objective.goal", "GMV", "literal_error"),
        ("snowball.model", "both", "string_pattern_mismatch"),
        ("budgt", 5.0, "extra_forbidden"),
        ("money.budgt", 5.0, "extra_forbidden"),
        ("snowball.segments.all.poool", 5.0, "extra_forbidden"),
        ("snowball.segments", {}, "too_short"),
        ("snowball.segments", [], "dict_type"),
        ("goods", None, "model_type"),
        ("money.settlement", 1.0, "list_type"),
        ("money.settlement", [], "too_short"),
        ("money.settlement", [0.5, True], "float_type"),
        ("money.levers", {"tiktok": {}}, "literal_error"),
        (START, 20260105, "string_type"),
        (START, "2026-02-30", "value_error"),
        (START, "05/01/2026", "value_error"),
        (START, "2026-W54", "value_error"),
        (START, "0001-01-01", "value_error"),
        (SEASON, {}, "list_type"),
        ("staff.roles", {"1st": TREE["staff"]["roles"]["host"]}, "string_pattern_mismatch"),
        ("staff.roles", {"主播": TREE["staff"]["roles"]["host"]}, "string_pattern_mismatch"),
    ],
)
def test_strict(path: str, value: Any, kind: str) -> None:
    """What is not exactly of the field's kind and within its bounds is refused."""
    with pytest.raises(ValidationError) as caught:
        Instance.model_validate(with_value(path, value))
    assert [error["type"] for error in caught.value.errors()] == [kind]


@pytest.mark.parametrize(
    ("path", "value"), [(POOL, 12), (POOL, 1e12), (HEADS, 0), ("money.budget", 0.0), (SEASON, [])]
)
def test_lenient_where_nothing_is_lost(path: str, value: Any) -> None:
    """A whole number may stand for a number; zero is a number like others."""
    Instance.model_validate(with_value(path, value))


def test_frozen() -> None:
    """A record that was read does not change."""
    instance = Instance.model_validate(TREE)
    with pytest.raises(ValidationError, match="frozen"):
        instance.name = "other"  # type: ignore[misc]


def test_unit_exponents() -> None:
    """Units multiply and divide dimensions; a pure number has none, an unknown name is refused."""
    assert Unit("CNY/order").exponents() == {"CNY": 1, "order": -1}
    assert Unit("hour*hour/hour").exponents() == {"hour": 1}
    assert Unit("1").exponents() == {}
    with pytest.raises(ValueError, match="unknown dimension 'yuan'"):
        Unit("yuan").exponents()


@pytest.mark.parametrize(
    "text",
    [
        "2026-W07-1",
        "2026-W 7",
        "2026W071",
        "20260212",
        "２０２６-02-12",
        "2026-2-12",
        "2026-02-12T00",
        " 2026-02-12",
        "9999-12-31",
        "soon",
        "",
    ],
)
def test_other_dates_are_refused(text: str) -> None:
    """Only the two written forms stand for a time, and only near a merchant's life."""
    with pytest.raises(ValueError, match="must be a period number, a date"):
        as_date(text)


def test_dates_map_to_the_period_that_holds_them() -> None:
    """2026-W01 begins on 29 December; a week names its Monday, a span its last Sunday."""
    calendar = Calendar(start="2026-W01", periods=4)
    assert as_date("2026-W01").isoformat() == "2025-12-29"
    assert [
        calendar.period_of(when) for when in (1, "2025-12-29", "2026-01-04", "2026-01-05")
    ] == [
        0,
        0,
        0,
        1,
    ]
    assert calendar.period_of("2025-12-28") == -1
    assert calendar.coverage("2026-W02", "2026-W02") == [0, 1, 0, 0]
    assert calendar.coverage("2026-01-10", 3) == pytest.approx([0, 2 / 7, 1, 0])


def test_page_is_written_from_the_records() -> None:
    """docs/instance-format.md is what the records say today."""
    assert PAGE.read_text(encoding="utf-8") == document()


def test_example_of_the_page_is_valid(tmp_path: Path) -> None:
    """The smallest file of the page reads and breaks no rule."""
    file = tmp_path / "corner-shop.yaml"
    file.write_text(EXAMPLE, encoding="utf-8")
    assert validate(Instance, read_tree(file)).name == "corner-shop"


def test_shape_knows_no_other_types() -> None:
    """A type that the page has no words for stops it."""
    with pytest.raises(TypeError, match="no words for"):
        shape(complex)
