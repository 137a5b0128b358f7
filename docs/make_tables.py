"""Writes tables and screen of both README files from runs, so that no figure is typed by hand.

    COLUMNS=110 allocator solve > screen.txt
    allocator solve instances/archetypes/*.yaml --gap 0.01 --time-limit 300 --out runs
    allocator compare --models --json instances/archetypes/*-26.yaml > models.jsonl
    python docs/make_tables.py runs models.jsonl --screen screen.txt --write README.md README.zh.md

Without ``--write`` all goes to stdout. What a call does not give leaves its part as it is.
``README.zh.md`` gets the same rows under Chinese heads.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

Record = dict[str, Any]
NONE = "–"
HORIZONS = ("4", "13", "26")
WORLDS = ("low", "middle", "high")
HEADS = {
    "archetypes": {
        "en": (
            *("instance", "weeks", "GMV", "contribution", "objective", "bound", "gap", "seconds"),
            *("growth a week", "one yuan after 4 / 13 / 26 weeks", "share returned"),
        ),
        "zh": (
            *("实例", "周数", "支付GMV", "贡献毛利", "目标值", "理论上界", "最优差距", "求解秒数"),
            *("每周增长", "再投一元4 / 13 / 26周后带来", "雪球回流占比"),
        ),
    },
    "models": {
        "en": (
            *("instance", "growth", "GMV, snowball plan", "GMV, funnel plan", "worth"),
            *("worth, %", "with end value, %", "rules broken"),
        ),
        "zh": (
            *("实例", "增长强度", "雪球方案GMV", "漏斗方案GMV", "多带来的GMV"),
            *("多带来的GMV，%", "含期末资产，%", "违反规则数"),
        ),
    },
}
"""Heads of the tables by language."""
GROWTH = {"en": {}, "zh": {"low": "低", "middle": "中", "high": "高"}}
"""Names of the worlds where they are not those of the files."""
LEFT_OUT = ("Boosts", "Team", "Next:", "Assumed, not measured")
"""Parts of the screen that the page leaves out."""


def amount(value: float | None) -> str:
    """Money or a count in three figures: ``12.3k``, ``4.56M``."""
    if value is None:
        return NONE
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= 0.9995 * size:
            part = value / size
            digits = max(0, 2 - len(str(int(abs(part)))) + 1)
            return f"{part:.{digits}f}{letter}"
    return f"{value:.0f}"


def percent(value: float | None, digits: int = 1, *, signed: bool = False) -> str:
    """A share as per cent."""
    if value is None:
        return NONE
    return f"{100 * value:{'+' if signed else ''}.{digits}f} %"


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, its first column to the left and the others to the right."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def plans(folder: Path) -> list[Record]:
    """Plan files below ``folder`` by name of the instance.

    Raises:
        OSError, ValueError: a file cannot be read.
    """
    found = (json.loads(f.read_text(encoding="utf-8")) for f in folder.glob("*/plan.json"))
    return sorted(found, key=lambda plan: str(plan["instance"]["name"]))


def archetypes(found: list[Record], lang: str = "en") -> str:
    """One row per plan: the certificate, what the plan brings, the snowball's own figures."""
    rows = []
    for plan in found:
        growth, yuan = plan["growth"], plan["growth"].get("yuan", {})
        rates = [f - 1 for f in growth.get("mean_factor", {}).values() if f is not None]
        rows.append(
            [
                plan["instance"]["name"],
                str(plan["ids"]["periods"]),
                *(amount(plan[key]) for key in ("gmv", "contribution", "objective", "bound")),
                percent(plan["gap"], 2),
                f"{plan['runtime']['total']:.0f}",
                " / ".join(percent(rate, signed=True) for rate in rates) or NONE,
                " / ".join(_yuan(yuan.get(weeks)) for weeks in HORIZONS),
                percent(growth.get("returned_share")),
            ]
        )
    return markdown(HEADS["archetypes"][lang], rows)


def _yuan(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"


def comparisons(lines: Iterable[str], lang: str = "en") -> str:
    """One row per instance and growth: both plans replayed in the snowball, and the difference.

    Rules broken are those of the snowball plan, then those of the funnel plan.
    """
    rows = []
    for line in filter(str.strip, lines):
        record = json.loads(line)
        trials = {(row["world"], row["plan"]): row for row in record["table"]}
        for world in WORLDS:
            ours, theirs = trials.get((world, "snowball")), trials.get((world, "funnel"))
            gains = ours if ours and theirs else {}
            rows.append(
                [
                    record["instance"],
                    GROWTH[lang].get(world, world),
                    amount(ours and ours["gmv"]),
                    amount(theirs and theirs["gmv"]),
                    amount(gains.get("worth")),
                    *(
                        _gain(gains.get(key))
                        for key in ("worth_percent", "worth_objective_percent")
                    ),
                    " / ".join(str(x["broken"]) if x else NONE for x in (ours, theirs)),
                ]
            )
    return markdown(HEADS["models"][lang], rows)


def screen(text: str) -> str:
    """What ``solve`` printed, cut to the parts that the page shows, as a block of text."""
    parts = [part.strip("\n") for part in text.split("\n\n")]
    kept = [part for part in parts if part and not part.startswith(LEFT_OUT)]
    last = [line for line in text.splitlines() if line.strip()][-3:]
    lines = "\n\n".join([*kept, "\n".join(last)]).splitlines()
    return "\n".join(["```text", *(line.rstrip() for line in lines), "```"])


def _gain(value: float | None) -> str:
    return NONE if value is None else f"{value:+.1f} %"


def put(page: Path, tables: dict[str, str]) -> None:
    """Replace what stands between ``<!-- NAME -->`` and ``<!-- end of NAME -->``.

    Raises:
        ValueError: a mark is missing.
    """
    text = page.read_text(encoding="utf-8")
    for name, table in tables.items():
        first, last = f"<!-- {name} -->", f"<!-- end of {name} -->"
        head, mark, rest = text.partition(first)
        _, end, tail = rest.partition(last)
        if not (mark and end):
            raise ValueError(f"{page} has no {first} ... {last}")
        text = f"{head}{first}\n\n{table}\n\n{last}{tail}"
    page.write_text(text, encoding="utf-8")


def main() -> None:
    """Entry point."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("plans", type=Path, help="folder that solve --out wrote")
    options.add_argument("models", type=Path, nargs="?", help="output of compare --models --json")
    options.add_argument("--screen", type=Path, help="output of solve without an instance")
    options.add_argument(
        "--write", type=Path, nargs="+", metavar="FILE", help="put the tables into these files"
    )
    given = options.parse_args()
    found = plans(given.plans)
    lines = given.models.read_text(encoding="utf-8").splitlines() if given.models else []
    shown = given.screen.read_text(encoding="utf-8") if given.screen else ""
    if not given.write:
        print("\n\n".join(tables(found, lines, shown, "en").values()))
    for page in given.write or ():
        lang = "zh" if page.name.endswith(".zh.md") else "en"
        put(page, tables(found, lines, shown, lang))


def tables(found: list[Record], lines: Sequence[str], shown: str, lang: str) -> dict[str, str]:
    """The parts of a page in a language that there are figures for, by the name of their marks."""
    made = {}
    if found:
        made["archetypes"] = archetypes(found, lang)
    if lines:
        made["models"] = comparisons(lines, lang)
    if shown:
        made["screen"] = screen(shown)
    return made


if __name__ == "__main__":
    main()
