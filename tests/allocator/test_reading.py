"""Reading: what is accepted, what is refused and in which words, and round trips."""

import json
import os
import time
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field, model_validator

from allocator.composing import compose_json, compose_yaml
from allocator.faults import SHOWN, InputError
from allocator.reading import (
    LARGEST,
    canonical_sha256,
    dump_json,
    read_tree,
    suggest,
    to_yaml,
    validate,
)
from fact_models.faults import Fault, FaultError
from fact_models.quantity import Id, Share, Spec, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Money = Annotated[float, Field(ge=0, le=1e12), Unit("CNY")]


class Linear(Spec):
    """A curve with a tag."""

    kind: Literal["linear"]
    slope: Annotated[float, Field(gt=0)]


class Hill(Spec):
    """Another curve, with a field of its own."""

    kind: Literal["hill"]
    half: Annotated[float, Field(gt=0), Unit("visit/hour")]


class Deal(Spec):
    """An entity with bounds, a choice, a union and an optional field."""

    fee: Money
    start: Annotated[int, Field(ge=1, le=99)] | Annotated[str, Field(max_length=10)] = 1
    outcome: Literal["low", "middle", "high"] = "middle"
    cap: Money | None = None
    mix: dict[Id, Share] = Field(default={})
    curve: Annotated[Linear | Hill, Field(discriminator="kind")] | None = None


class File(Spec):
    """A small instance."""

    name: Annotated[str, Field(min_length=1, max_length=4000)] = "case"
    budget: Money = 0.0
    periods: int = 1
    live: bool = True
    tags: list[str] = Field(default=[])
    deals: dict[Id, Deal] = Field(default={})

    @model_validator(mode="after")
    def _within_budget(self) -> Self:
        found = [
            Fault(("deals", key, "fee"), "must not exceed the budget", hint="raise budget")
            for key, deal in self.deals.items()
            if self.budget and deal.fee > self.budget
        ]
        if found:
            raise FaultError(found)
        return self


def loaded(tmp_path: "Path", text: str | bytes, name: str = "case.yaml") -> Any:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_tree(path)


def refusal(tmp_path: "Path", text: str | bytes, name: str = "case.yaml") -> str:
    """Message about a file, without its folder."""
    with pytest.raises(InputError) as caught:
        validate(File, loaded(tmp_path, text, name))
    return str(caught.value).replace(f"{tmp_path}{os.sep}", "")


