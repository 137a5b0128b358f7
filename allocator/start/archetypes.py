"""The archetypes that a start can take, from the package or from the checkout."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from allocator.reading import read_tree

Tree = dict[str, Any]

NAMES = {
    "apparel": "growing-apparel",
    "factory": "micro-factory",
    "beauty": "beauty-brand",
    "snacks": "snack-alliance",
}
"""File stem of every archetype by its short name."""
WEEKS = 52
"""Horizon of the stored files that a start cuts its own from."""
CHECKOUT = Path(__file__).resolve().parents[2] / "instances" / "archetypes"


@contextmanager
def _file(name: str) -> Iterator[Path]:
    stored = f"{NAMES[name]}-{WEEKS}.yaml"
    packed = resources.files("allocator").joinpath("data", "archetypes", stored)
    if packed.is_file():
        with resources.as_file(packed) as path:
            yield path
    else:
        yield CHECKOUT / stored


def archetype(name: str) -> Tree:
    """Plain values of an archetype of ``NAMES``, in the order of its file; a copy of one's own.

    Raises:
        InputError: the file cannot be read.
    """
    with _file(name) as path:
        return dict(read_tree(path).value)
