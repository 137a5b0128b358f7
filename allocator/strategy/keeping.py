"""Plans that are kept in a folder, so that a run that was ended goes on where it was."""

import json
from pathlib import Path
from typing import Any

from allocator import plan_file
from allocator.faults import InputError
from allocator.plan import Plan
from allocator.plan_file import prepare
from allocator.strategy.cases import Case
from allocator.strategy.record import Pay
from allocator.writing import write_atomic

PAY, PAY_PLAN = "pay.json", "pay.plan.json"


class Shelf:
    """A folder of plan files named by case; without a folder nothing is kept.

    Args:
        folder: the folder; it is made if it is not there.

    Raises:
        OutputError: the folder cannot be made.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        if folder is not None:
            prepare(folder)

    def plan(self, case: Case) -> Plan | None:
        """The plan that is kept for a case; None if there is none of this very instance, or none
        that keeps its rules and its word.
        """
        path = self._path(f"{case.key}.json")
        try:
            if path is None or not path.is_file():
                return None
            found = plan_file.read(path)
        except (OSError, InputError):
            return None
        return found if found.verified and found.instance == case.instance else None

    def keep(self, case: Case, plan: Plan) -> None:
        """Keep the plan of a case."""
        if plan.verified:
            self._write(f"{case.key}.json", plan.to_json())

    def pay(self, mark: list[Any]) -> Pay | None:
        """The pay that was found for the plans of ``mark``."""
        path = self._path(PAY)
        try:
            if path is None or not path.is_file():
                return None
            told = json.loads(path.read_text(encoding="utf-8"))
            if told.pop("mark") == mark:
                plan = None
                if told.pop("planned"):
                    plan = plan_file.read(path.parent / PAY_PLAN)
                return Pay(**{**told, "tried": tuple(told["tried"]), "plan": plan})
        except (ValueError, KeyError, TypeError, AttributeError, OSError):
            pass
        return None

    def keep_pay(self, mark: list[Any], pay: Pay) -> None:
        """Keep the pay that was found for the plans of ``mark``."""
        told = {"mark": mark, "planned": pay.plan is not None, **pay.plain()}
        if pay.plan is not None:
            self._write(PAY_PLAN, pay.plan.to_json())
        self._write(PAY, json.dumps(told))

    def _path(self, name: str) -> Path | None:
        return None if self.folder is None else self.folder / name

    def _write(self, name: str, text: str) -> None:
        path = self._path(name)
        if path is not None:
            write_atomic(path, text)
