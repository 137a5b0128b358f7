"""Cases of the two tiers."""

from collections.abc import Container, Iterable
from typing import Any

import pytest


def seeds(every_run: int, nightly: int) -> list[Any]:
    """``range(nightly)``, of which the first ``every_run`` belong to every run."""
    return [
        n if n < every_run else pytest.param(n, marks=pytest.mark.nightly) for n in range(nightly)
    ]


def share(cases: Iterable[Any], every_run: Container[Any]) -> list[Any]:
    """``cases``, of which those of ``every_run`` belong to every run."""
    return [c if c in every_run else pytest.param(c, marks=pytest.mark.nightly) for c in cases]
