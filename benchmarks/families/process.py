"""A whole process under the clock: its wall time, processor time, peak memory, first line."""

import os
import resource
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOOK = 0.1
"""Seconds between two looks at a process."""


@dataclass
class Ran:
    """A process that has ended.

    Attributes:
        code: its exit code; negative for the signal that ended it.
        seconds: wall time from its start to its end.
        processor: processor seconds of it and its children.
        peak: largest memory that it held, MB; None where the system does not tell.
        killed: whether it was ended because its time was up.
        lines: (seconds since the start, line) of all that it wrote to stderr.
    """

    code: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    peak: float | None = None
    killed: bool = False
    lines: list[tuple[float, str]] = field(default_factory=list)


def run_timed(command: Sequence[str], *, most: float, stdout: Path) -> Ran:
    """Run ``command`` and wait for its end.

    Args:
        command: program and arguments.
        most: seconds after which it is killed.
        stdout: file that receives what it prints.
    """
    ran, over = Ran(), threading.Event()
    before = _processor()
    with stdout.open("wb") as printed:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=printed, stderr=subprocess.PIPE, text=True)
        threads = [
            threading.Thread(target=_listen, args=(child, ran, began), daemon=True),
            threading.Thread(target=_watch, args=(child, ran, began + most, over), daemon=True),
        ]
        try:
            for thread in threads:
                thread.start()
            ran.code = child.wait()
            ran.seconds = time.perf_counter() - began
        finally:
            over.set()
            if child.poll() is None:
                child.kill()
                child.wait()
    for thread in threads:
        thread.join()
    assert child.stderr is not None
    child.stderr.close()
    ran.processor = _processor() - before
    return ran


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _listen(child: "subprocess.Popen[str]", ran: Ran, began: float) -> None:
    assert child.stderr is not None
    for line in child.stderr:
        ran.lines.append((time.perf_counter() - began, line.rstrip("\n")))


def _watch(child: "subprocess.Popen[str]", ran: Ran, until: float, over: threading.Event) -> None:
    """Note the peak of memory, kill what is late."""
    while not over.wait(LOOK):
        peak = _peak(child.pid)
        if peak is not None:
            ran.peak = max(ran.peak or 0.0, peak)
        if time.perf_counter() >= until and not ran.killed:
            ran.killed = True
            child.kill()


def _peak(process: int) -> float | None:
    """Peak of the resident memory in MB: that of the program at work, unlike the figure of the
    system's accounting, which starts with the memory of the process that started it."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return float(line.split()[1]) / 1024
    return None


def load_average() -> float:
    """Processes that wanted to run, over the last minute."""
    return os.getloadavg()[0]
