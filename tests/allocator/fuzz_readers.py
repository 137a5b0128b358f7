"""Coverage-guided fuzz of the readers: any bytes end in a record that round-trips, or in words.

    pip install -e '.[test,fuzz]'
    python tests/allocator/fuzz_readers.py yaml FOLDER --seconds 3600

``FOLDER`` keeps the corpus; inputs that break a promise go to ``FOLDER/found``, one for each place
in the code, and the run goes on. The promises are those of ``check``. A new reader is one more
entry in ``READERS``.
"""

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

SEEDS = Path(__file__).parent
LONGEST = 2.0
"""Seconds of processor time that reading one input may take."""


def _instance(path: Path) -> str:
    from allocator.load import load
    from allocator.reading import dump_json

    return dump_json(load(path))


def _plan(path: Path) -> str:
    from allocator.plan_file import read

    plan = read(path)
    return plan.to_json()


READERS: dict[str, tuple[str, Callable[[Path], str], str]] = {
    "yaml": (".yaml", _instance, ".json"),
    "json": (".json", _instance, ".json"),
    "plan": (".json", _plan, ".json"),
}
"""By name: suffix of the file, from the file to canonical text, suffix that reads that text."""


def check(reader: str, content: bytes, folder: Path) -> bool:
    """Whether ``content`` is accepted by a reader.

    Args:
        reader: key of ``READERS``.
        content: bytes of a file.
        folder: where the file is put.

    Raises:
        AssertionError: a promise is broken: reading takes too long, a refusal does not name the
            file, or what was accepted does not read back equal.
        Exception: anything but a refusal in words left the reader.
    """
    from allocator.faults import InputError, Problem

    suffix, read, again = READERS[reader]
    path, copy = folder / f"case{suffix}", folder / f"copy{again}"
    path.write_bytes(content)
    began = time.process_time()
    problems: tuple[Problem, ...] = ()
    text = ""
    try:
        text = read(path)
    except InputError as error:
        problems = error.problems
        assert problems, "a refusal without a problem"
    assert time.process_time() - began < LONGEST, "reading takes too long"
    for problem in problems:
        assert problem.file == str(path), "a refusal that does not name the file"
        assert problem.rule, "a refusal without a rule"
    if problems:
        return False
    copy.write_text(text, encoding="utf-8")
    assert read(copy) == text, "does not read back equal"
    return True


def seeds(reader: str) -> list[bytes]:
    """Files to start from."""
    from allocator.load import load
    from allocator.plan import Plan
    from allocator.reading import dump_json, to_yaml
    from fact_models.replay import status_quo

    small = load(SEEDS / "small_merchant.yaml")
    if reader == "yaml":
        return [(SEEDS / "small_merchant.yaml").read_bytes(), to_yaml(small).encode(), b"a: [1]\n"]
    if reader == "json":
        return [dump_json(small).encode(), b'{"name": "a", "calendar": {"periods": 1e3}}']
    return [Plan.of(small, "optimal", status_quo(small), 1e12).to_json().encode()]


def words() -> list[str]:
    """Words that readers know: names of fields, and signs that YAML and JSON give a meaning."""
    from fact_models.spec.instance import Instance

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return {str(key) for key in value}.union(*map(keys, value.values()))
        return set[str]().union(*map(keys, value)) if isinstance(value, list) else set()

    signs = ["&a", "*a", "<<: ", "!!", "---", "...", "? ", "- ", "|", ">-", "%YAML", "{}", "[]"]
    signs += ["1e400", ".nan", "010", "0x1F", "1_000", "2026-W01", "null", "true", "\\ud800"]
    return sorted(keys(Instance.model_json_schema())) + signs


def _keep(folder: Path, content: bytes, error: BaseException) -> None:
    """Keep the first input for every place in the code that an error comes from."""
    frames = traceback.extract_tb(error.__traceback__)
    place = frames[-1]
    name = f"{type(error).__name__}-{Path(place.filename).stem}-{place.lineno}"
    if not (folder / name).exists():
        (folder / name).write_bytes(content)
        (folder / f"{name}.txt").write_text("".join(traceback.format_exception(error)))


def main() -> None:
    """Fuzz one reader for a time."""
    import atheris

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=3600)
    asked = parser.parse_args()
    include: list[str] = ["allocator", "fact_models.spec", "ruamel.yaml"]
    with atheris.instrument_imports(include=include):
        import allocator.load
        import allocator.plan_file  # noqa: F401
    corpus, found = asked.folder / "corpus", asked.folder / "found"
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(exist_ok=True)
    for number, seed in enumerate(seeds(asked.reader)):
        (corpus / f"seed-{number}").write_bytes(seed)
    entries = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words())
    dictionary = asked.folder / "words.dict"
    dictionary.write_text("".join(f'"{entry}"\n' for entry in entries))
    count = {"inputs": 0, "accepted": 0, "broken": 0}
    with tempfile.TemporaryDirectory() as scratch:

        def one(content: bytes) -> None:
            count["inputs"] += 1
            try:
                count["accepted"] += check(asked.reader, content, Path(scratch))
            except Exception as error:
                count["broken"] += 1
                _keep(found, content, error)
            if count["inputs"] % 1000 == 0:
                (asked.folder / "count.txt").write_text(f"{count}\n")

        options: list[Any] = [
            sys.argv[0],
            f"-max_total_time={asked.seconds}",
            "-max_len=20000",
            f"-dict={dictionary}",
            "-timeout=60",
            "-rss_limit_mb=2048",
            str(corpus),
        ]
        atheris.Setup(options, one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
