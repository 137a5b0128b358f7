"""Seeds of the two tiers."""

from typing import Any

import pytest


def seeds(every_run: int, nightly: int) -> list[Any]:
    """``range(nightly)``, of which the first ``every_run`` belong to every run."""
    return [
        n if n < every_run else pytest.param(n, marks=pytest.mark.nightly) for n in range(nightly)
    ]
