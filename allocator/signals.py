"""Ctrl-C and termination turned into a flag, so that a running solve can hand over the plan it
already holds.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

WATCHED = (signal.SIGINT, signal.SIGTERM)
EXIT_ON_SECOND_INTERRUPT = 130


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


@contextmanager
def stop_on_signals() -> Iterator[StopEvent]:
    """While the block runs, SIGINT and SIGTERM set the event that is handed out; then the old
    handlers return.

    Outside the main thread Python accepts no handlers, so there the event is a plain one.
    """
    stop = StopEvent()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, stop.receive) for number in WATCHED}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
