"""Faults on purpose, for processes that tests start: a solver that is not one, and deaths at named
stages. Nothing of this is reachable from the product.

    python tests/allocator/staged.py worker PLAN.json      a worker of a batch
    python tests/allocator/staged.py batch PLAN.json ...   the command line, with such workers

PLAN.json is a mapping:

- ``faults``: kind of fault by name of the instance: crash, hang, deaf, memory, infeasible;
- ``die``: stage at which a process kills itself with SIGKILL, and ``at``: at which coming there;
- ``out``: folder of the run, in which faults wait until their plan is saved;
- ``fail``: [function of os, error number] that fails, and ``at``: from which call on;
- ``log``: file that gets a line for every solve that is begun.
"""

import ctypes
import json
import os
import resource
import signal
import sys
import time
import types
from collections.abc import Callable
from dataclasses import make_dataclass
from pathlib import Path
from typing import Any

WORKER_STAGES = (
    "worker solving",
    "worker solved",
    "worker writes a table",
    "worker renames the plan",
    "worker wrote the plan",
    "worker wrote the record",
)
BATCH_STAGES = (
    "manifest unwritten",
    "manifest unrenamed",
    "manifest written",
    "worker started",
    "worker ended",
    "tables moved",
    "plan moved",
    "record moved",
    "results unwritten",
    "results unrenamed",
    "results written",
)
STAGES = BATCH_STAGES + WORKER_STAGES


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def wait_until_saved(folder: Path, name: str) -> None:
    """Wait for a file that a worker of a batch writes, at most a minute."""
    until = time.monotonic() + 60
    while not any(folder.glob(f".jobs/*/{name}")) and time.monotonic() < until:
        time.sleep(0.01)


def fake_solve(plan: dict[str, Any], reach: Callable[[str], None]) -> Callable[..., Any]:
    """A solver that knows today's plan, and the faults of ``plan``."""
    from allocator.plan import Plan
    from fact_models.replay import status_quo

    def solve(instance: Any, *, on_plan: Callable[[Plan], None], **_: Any) -> Plan:
        with Path(plan["log"]).open("a") as log:
            log.write(f"{instance.name}\n")
        fault = plan.get("faults", {}).get(instance.name)
        if fault == "infeasible":
            return Plan(instance, "infeasible", message="no plan keeps every rule")
        today = Plan.of(instance, "optimal", status_quo(instance), 1e9, runtime={"total": 1.0})
        reach("worker solving")
        if fault:
            on_plan(Plan.of(instance, "feasible_limit", status_quo(instance), 1e9))
            wait_until_saved(Path(plan["out"]), f"{instance.name}/incumbent.json")
        if fault == "crash":
            os.abort()
        if fault == "hang":
            time.sleep(1e6)
        if fault == "deaf":  # keeps the interpreter from doing anything else
            ctypes.PyDLL(None).sleep(10**6)
        if fault == "memory":
            used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            # Room for what writes the plan, which is imported when it is needed.
            resource.setrlimit(resource.RLIMIT_AS, (used + 2**29, -1))
            hoard: list[bytes] = []
            while True:
                hoard.append(bytes(2**24))
        reach("worker solved")
        return today

    return solve


def install_solver(plan: dict[str, Any], reach: Callable[[str], None]) -> None:
    """Put the fake in the place of ``allocator.solve``; the real one takes seconds to import."""
    module = types.ModuleType("allocator.solve")
    names = ("seconds", "phase", "incumbent", "bound", "gap")
    module.Progress = make_dataclass("Progress", names)  # type: ignore[attr-defined]
    module.solve = fake_solve(plan, reach)  # type: ignore[attr-defined]
    sys.modules["allocator.solve"] = module


def reacher(plan: dict[str, Any]) -> Callable[[str], None]:
    """Dies at the stage that the plan names, when it is reached for the ``at``-th time."""
    count = Path(plan["log"] + ".count")

    def reach(stage: str) -> None:
        if stage != plan.get("die"):
            return
        with count.open("a") as file:
            file.write(".")
        if count.stat().st_size == plan.get("at", 1):
            die()

    return reach