SCALARS = [
    ("NO", "NO"),
    ("yes", "yes"),
    ("on", "on"),
    ("y", "y"),
    ("NA", "NA"),
    ("None", "None"),
    ("nan", "nan"),
    ("Infinity", "Infinity"),
    ("true", True),
    ("FALSE", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("12:30", "12:30"),
    ("1:30:45", "1:30:45"),
    ("2026-01-05", "2026-01-05"),
    ("2026-02-30", "2026-02-30"),
    ("01/02/2026", "01/02/2026"),
    ("1,000", "1,000"),
    ("1.000,50", "1.000,50"),
    ("10%", "10%"),
    ("１２", "１２"),
    ("١٢", "١٢"),
    ("1e3", 1000.0),
    ("1.0e3", 1000.0),
    ("1E+3", 1000.0),
    ("-5", -5),
    ("+5", 5),
    (".5", 0.5),
    ("-0.0", 0.0),
    ("9007199254740992", 2**53),
    ('"010"', "010"),
    ("'1_000'", "1_000"),
    ('".inf"', ".inf"),
    ("=1+1", "=1+1"),
    ("_1_000_a", "_1_000_a"),
    ("-" * 500, "-" * 500),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_a_yaml_scalar_has_one_meaning(tmp_path: "Path", text: str, value: object) -> None:
    """Words, dates and times stay text, plain decimals are numbers, of the exact type."""
    got = loaded(tmp_path, f"a: {text}\n").value["a"]
    assert (got, type(got)) == (value, type(value))
    assert str(got) == str(value)


REFUSED = [
    ("budget: 010", "case.yaml:1: budget = 010: ambiguous number"),
    ("periods: 007", "ambiguous number"),
    ("periods: 0o17", "ambiguous number"),
    ("periods: 0x1F", "ambiguous number"),
    ("periods: 0b11", "ambiguous number"),
    ("periods: 1_000", "ambiguous number"),
    ("budget: 1_000.5", "ambiguous number"),
    ("budget: .nan", "must be a finite number"),
    ("budget: -.inf", "must be a finite number"),
    ("budget: 1e400", "too large"),
    ("budget: 1e-400", "too small"),
    ("periods: 9007199254740993", "at most 2**53"),
    ("periods: " + "9" * 5000, "must have at most 400 digits, has 5000"),
    ("name: x\nbudget: 1\n\nname: y", "case.yaml:4: name: the key stands twice, in line 1 and"),
    ("deals: &a {}", "case.yaml:1: deals: anchors (&name) are not allowed"),
    ("name: *a", "aliases (*name) are not allowed"),
    ("a: &a [*a]", "anchors"),
    ("<<: {budget: 1}", "merge keys (<<) are not allowed"),
    ("name: !!python/object:os.system x", "tags (!name) are not allowed"),
    ("name: !x y", "tags"),
    ("name: !!str 12", "tags"),
    ("%YAML 1.1\n---\nname: x", "directives"),
    ("%FOO\n---\nname: x", "directives"),
    ("name: x\n---\nname: y", "case.yaml:2: holds several documents"),
    ("1: x", "a key must be text"),
    ("true: x", "a key must be text"),
    ("? [a]\n: x", "a key must be text"),
    (": x", "a key must be text"),
    ("- a\n- b", "must be a mapping"),
    ("name: [x", "is not YAML"),
    ("name: x\n\tbudget: 1", "case.yaml:2: is not YAML"),
    ('name: "\\ud800"', "U+D800"),
    ('name: "\\0"', "U+0000"),
    ("name: \x07", "case.yaml:1: holds U+0007"),
    ("budget: 1\nname: a\u202eb", "case.yaml:2: holds U+202E (right-to-left override)"),
    ("", "case.yaml: is empty"),
    (" \n\n", "is empty"),
    ("# only a comment\n", "holds nothing"),
    ("---\n", "holds nothing"),
    ("budget: 12\nx" + "y" * 100_001, "line of more than 100000 characters"),
    ("a: " + "[" * 21 + "]" * 21, "nested deeper than 20 levels"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_yaml_that_two_readers_could_take_differently_is_refused(
    tmp_path: "Path", text: str, words: str
) -> None:
    """Ambiguous, dangerous and broken YAML ends in a message with the file's name and the rule."""
    said = refusal(tmp_path, text)
    assert said.startswith("case.yaml")
    assert words in said


JSON_REFUSED = [
    ('{"budget": NaN}', "NaN is not JSON"),
    ('{"name": "NaN",\n"budget": -Infinity}', "case.json:2: -Infinity is not JSON"),
    ('{"budget": 1e400}', "case.json:1: budget = 1e400: must be a number that double"),
    ('{"budget": 9007199254740993}', "at most 2**53"),
    ('{"periods": ' + "9" * 5000 + "}", "at most 400 digits"),
    ('{"name": "a",\n\n"name": "b"}', "case.json:3: name: the key stands twice, in line 1 and"),
    ('{"periods": 010}', "is not JSON"),
    ('{"periods": 1,}', "is not JSON"),
    ("{'periods': 1}", "is not JSON"),
    ("{periods: 1}", "is not JSON"),
    ("{} {}", "is not JSON"),
    ("# x\n{}", "is not JSON"),
    ('{"name": "\\ud800"}', "U+D800"),
    ('{"name": "\\u0000"}', "U+0000"),
    ('{"name": "a', "is not JSON"),
    ("null", "holds nothing"),
    ("[1]", "must be a mapping"),
    ("[" * 2000 + "]" * 2000, "nested deeper than 20 levels"),
]


@pytest.mark.parametrize(("text", "words"), JSON_REFUSED)
def test_json_is_kept_to_its_grammar(tmp_path: "Path", text: str, words: str) -> None:
    """Non-finite numbers, duplicate keys and everything that is YAML only are refused."""
    said = refusal(tmp_path, text, "case.json")
    assert said.startswith("case.json")
    assert words in said


WRONG = [
    ("budget: -5", "case.yaml:1: budget = -5: must be at least 0 CNY"),
    (
        'budget: "12"',
        'case.yaml:1: budget = "12": must be a number, is the text "12" (remove the quotes)',
    ),
    ("budget: true", "budget = true: must be a number, is true"),
    ("budget: ", "budget = null: must be a number, is null"),
    ("budget: [1]", "budget = a list of 1: must be a number, is a list of 1"),
    ("budget: 1,000", 'is the text "1,000" (write 1000 without separators)'),
    ("budget: 10%", 'is the text "10%" (write a share such as 0.1 for 10 %)'),
    ("budget: １２", 'is the text "１２" (use the digits 0 to 9)'),
    ("budget: 12:30", 'must be a number, is the text "12:30"'),
    ("budget: 1e16", "must be at most 1000000000000 CNY"),
    ("periods: 12.0", "periods = 12.0: must be a whole number, is the number 12.0"),
    ("live: yes", 'live = "yes": must be true or false, is the text "yes"'),
    ("live: 1", "must be true or false, is the number 1"),
    ("name: 12", "must be text, is the number 12"),
    ('name: ""', 'name = "": must have at least 1 character'),
    ("tags: x", "must be a list"),
    ("tags: [a,\n  1]", "case.yaml:2: tags[1] = 1: must be text"),
    ("name: a\nbudgt: 5", "case.yaml:2: budgt = 5: unknown field (did you mean `budget`?)"),
    ("Budget: 5", "did you mean `budget`?"),
    ("name: a\ndeals:\n  star: {}", "case.yaml:3: deals.star.fee: is missing"),
    (
        "deals:\n  star:\n    fees: 3\n    fee: 1",
        "case.yaml:3: deals.star.fees = 3: unknown field",
    ),
    ("deals: {s: {fee: 1, outcome: midle}}", "must be one of low, middle, high (did you mean `mi"),
    ("deals: {s: {fee: 1, start: 3.5}}", "must be a whole number or text, is the number 3.5"),
    ("deals: {s: {fee: 1, start: 100}}", "deals.s.start = 100: must be at most 99"),
    ("deals: {s: {fee: 1, cap: -1}}", "deals.s.cap = -1: must be at least 0 CNY"),
    ("deals: {s: {fee: 1, mix: {a: 1.5}}}", "deals.s.mix.a = 1.5: must be at most 1"),
    ("deals:\n  7up: {fee: 1}", "case.yaml:2: deals.7up: the name must start with a Latin letter"),
    ("deals: {s: {fee: 1, curve: {}}}", "deals.s.curve.kind: is missing (one of linear, hill)"),
    (
        "deals: {s: {fee: 1, curve: {kind: hil}}}",
        "must be one of linear, hill (did you mean `hill",
    ),
    (
        "deals: {s: {fee: 1, curve: {kind: hill, half: 0}}}",
        "deals.s.curve.half = 0: must be more than 0 visit/hour",
    ),
    (
        "deals: {s: {fee: 1, curve: {kind: hill, half: 1, haf: 1}}}",
        "deals.s.curve.haf = 1: unknown field (did you mean `half`?)",
    ),
    (
        "budget: 5\ndeals:\n  a: {fee: 6}\n  b:\n    fee: 7",
        "case.yaml:3: deals.a.fee = 6: must not exceed the budget (raise budget)\n"
        "case.yaml:5: deals.b.fee = 7: must not exceed the budget (raise budget)",
    ),
    (
        "deals:\n  nova: {fee: 1}\n  Nova: {fee: 1}",
        "case.yaml:3: deals.Nova: looks like nova in line 2",
    ),
    ("deals:\n  nova: {fee: 1}\n  ｎｏｖａ: {fee: 1}", "looks like nova in line 2"),
    ('deals:\n  nova: {fee: 1}\n  "nova ": {fee: 1}', "looks like nova in line 2"),
    ("deals:\n  nova: {fee: 1}\n  no\u200bva: {fee: 1}", "looks like nova in line 2"),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_a_wrong_value_is_named_with_line_field_value_and_rule(
    tmp_path: "Path", text: str, words: str
) -> None:
    """The message names file, line, field and value, and says in plain words what is wanted."""
    assert words in refusal(tmp_path, text)


def test_the_same_mistake_has_the_same_words_in_json(tmp_path: "Path") -> None:
    """JSON files get lines, units and near names like YAML files."""
    said = refusal(tmp_path, '{\n "budget": -5,\n "perods": 3\n}', "case.json")
    assert said == (
        "case.json:2: budget = -5: must be at least 0 CNY\n"
        "case.json:3: perods = 3: unknown field (did you mean `periods`?)"
    )


def test_all_problems_are_told_in_the_order_of_the_file(tmp_path: "Path") -> None:
    """One run shows every mistake of the file, sorted by line."""
    said = refusal(tmp_path, "nam: x\ndeals:\n  a: {fee: -1}\nperiods: x\nbudget: -1\n")
    assert [line.split(":")[1] for line in said.splitlines()] == ["1", "3", "4", "5"]


@pytest.mark.parametrize("count", [21, 500])
def test_a_long_list_of_problems_is_cut_and_counted(tmp_path: "Path", count: int) -> None:
    """Twenty problems are shown and the rest is counted, however many there are."""
    said = refusal(tmp_path, "tags: [" + ", ".join(["1"] * count) + "]").splitlines()
    rest = count - SHOWN
    assert len(said) == SHOWN + 1
    assert said[-1] == f"... and {rest} more problem{'s' if rest > 1 else ''}"


def test_a_fault_names_its_own_value_and_readable_text() -> None:
    """Faults across fields can be read as they are, outside of any file."""
    error = FaultError([Fault(("a", 0, "b"), "is late", 9, "move it"), Fault((), "is odd")])
    assert str(error) == "a.0.b = 9: is late (move it)\nis odd"


def test_keys_and_values_have_line_and_column(tmp_path: "Path") -> None:
    """The tree knows where every key and value starts, alike for YAML and JSON."""
    yaml = loaded(tmp_path, "a: 1\nb:\n  - x\n  - {c: 2}\n")
    same = loaded(tmp_path, '{"a": 1,\n "b": [\n  "x",\n  {"c": 2}]}', "case.json")
    assert yaml.keys[("b", 1, "c")] == (4, 6)
    assert yaml.values[("b", 1, "c")] == (4, 9)
    assert yaml.line(("b",)) == 2
    assert yaml.line(("b", 9, "z")) == 2
    assert same.value == yaml.value
    assert same.keys[("b", 1, "c")] == (4, 4)
    assert same.values[("b", 0)] == (3, 3)


@pytest.mark.parametrize("name", ["case.yaml", "case.YML", "case.json"])
def test_a_byte_order_mark_is_accepted(tmp_path: "Path", name: str) -> None:
    """Files that begin with the mark of UTF-8 read like the others."""
    assert loaded(tmp_path, b'\xef\xbb\xbf{"a": 1}', name).value == {"a": 1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("name: x".encode("utf-16"), "is UTF-16 or UTF-32 text (save it as UTF-8)"),
        ("name: x".encode("utf-32"), "is UTF-16 or UTF-32 text (save it as UTF-8)"),
        ("name: x".encode("utf-16-le"), "is this UTF-16? save it as UTF-8"),
        ("a: 1\nname: 美妆".encode("gbk"), "case.yaml:2: is not UTF-8 text (save it as UTF-8)"),
    ],
)
def test_other_encodings_are_refused_in_words(
    tmp_path: "Path", content: bytes, words: str
) -> None:
    """A file in another encoding is told to be saved as UTF-8."""
    assert words in refusal(tmp_path, content)


def test_what_is_not_a_readable_file_is_said_so(tmp_path: "Path") -> None:
    """Missing file, folder, pipe, loop of links, suffix and odd names have a message each."""
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere.yaml")
    cases = {
        "none.yaml": "does not exist",
        "gone.yaml": "does not exist",
        "folder.yaml": "is a folder",
        "pipe.yaml": "a pipe or a device",
        "loop.yaml": "run in a circle",
        "case.txt": "ends in .yaml, .yml, .json or .xlsx",
        "case": "ends in .yaml, .yml, .json or .xlsx",
        "x" * 300 + ".yaml": "name is too long",
        "a\0b.yaml": "NUL",
    }
    for name, words in cases.items():
        with pytest.raises(InputError, match=words):
            read_tree(tmp_path / name)


def test_a_file_without_permission_is_said_so(
    tmp_path: "Path", monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unreadable file is refused with the system's reason in words."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "case.yaml").write_text("a: 1")
    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(InputError, match="cannot be read: permission denied"):
        read_tree(tmp_path / "case.yaml")


BOMBS = {
    "aliases.yaml": "a: &a [x, x]\n" + "b: &b [*a, *a]\n" * 1000,
    "self.yaml": "&a [*a]",
    "deep.yaml": "[" * 90_000,
    "dashes.yaml": "- " * 45_000,
    "keys.yaml": "? " * 45_000,
    "long.yaml": "!" * 1_900_000,
    "large.yaml": "a: x\n" * 500_000,
    "documents.yaml": "---\n" * 400_000,
    "many.yaml": "- 1\n" * 480_000,
    "flow.yaml": "- [" + "1,\n  " * 300_000 + "1]",
    "many.json": "[" + "0," * 2_400_000 + "0]",
    "empty.json": '{"kol": [' + "{}, " * 250_000 + "{}]}",
    "deep.json": "[" * 4_900_000,
    "quotes.json": '"\\' * 2_400_000,
    "digits.json": "1" * 4_900_000,
    "large.json": " " * 5_000_001,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_a_second(tmp_path: "Path", name: str) -> None:
    """Files made to exhaust a reader cost next to nothing (measured with a margin of two)."""
    path = tmp_path / name
    path.write_text(BOMBS[name])
    start = time.process_time()
    with pytest.raises(InputError):
        read_tree(path)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("sign", ["", "-"])
def test_whole_numbers_are_exact_on_both_sides(tmp_path: "Path", sign: str) -> None:
    """2**53 is read as it is, the next one up and the next one down are refused."""
    assert loaded(tmp_path, f"budget: {sign}{2**53}").value == {"budget": int(f"{sign}{2**53}")}
    assert "at most 2**53" in refusal(tmp_path, f"budget: {sign}{2**53 + 1}")


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_the_limit_of_a_file_is_exact(tmp_path: "Path", suffix: str) -> None:
    """A file of just the largest size is looked into, one byte more is refused unread."""
    limit, file = LARGEST[suffix], tmp_path / f"case{suffix}"
    for size, refused in ((limit, False), (limit + 1, True)):
        file.write_bytes(b" " * size)
        with pytest.raises(InputError) as told:
            read_tree(file)
        assert ("is larger than" in str(told.value)) is refused
        assert ("is empty" in str(told.value)) is not refused


def test_too_many_nodes_are_refused(tmp_path: "Path") -> None:
    """More than 100,000 keys and values are refused, also with fewer lines and commas."""
    text = "[" + ",".join(["{}"] * 100_001) + "]"
    assert "has more than 100000 keys and values" in refusal(tmp_path, text, "case.json")
    pairs = "{" + ",".join(f'"{n}": 1' for n in range(60_000)) + "}"
    assert "has more than 100000 keys and values" in refusal(tmp_path, pairs, "case.json")
    assert "has more than 100000 lines" in refusal(tmp_path, "a: 1\n" + "\n" * 100_000)
    assert "has more than 100000 commas" in refusal(tmp_path, f"[{'1,' * 100_001}]", "case.json")


def test_a_large_plain_file_is_read_in_seconds(tmp_path: "Path") -> None:
    """A YAML file of 120 kB takes a small part of the 5 s that are allowed here."""
    text = "".join(f"s{i}:\n  mix: {{a: 0.1, b: 0.9}}\n  label: some text\n" for i in range(2500))
    start = time.process_time()
    assert len(loaded(tmp_path, text).value) == 2500
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("word", "choices", "hint"),
    [
        ("budgt", ["budget", "bids"], "did you mean `budget`?"),
        ("BUDGET", ["budget"], "did you mean `budget`?"),
        ("zzz", ["budget"], ""),
        ("x", [], ""),
        ("a" * 100_000, ["budget"], ""),
    ],
)
def test_the_nearest_name_is_suggested(word: str, choices: list[str], hint: str) -> None:
    """A near name is offered whatever its case; a far one is not."""
    assert suggest(word, choices) == hint


texts = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Cn"], include_characters="\n\t"
    ),
    min_size=1,
    max_size=30,
)
tricky = st.sampled_from(
    ["no", "010", "1_000", "1e3", "null", "", "- a", "a: b", "#x", " x ", "a\nb", "a\n", "\n\n",
     "a \nb", "~", "<<", "*a", "2026-01-05", "12:30", "'", '"', "\\", "=1", "a\n\nb\n", "%x"]
)  # fmt: skip
ids = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True)
money = st.floats(0, 1e12)
curves = st.one_of(
    st.builds(Linear, kind=st.just("linear"), slope=st.floats(1e-300, 1e300)),
    st.builds(Hill, kind=st.just("hill"), half=st.floats(1e-9, 1e22)),
)
deals = st.builds(
    Deal,
    fee=money,
    start=st.one_of(st.integers(1, 99), texts.map(lambda text: text[:10])),
    cap=st.one_of(st.none(), money),
    mix=st.dictionaries(ids, st.floats(0, 1), max_size=3),
    curve=st.one_of(st.none(), curves),
)


def distinct(found: dict[str, Deal]) -> bool:
    """Whether no two ids look alike; those are refused."""
    groups: list[Iterable[str]] = [found, *(deal.mix for deal in found.values())]
    return all(len({key.casefold() for key in group}) == len(list(group)) for group in groups)


files = st.builds(
    File,
    name=st.one_of(texts, tricky.filter(bool)),
    periods=st.integers(-(2**53), 2**53),
    live=st.booleans(),
    tags=st.lists(st.one_of(texts, tricky), max_size=4),
    deals=st.dictionaries(ids, deals, max_size=3).filter(distinct),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(files)
def test_records_read_back_equal_from_both_formats(record: File) -> None:
    """Dump and load gives an equal record, the same canonical text and the same digest."""
    text = dump_json(record)
    from_json = validate(File, compose_json("case.json", text))
    from_yaml = validate(File, compose_yaml("case.yaml", to_yaml(record)))
    assert from_json == from_yaml == record
    assert dump_json(from_json) == dump_json(from_yaml) == text
    assert canonical_sha256(from_yaml) == canonical_sha256(record)
    assert text.endswith("}\n")
    assert to_yaml(record).endswith("\n")
    assert not to_yaml(record).endswith("\n\n")


def test_the_order_of_entities_and_fields_is_kept(tmp_path: "Path") -> None:
    """Canonical JSON has the fields in the record's order and the entities in the file's order."""
    tree = loaded(tmp_path, "deals: {z: {fee: 1}, a: {fee: 2}}\nname: x")
    written = json.loads(dump_json(validate(File, tree)))
    assert list(written) == ["name", "budget", "periods", "live", "tags", "deals"]
    assert list(written["deals"]) == ["z", "a"]


def test_equal_records_have_equal_digests(tmp_path: "Path") -> None:
    """Spelling of numbers and layout of the file do not change the digest; a value does."""
    one = validate(File, loaded(tmp_path, "budget: 1000"))
    two = validate(File, loaded(tmp_path, '{"budget": 1.0e3, "name": "case"}', "case.json"))
    assert canonical_sha256(one) == canonical_sha256(two)
    assert canonical_sha256(one) != canonical_sha256(File(budget=1000.5))
    assert canonical_sha256(File(budget=-0.0)) == canonical_sha256(File(budget=0.0))


def test_a_new_field_at_its_default_keeps_the_digest() -> None:
    """Plans and files from before a field existed are not taken for changed; a kind counts."""

    class Later(File):
        scenarios: dict[str, float] = {}  # noqa: RUF012

    class One(Spec):
        kind: Literal["one"] = "one"

    class Other(Spec):
        kind: Literal["other"] = "other"

    assert canonical_sha256(Later(budget=7.0)) == canonical_sha256(File(budget=7.0))
    stated = canonical_sha256(Later(budget=7.0, scenarios={"low": 0.5}))
    assert stated != canonical_sha256(File(budget=7.0))
    assert canonical_sha256(One()) != canonical_sha256(Other())


@pytest.mark.parametrize("write", [dump_json, to_yaml])
def test_a_number_that_is_not_finite_is_not_written(write: Any) -> None:
    """A record forced around its checks cannot put NaN into a file."""
    with pytest.raises(ValueError, match="cannot be written"):
        write(File.model_construct(budget=float("nan")))


BASE = b"""# a file
name: case
budget: 1000
deals:
  star: {fee: 10, start: "2026-W07", mix: {a: 0.5, b: 0.5}}
  nova:
    fee: 1e2
    curve: {kind: hill, half: 3}
tags: [x, 'y', "z"]
"""


def _only_input_errors(name: str, content: bytes, folder: "Path") -> None:
    path = folder / name
    path.write_bytes(content)
    try:
        validate(File, read_tree(path))
        return
    except InputError as error:
        said = str(error)
    assert all(line.startswith(str(path)) for line in said.split("\n")), said
    assert said.replace("\n", "").isprintable()


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=60), st.sampled_from(["case.yaml", "case.json"]))
def test_random_bytes_end_in_a_record_or_an_input_error(
    tmp_path: "Path", content: bytes, name: str
) -> None:
    """No bytes make the reader fail with anything but an input error."""
    _only_input_errors(name, content, tmp_path)


snippets = st.one_of(
    st.binary(max_size=3),
    st.text("{}[]:,-?&*!|>'\"%@`#~\\ \n\t0123456789.eE_+<=abxNU\u2028\ufeff\x85", max_size=6).map(
        lambda text: text.encode()
    ),
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.integers(0, len(BASE)), st.integers(0, 6), snippets), max_size=4),
    st.sampled_from(["case.yaml", "case.json"]),
)
def test_mutated_files_end_in_a_record_or_an_input_error(
    tmp_path: "Path", changes: list[tuple[int, int, bytes]], name: str
) -> None:
    """No small change of a good file makes the reader fail with anything but an input error."""
    content = BASE
    if name.endswith("json"):
        content = dump_json(validate(File, compose_yaml("base.yaml", BASE.decode()))).encode()
    for start, length, fresh in changes:
        content = content[:start] + fresh + content[start + length :]
    _only_input_errors(name, content, tmp_path)


def test_a_zero_is_written_without_a_sign() -> None:
    """A record made in Python may hold -0.0; its text is that of 0.0."""
    assert dump_json(File(budget=-0.0)) == dump_json(File(budget=0.0))
    assert "-0" not in dump_json(File.model_construct(budget=-0.0))
