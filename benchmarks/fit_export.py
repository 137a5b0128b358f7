"""A planted merchant's weeks as the file that she would hand in.

``python -m benchmarks.fit_export INSTANCE OUT.csv --weeks 52 --noise 0.05 --seed 0 [--lang zh]``
"""

import argparse
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from allocator.fit.headings import BY_NAME, FAMILIES
from allocator.fit.history import History
from allocator.load import load
from allocator.writing import csv_text, write_atomic
from benchmarks.fit_worlds import world
from fact_models.replay import Facts, facts
from fact_models.spec.calendar import as_date


def table_of(history: History, known: Facts, lang: str = "en") -> pd.DataFrame:
    """The rows of a history, with English or Chinese headings."""
    rows = []
    for t in range(history.weeks):
        year, week, _ = (history.first + timedelta(weeks=t)).isocalendar()
        taken = history.promotion[t]
        for a, account in enumerate(history.accounts):
            for s, segment in enumerate(known.ids.segments):
                row: dict[str, object] = {
                    "week": f"{year}-W{week:02d}",
                    "segment": segment,
                    "account": account,
                }
                row |= {k: _cell(v[t, a, s]) for k, v in history.rows.items()}
                row |= {k: _cell(v[t, s]) for k, v in history.segments.items()}
                row |= {"hours": _cell(history.hours[t, a], 2), "skilled_hours": 0}
                row |= {
                    f"spend.{i}": _cell(history.spend[t, n])
                    for n, i in enumerate(known.ids.boosts)
                }
                row |= {
                    f"creators.{c}": _cell(history.creators[t, n], 2)
                    for n, c in enumerate(known.ids.tiers)
                }
                row |= {"videos": _cell(history.videos[t], 2)}
                row |= {"promotion": ".".join(taken) if taken else ""}
                row |= {"promotion_days": round(7 * float(history.promotion_share[t]))}
                rows.append(row)
    table = pd.DataFrame(rows)
    return table if lang == "en" else table.rename(columns=_chinese)


def _cell(number: float, digits: int = 0) -> object:
    return "" if np.isnan(number) else round(float(number), digits)


def _chinese(heading: str) -> str:
    family, dot, key = heading.partition(".")
    return f"{FAMILIES[family][0]}.{key}" if dot else BY_NAME[heading].chinese[0]


def main() -> None:
    """Write the weeks before the instance's first one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("instance")
    parser.add_argument("out", type=Path)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--noise", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lang", choices=("en", "zh"), default="en")
    args = parser.parse_args()
    known = facts(load(args.instance))
    last = as_date(known.instance.calendar.start)
    planted = world(known, args.weeks, args.noise, args.seed, last)
    write_atomic(args.out, csv_text(table_of(planted.history.part(args.weeks), known, args.lang)))


if __name__ == "__main__":
    main()
