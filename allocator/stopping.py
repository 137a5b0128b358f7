"""What ends a search before it is done."""

import threading
from collections.abc import Callable


class Stop(threading.Event):
    """Set by the caller's stop or by the search itself when the gap is closed.

    Args:
        outer: the caller's stop.
        heeded: whether the caller's stop counts at this moment; always if not given.
        due: whether it is time to end though nobody asked for it; never if not given.
    """

    def __init__(
        self,
        outer: threading.Event | None,
        heeded: Callable[[], bool] | None = None,
        due: Callable[[], bool] | None = None,
    ) -> None:
        super().__init__()
        self.outer, self.heeded, self.due = outer, heeded, due

    def is_set(self) -> bool:
        """Whether anyone asked for the end, or it is due."""
        asked = self.outer is not None and self.outer.is_set()
        if super().is_set() or (asked and (self.heeded is None or self.heeded())):
            return True
        return self.due is not None and self.due()


class StoppedError(Exception):
    """Somebody asked for the end while the program was being built."""
