"""Reading a history: weekly figures by segment and account, checked cell by cell."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allocator.csv_table import grouped_number
from allocator.faults import InputError, Problem, heading_name, shown
from allocator.fit.cells import Cells, read_cells
from allocator.fit.headings import BY_NAME, FAMILIES, HEADINGS, TEXT
from allocator.fit.history import LEAST_WEEKS, Array, History
from fact_models.spec.calendar import as_date, iso_week
from fact_models.spec.instance import Instance

MOST_WEEKS = 520
WEEK = 7
LARGEST = 1e12


def read_history(path: str | Path, instance: Instance) -> History:
    """The history in a CSV or parquet file.

    Raises:
        InputError: the file cannot be read or breaks a rule; it names line, column, value and
            rule.
    """
    cells = read_cells(path)
    reader = _Reader(cells, instance)
    history = reader.history()
    if reader.problems:
        raise InputError(reader.problems)
    return history


class _Reader:
    """The checks; problems are collected so that one run names them all."""

    def __init__(self, cells: Cells, instance: Instance) -> None:
        self.cells, self.instance = cells, instance
        self.problems: list[Problem] = []
        field, alliance = instance.field, instance.alliance
        self.accounts = dict(field.accounts) if field else {}
        self.members = {
            "spend": list(field.boosts) if field else [],
            "creators": list(alliance.tiers) if alliance else [],
        }
        self.labels = {
            "account": _names({k: a.label for k, a in self.accounts.items()}),
            "segment": _names({k: s.label for k, s in instance.snowball.segments.items()}),
            "spend": _names({k: b.label for k, b in field.boosts.items()} if field else {}),
            "creators": _names(
                {k: c.label for k, c in alliance.tiers.items()} if alliance else {}
            ),
        }

    def problem(self, line: int, column: str, value: str, rule: str, hint: str = "") -> None:
        """Keep a reason to refuse the file."""
        said = shown(value) if value else ""
        name = heading_name(column)
        self.problems.append(Problem(self.cells.file, line, name, said, rule, hint))

    def stop(self) -> None:
        """Give up where the rest has no meaning.

        Raises:
            InputError: there are problems.
        """
        if self.problems:
            raise InputError(self.problems)

    def history(self) -> History:
        """The arrays of the cells."""
        self._columns()
        self.stop()
        weeks = self._weeks()
        self.stop()
        first, count = min(weeks), (max(weeks) - min(weeks)).days // WEEK + 1
        at = [(day - first).days // WEEK for day in weeks]
        accounts = tuple(a for a in self.accounts if a in self._ids("account"))
        segments = tuple(self.instance.snowball.segments)
        a = [accounts.index(x) if x in accounts else 0 for x in self._ids("account")]
        s = [segments.index(x) if x in segments else 0 for x in self._ids("segment")]
        self._all_there(at, a, s, count, len(accounts), len(segments))
        self.stop()
        place = {
            "row": (np.array([at, a, s]), (count, len(accounts), len(segments))),
            "segment": (np.array([at, s]), (count, len(segments))),
            "account": (np.array([at, a]), (count, len(accounts))),
            "week": (np.array([at]), (count,)),
        }
        table = {
            h.name: self._filled(h.name, *place[h.level])
            for h in HEADINGS
            if h.name not in TEXT and h.level != "key"
        }
        opened = np.zeros((count, len(accounts)))
        opened[at, a] = 1.0
        return History(
            file=self.cells.file,
            first=first,
            weeks=count,
            accounts=accounts,
            open=opened,
            rows={h.name: table[h.name] for h in HEADINGS if h.level == "row"},
            segments={h.name: table[h.name] for h in HEADINGS if h.level == "segment"},
            hours=table["hours"],
            skilled=table["skilled_hours"],
            spend=self._family("spend", *place["week"]),
            creators=self._family("creators", *place["week"]),
            videos=table["videos"],
            promotion=self._promotions(at, count),
            promotion_share=self._days(table["promotion_days"]),
        )

    def _columns(self) -> None:
        for h in HEADINGS:
            if h.needed and (h.name, "") not in self.cells.columns:
                also = " or ".join(h.chinese)
                self.problem(
                    self.cells.head,
                    h.name,
                    "",
                    "is missing",
                    f"a column headed {h.name} or {also}",
                )
        for family, members in self.members.items():
            found = {
                self.labels[family].get(k, k): k for n, k in self.cells.columns if n == family
            }
            for key in members:
                if key not in found:
                    hint = f"a column headed {family}.{key} or {FAMILIES[family][0]}.{key}"
                    self.problem(self.cells.head, f"{family}.{key}", "", "is missing", hint)
            for key, text in found.items():
                if key not in members:
                    rule = f"the instance file has no such {_KIND[family]}"
                    self.problem(self.cells.head, f"{family}.{text}", "", rule, _choice(members))

    def _weeks(self) -> list[date]:
        found = []
        for line, text in self.cells.of("week"):
            try:
                day = as_date(text)
            except ValueError:
                hint = "a week like 2026-W07 or a date like 2026-02-12"
                self.problem(line, "week", text, "is no week", hint)
                continue
            found.append(day - timedelta(days=day.weekday()))
        self.stop()
        if not found:
            self.problem(0, "", "", "holds no rows")
            self.stop()
        count = (max(found) - min(found)).days // WEEK + 1
        there = set(found)
        gaps = [min(found) + timedelta(weeks=n) for n in range(min(count, MOST_WEEKS + 1))]
        missing = [iso_week(day) for day in gaps if day not in there]
        if count > MOST_WEEKS:
            line, text = self.cells.of("week")[found.index(max(found))]
            rule = f"is {count} weeks from the first, more than {MOST_WEEKS}"
            self.problem(line, "week", text, rule, f"the first is {iso_week(min(found))}")
        elif missing:
            also = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            self.problem(0, "week", "", f"{missing[0]}{also} has no rows", "weeks follow on")
        elif count < LEAST_WEEKS:
            self.problem(0, "week", "", f"{count} weeks are too few, {LEAST_WEEKS} are the least")
        return found

    def _ids(self, column: str) -> list[str]:
        names = self.labels[column]
        return [names.get(text, text) for _, text in self.cells.of(column)]

    def _all_there(self, at: list[int], a: list[int], s: list[int], *size: int) -> None:
        """Known ids, no row twice, and all segments of an account in every week that it has."""
        for column in ("account", "segment"):
            known = set(self.labels[column].values())
            for (line, text), key in zip(self.cells.of(column), self._ids(column), strict=True):
                if key not in known:
                    rule = f"the instance file has no such {column}"
                    self.problem(line, column, text, rule, _choice(sorted(known)))
        self.stop()
        seen: dict[tuple[int, int, int], int] = {}
        for line, place in zip(self.cells.lines, zip(at, a, s, strict=True), strict=True):
            if place in seen:
                rule = f"week, segment and account are those of line {seen[place]} too"
                self.problem(line, "", "", rule)
            seen.setdefault(place, line)
        there = np.zeros(size)
        there[at, a, s] = 1.0
        partly = there.any(axis=2) & ~there.all(axis=2)
        for t, n in np.argwhere(partly)[:1]:
            line = self.cells.lines[
                [x == t and y == n for x, y in zip(at, a, strict=True)].index(1)
            ]
            rule = "some segments of this account have no row in this week"
            self.problem(line, "segment", "", rule)

    def _numbers(self, name: str, key: str = "") -> Iterator[tuple[int, int, float]]:
        """(row, line, number) of all cells that are not blank."""
        column = f"{name}.{key}" if key else name
        for n, (line, text) in enumerate(self.cells.of(name, key)):
            if not text:
                continue
            try:
                number = grouped_number(text)
            except ValueError as error:
                hint = "" if str(error) == "must be a number" else str(error)
                self.problem(line, column, text, "must be a number from 0 to 1e12", hint)
                continue
            if not 0 <= number <= LARGEST:
                self.problem(line, column, text, "must be a number from 0 to 1e12")
            else:
                yield n, line, number

    def _filled(self, name: str, place: NDArray[np.intp], shape: tuple[int, ...]) -> Array:
        """Cells of a column as an array; blank measured ones are nan, a left-out column 0."""
        observed = BY_NAME[name].observed
        if (name, "") not in self.cells.columns:
            return np.full(shape, np.nan if observed else 0.0)
        return self._array(name, "", place, shape, complete=not observed)

    def _members(self, family: str) -> dict[str, str]:
        """What the headings of a family call its members, by id."""
        names = self.labels[family]
        return {names.get(k, k): k for n, k in self.cells.columns if n == family}

    def _family(self, family: str, place: NDArray[np.intp], shape: tuple[int, ...]) -> Array:
        columns = self._members(family)
        found = [
            self._array(family, columns[key], place, shape, complete=True)
            for key in self.members[family]
        ]
        return np.stack(found, axis=-1) if found else np.zeros((*shape, 0))

    def _array(
        self,
        name: str,
        key: str,
        place: NDArray[np.intp],
        shape: tuple[int, ...],
        *,
        complete: bool,
    ) -> Array:
        column = f"{name}.{key}" if key else name
        found = np.full(shape, np.nan)
        for n, line, number in self._numbers(name, key):
            where = tuple(int(x) for x in place[:, n])
            before = found[where]
            if not math.isnan(before) and not math.isclose(before, number):
                rule = f"is {before:g} in another row of the same {_level(name)}"
                self.problem(line, column, f"{number:g}", rule, "one figure, or blank cells")
            found[where] = number
        if complete:
            self._complete(column, found, place)
        return found

    def _complete(self, column: str, found: Array, place: NDArray[np.intp]) -> None:
        """What was done must be known in every week with rows."""
        for n, line in enumerate(self.cells.lines):
            if math.isnan(found[tuple(int(x) for x in place[:, n])]):
                self.problem(line, column, "", "is blank", "0 if there was none")
                break
        found[np.isnan(found)] = 0.0

    def _promotions(self, at: list[int], count: int) -> tuple[tuple[str, str] | None, ...]:
        found: list[tuple[str, str] | None] = [None] * count
        if ("promotion", "") not in self.cells.columns:
            return tuple(found)
        lever = self.instance.campaign
        known = {
            f"{e}.{p}": (e, p)
            for e, c in (lever.campaigns if lever else {}).items()
            for p in c.packages
        }
        for t, (line, text) in zip(at, self.cells.of("promotion"), strict=True):
            if not text:
                continue
            if text not in known:
                rule = "the instance file has no such package"
                self.problem(line, "promotion", text, rule, _choice(sorted(known)))
            elif found[t] not in (None, known[text]):
                self.problem(line, "promotion", text, "another row of the week names another")
            else:
                found[t] = known[text]
        if ("promotion_days", "") not in self.cells.columns and any(found):
            self.problem(self.cells.head, "promotion_days", "", "is missing beside promotion")
        return tuple(found)

    def _days(self, days: Array) -> Array:
        if (days > WEEK).any():
            for _, line, number in self._numbers("promotion_days"):
                if number > WEEK:
                    self.problem(line, "promotion_days", f"{number:g}", f"a week has {WEEK} days")
        return days / WEEK


_KIND = {"spend": "boost", "creators": "tier"}


def _level(name: str) -> str:
    """Whose figure a column holds, in words: a week's, or an account's or a segment's in it."""
    level = BY_NAME[name].level if name in BY_NAME else "week"
    return level if level == "week" else f"{level} and week"


def _names(labels: dict[str, str]) -> dict[str, str]:
    """Ids by what a history may call them: id or label."""
    found = {label: key for key, label in labels.items() if label}
    return {**found, **{key: key for key in labels}}


def _choice(known: list[str]) -> str:
    return f"it has {', '.join(known[:12])}" if known else "it has none"
