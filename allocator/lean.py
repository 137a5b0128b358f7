"""pyomo without what it loads for others: once scipy is there it imports all of ``scipy.stats``,
a third of what a command waits for before it begins.
"""

import importlib
import sys
from contextlib import suppress
from importlib.machinery import ModuleSpec


class _WhenScipyIsAsked:
    """Stands among the finders of modules until scipy is looked for, and finds nothing."""

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        if name == "scipy":
            sys.meta_path.remove(self)
            # It must look before scipy is there: what is there counts as asked for.
            with suppress(ImportError, AttributeError):
                waiting = importlib.import_module("pyomo.common.dependencies").scipy_available
                # There is no public way. Another release may do it otherwise; then commands begin
                # later and nothing else is different.
                if hasattr(waiting, "_callback"):
                    waiting._callback = _sparse_alone  # noqa: SLF001
        return None


def _sparse_alone(_module: object, available: bool) -> None:
    if available:
        importlib.import_module("scipy.sparse")


def lighten() -> None:
    """Let pyomo load of scipy the sparse matrices alone, unless it or scipy is loaded already;
    whoever asks for more of scipy gets it.
    """
    if "scipy" not in sys.modules:
        sys.meta_path.insert(0, _WhenScipyIsAsked())
