"""How long the stages of a search take: build, hand-over, each kind of solve, replay."""

import functools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")
NAMES = ("build", "hand_over", "lp", "tree", "milp", "polish", "replay")
"""The stages of a search."""


class Stages:
    """Seconds by stage, each without the stages inside it; stages may run in several threads."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(NAMES, 0.0)
        self._thread, self._lock = threading.local(), threading.Lock()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what is done inside as a stage."""
        began, before = time.monotonic(), getattr(self._thread, "inside", 0.0)
        self._thread.inside = 0.0
        try:
            yield
        finally:
            elapsed = time.monotonic() - began
            with self._lock:
                self.seconds[name] += elapsed - self._thread.inside
            self._thread.inside = before + elapsed


def staged(
    name: str,
) -> Callable[
    [Callable[Concatenate[Any, Given], Result]], Callable[Concatenate[Any, Given], Result]
]:
    """A method that is a stage of its owner's ``stages``."""

    def counted(
        method: Callable[Concatenate[Any, Given], Result],
    ) -> Callable[Concatenate[Any, Given], Result]:
        @functools.wraps(method)
        def run(self: Any, /, *given: Given.args, **named: Given.kwargs) -> Result:
            with self.stages.stage(name):
                return method(self, *given, **named)

        return run

    return counted
