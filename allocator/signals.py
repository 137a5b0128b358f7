"""Ctrl-C and termination turned into a flag, so that a running solve can hand over the plan it
already holds.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

WATCHED = (signal.SIGINT, signal.SIGTERM)
EXIT_ON_SECOND_INTERRUPT = 130
_noted: list[int] = []
"""Signals that raised; code in between, such as the import of a library, may have swallowed it."""


class Terminated(BaseException):
    """SIGTERM, as ``KeyboardInterrupt`` is SIGINT."""


class StopEvent(threading.Event):
    """An event that remembers which signal set it.

    Attributes:
        received: number of the first signal received, None when the event was set by other means
            or not at all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.received: int | None = None

    def is_set(self) -> bool:
        """Whether a signal came or the event was set."""
        return self.received is not None or super().is_set()

    def receive(self, number: int, _frame: FrameType | None = None) -> None:
        """Handle a signal: set the event; a second interrupt ends the process at once."""
        if number == signal.SIGINT and self.received == signal.SIGINT:
            os._exit(EXIT_ON_SECOND_INTERRUPT)
        if self.received is None:
            self.received = number
        # The interrupted code may hold the lock of the event, so waiters are woken from another
        # thread.
        threading.Thread(target=self.set, daemon=True).start()


def _raise(number: int, _frame: FrameType | None) -> NoReturn:
    _noted.append(number)
    raise KeyboardInterrupt if number == signal.SIGINT else Terminated


@contextmanager
def _handled(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """While the block runs, the watched signals call ``handler``; then the old handlers return.

    Outside the main thread Python accepts no handlers, so there nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in WATCHED}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, signal.SIG_DFL if old is None else old)


@contextmanager
def raise_on_signals() -> Iterator[None]:
    """While the block runs, SIGINT raises ``KeyboardInterrupt`` and SIGTERM ``Terminated``.

    So does entering it, if a signal came before and was swallowed on its way.
    """
    try:
        with _handled(_raise):
            if _noted:
                _raise(_noted[0], None)
            yield
    finally:
        _noted.clear()


@contextmanager
def stop_on_signals() -> Iterator[StopEvent]:
    """While the block runs, SIGINT and SIGTERM set the event that is handed out.

    It is set already if a signal came before and was swallowed on its way. Outside the main
    thread the event is a plain one.
    """
    stop = StopEvent()
    with _handled(stop.receive):
        if _noted:
            stop.receive(_noted[0])
        yield stop
