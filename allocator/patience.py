"""Waiting for a solve no longer than was promised.

The search runs in a thread of its own, so that the main thread hears signals at once and looks at
the clock. What has not answered some time after its limit, or after a stop, is left to itself: the
best verified plan that it has told of by then is what counts.
"""

import ctypes
import math
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from allocator.signals import StopEvent

PATIENCE_SHARE = 0.07
PATIENCE = 0.3
"""A search may end after its limit by this share of it and this many seconds."""
AFTER_STOP = 2.0
"""Seconds within which a search has to answer a stop."""
POLL = 0.05
"""Seconds between two looks at the clock."""
THREAD = "search"
"""Name of the threads in which searches run."""

Answer = TypeVar("Answer")


class NoAnswer(Exception):
    """The work did not end in time and was left to itself."""


def latest_end(began: float, limit: float | None) -> float:
    """Value of ``time.monotonic()`` up to which a solve with this limit is waited for."""
    return math.inf if limit is None else began + limit * (1 + PATIENCE_SHARE) + PATIENCE


def wait_for(
    work: Callable[[], Answer],
    *,
    until: float,
    stop: StopEvent,
    look: Callable[[], None] | None = None,
) -> Answer:
    """What ``work`` returns, if it does so in time.

    Args:
        work: runs in a thread of its own.
        until: value of ``time.monotonic()`` to give up at; ``math.inf`` for never.
        stop: when it is set, ``work`` has ``AFTER_STOP`` seconds left.
        look: called about every ``POLL`` seconds meanwhile, in the calling thread.

    Raises:
        NoAnswer: it was given up.
        BaseException: whatever ``work`` or ``look`` raised.
    """
    answers: list[Answer] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(work())
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, name=THREAD, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(POLL)
        if look:
            look()
        if stop.is_set():
            until = min(until, time.monotonic() + AFTER_STOP)
        if thread.is_alive() and time.monotonic() >= until:
            if stop.is_set():
                _end(thread)
            raise NoAnswer
    if raised:
        raise raised[0]
    return answers[0]


def _end(thread: threading.Thread) -> None:
    """Let a thread end at its next step in Python, so that what is left to do here is not held up.

    Compiled code goes on until it returns, or until the process ends.
    """
    end = ctypes.pythonapi.PyThreadState_SetAsyncExc
    end(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit))


def left_behind() -> bool:
    """Whether a search that was given up still runs in this process."""
    return any(thread.name == THREAD for thread in threading.enumerate())
