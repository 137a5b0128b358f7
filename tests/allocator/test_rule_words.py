"""Every rule of the verifier has words in Chinese, and so do the places where it is broken."""

import ast
from pathlib import Path

from allocator.rule_words import OF_FIELDS, OF_LEVERS, PLACES, RULES, broken_words, rule_zh
from fact_models.decisions import AXES
from fact_models.money import LEVERS
from fact_models.replay import rules, status_quo
from fact_models.replay.rules.check import WORDS, Violation
from fact_models.verify import verify
from tests.models.worlds import full_world


def stated() -> set[str]:
    """Names of rules that stand as they are in the verifier's source."""
    found: set[str] = set()
    for file in Path(rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if called and node.func.attr in ("atmost", "equal"):  # type: ignore[attr-defined]
                second = node.args[1]  # type: ignore[attr-defined]
                if isinstance(second, ast.Constant):
                    found.add(str(second.value))
    return found


def test_every_rule_of_the_verifier_is_named() -> None:
    """Those in its source, and those that it forms of levers and fields."""
    assert stated() == set(RULES)
    for name in OF_LEVERS:
        for lever in LEVERS:
            assert rule_zh(f"{name} of {lever}") != f"{name} of {lever}"
    for name in AXES:
        for ending in OF_FIELDS:
            assert rule_zh(f"{name} {ending}").startswith(f"{name} ")
    instance = full_world()
    for _, rule in verify(instance, status_quo(instance)).rules:
        assert rule_zh(rule) != rule, rule


def test_places_are_named() -> None:
    """Everything that the verifier counts."""
    assert set(PLACES) == {*WORDS.values()}


def test_a_broken_rule_in_both_languages() -> None:
    """Number, rule, place, period and sides; in English as the verifier says it."""
    broken = Violation("ST.3", "staff hours", "role host", 3, 24.5, 20.0, 4.5, 0.18)
    words = broken_words(broken)
    assert words.en == "(ST.3) staff hours [role host, period 3]: 24.5 against 20"
    assert words.zh == "(ST.3) 岗位工时［岗位 host，第3周期］：24.5 对 20"
    cash = Violation("MO.14", "cash floor", "", None, 0.0, -1.5, 1.5, 1.0)
    assert broken_words(cash).zh == "(MO.14) 现金底线：0 对 -1.5"
