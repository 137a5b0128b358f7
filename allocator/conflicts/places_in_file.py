"""The lines of the file at which the figures of an explanation stand."""

from typing import Any

from allocator.faults import InputError
from allocator.reading import Tree, read_tree


def located(conflict: dict[str, Any], file: str | None) -> dict[str, Any]:
    """A plan's ``conflict`` with ``file`` and ``place`` at every figure: ``file.yaml:12``, or the
    cell of a workbook; without a file it stays as it is."""
    if not conflict or file is None:
        return conflict
    try:
        tree = read_tree(file)
    except InputError:
        # Gone or changed since it was read: the fields still say what is meant.
        return conflict

    def placed(entry: dict[str, Any]) -> dict[str, Any]:
        return {**entry, "place": _place(tree, tuple(entry["path"]))}

    return {
        **conflict,
        "file": file,
        "checks": [placed(entry) for entry in conflict["checks"]],
        "core": [placed(entry) for entry in conflict["core"]],
        "repairs": [
            {**repair, "changes": [placed(change) for change in repair["changes"]]}
            for repair in conflict["repairs"]
        ],
    }


def _place(tree: Tree, path: tuple[str | int, ...]) -> str:
    """``file:line`` or ``file:sheet!cell``; a field left out is where its record is."""
    at = tree.cell(path) or tree.line(path)
    return f"{tree.file}:{at}"
