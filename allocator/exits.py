"""Exit codes, and the net under every command: no traceback reaches a user."""

import functools
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NoReturn, ParamSpec

import typer

from allocator.signals import StopEvent, Terminated, raise_on_signals

OK, NO_PLAN, BAD_INPUT, INFEASIBLE = 0, 1, 2, 3
INTERRUPTED = {2: 130, 15: 143}
"""Exit code by signal number."""
DEBUG = "ALLOCATOR_DEBUG"
"""Environment variable that lets the trace of an internal error through."""

Arguments = ParamSpec("Arguments")


def worst(codes: Iterable[int]) -> int:
    """The exit code that counts: 130/143 before 2 before 3 before 1."""
    rank = {OK: 0, NO_PLAN: 1, INFEASIBLE: 2, BAD_INPUT: 3}
    return max(codes, key=lambda code: rank.get(code, 4), default=OK)


def unless_stopped(stop: StopEvent, code: int = OK) -> int:
    """``code``, or that of the signal that ended the work before it was through."""
    return code if stop.received is None else INTERRUPTED.get(stop.received, NO_PLAN)


def guarded(command: Callable[Arguments, int]) -> Callable[Arguments, None]:
    """A command that ends with its exit code, and with words instead of a traceback.

    Bad input and files that cannot be written end with 2, an interrupt with 130, a termination
    with 143, a fault of ours with 1.
    """

    @functools.wraps(command)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        raise typer.Exit(_code(lambda: command(*args, **kwargs)))

    return run


def leave(code: int) -> NoReturn:
    """End the process at once, with everything printed, without waiting for its threads."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _code(command: Callable[[], int]) -> int:
    from allocator.faults import InputError, OutputError, out_of_memory

    try:
        with raise_on_signals():
            return command()
    except (InputError, OutputError) as error:
        _say(str(error))
        return BAD_INPUT
    except KeyboardInterrupt:
        _say("interrupted before there was a plan")
        return INTERRUPTED[2]
    except Terminated:
        _say("terminated before there was a plan")
        return INTERRUPTED[15]
    except (BrokenPipeError, typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        if out_of_memory(error):
            _say("out of memory; with --out, the best plan so far is in incumbent.json")
            return NO_PLAN
        words = " ".join(f"{type(error).__name__}: {error}".split())
        _say(f"internal error: {words[:300]} (run with {DEBUG}=1 for the trace)")
        return NO_PLAN


def _say(text: str) -> None:
    print(text, file=sys.stderr)