def around(
    module: Any, name: str, before: Callable[..., None] | None, after: Callable[..., None] | None
) -> None:
    """Call ``before`` and ``after`` around a function of a module, with its arguments."""
    inner = getattr(module, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if before:
            before(*args)
        result = inner(*args, **kwargs)
        if after:
            after(*args)
        return result

    setattr(module, name, wrapped)


def install_failure(plan: dict[str, Any]) -> None:
    """Let a function of ``os`` fail from its ``at``-th call on."""
    if "fail" not in plan:
        return
    name, number = plan["fail"]
    calls = [0]

    def fail(*_: Any) -> None:
        calls[0] += 1
        if calls[0] >= plan.get("at", 1):
            raise OSError(number, os.strerror(number))

    around(os, name, fail, None)


def install_stages(reach: Callable[[str], None]) -> None:
    """Watch for the stages of writing, in worker and batch."""
    from allocator import plan_file, run_folder, run_record

    staging = run_folder.STAGING

    def replacing(source: Any, target: Any) -> None:
        name, inside = Path(target).name, staging in Path(target).parts
        if name == plan_file.FILE_NAME and inside:
            reach("worker renames the plan")
        if name == run_record.MANIFEST:
            reach("manifest unrenamed")
        if name == run_folder.RESULTS:
            reach("results unrenamed")
        if name == plan_file.FILE_NAME and not inside:
            reach("tables moved")
        if name == run_record.RECORD and not inside:
            reach("plan moved")

    def replaced(source: Any, target: Any) -> None:
        if Path(target).name == run_record.RECORD and staging not in Path(target).parts:
            reach("record moved")

    around(os, "replace", replacing, replaced)

    def writing(path: Any, content: Any) -> None:
        if Path(path).name == run_folder.RESULTS:
            reach("results unwritten")

    def wrote(path: Any, content: Any) -> None:
        if Path(path).name == run_folder.RESULTS:
            reach("results written")
        if Path(path).name == "cash.csv":
            reach("worker writes a table")
        if Path(path).name == plan_file.FILE_NAME:
            reach("worker wrote the plan")

    import allocator.batch

    for module in (plan_file, allocator.batch):
        around(module, "write_atomic", writing, wrote)
    around(
        run_record,
        "write_manifest",
        lambda *_: reach("manifest unwritten"),
        lambda *_: reach("manifest written"),
    )
    around(allocator.batch.Batch, "start", None, lambda *_: reach("worker started"))
    around(allocator.batch.Batch, "settle", lambda *_: reach("worker ended"), None)


def worker(path: str) -> None:
    """A worker with the faults of the plan at ``path``."""
    plan = json.loads(Path(path).read_text())
    reach = reacher(plan)
    install_solver(plan, reach)
    import allocator.worker

    install_stages(reach)
    if plan.get("where") == "worker":
        install_failure(plan)
    around(allocator.worker, "write_record", None, lambda *_: reach("worker wrote the record"))
    allocator.worker.main()


def batch(path: str, *args: str) -> None:
    """The command line with the faults of the plan at ``path``."""
    plan = json.loads(Path(path).read_text())
    reach = reacher(plan)
    install_solver(plan, reach)
    import allocator.batch
    from allocator.cli import main

    allocator.batch.WORKER = (sys.executable, "-P", __file__, "worker", path)  # type: ignore[assignment]
    for name, value in plan.get("constants", {}).items():
        setattr(allocator.batch, name, value)
    install_stages(reach)
    if plan.get("where", "batch") == "batch":
        install_failure(plan)
    sys.argv = ["allocator", *args]
    main()


if __name__ == "__main__":
    {"worker": worker, "batch": batch}[sys.argv[1]](*sys.argv[2:])
