"""Another solver on one program, in a process of its own.

    python -m benchmarks.families.peer highs PROGRAM.mps --time-limit 60 --threads 2 --gap 0.01
    python -m benchmarks.families.peer scip PROGRAM.mps ...
    python -m benchmarks.families.peer scip-nonlinear INSTANCE.json ...
    python -m benchmarks.families.peer export INSTANCE.json --to PROGRAM.mps ...

Prints one JSON object. Objectives of a ``.mps`` are those of the file, which is minimised.
"""

import argparse
import json
import math
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


def highs(file: Path, options: argparse.Namespace) -> Answer:
    """Plain HiGHS at its default settings."""
    import highspy

    import allocator.highs  # noqa: F401 - keeps what the release says about itself off stdout

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.readModel(str(file))
    solver.setOptionValue("time_limit", options.time_limit)
    solver.setOptionValue("threads", options.threads)
    solver.setOptionValue("mip_rel_gap", options.gap)
    began = time.monotonic()
    solver.run()
    info = solver.getInfo()
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return {
        "status": solver.modelStatusToString(solver.getModelStatus()),
        "objective": info.objective_function_value if feasible else None,
        "bound": _finite(info.mip_dual_bound),
        "seconds": time.monotonic() - began,
    }


def scip(file: Path, options: argparse.Namespace) -> Answer:
    """SCIP at its default settings; it works with one thread."""
    import pyscipopt

    model = pyscipopt.Model()
    model.hideOutput()
    model.readProblem(str(file))
    return _run_scip(model, options)


def scip_nonlinear(file: Path, options: argparse.Namespace) -> Answer:
    """SCIP at its default settings on the nonlinear program; figures in the instance's units."""
    import pyscipopt

    from allocator.handover import hand_over
    from allocator.load import load
    from benchmarks.families.exported import linear_part, write_mps
    from benchmarks.families.nonlinear import Writer
    from fact_models.program import build

    program = build(load(str(file)), {})
    handover = hand_over(program)
    matrix, scaling = linear_part(handover)
    model = pyscipopt.Model()
    model.hideOutput()
    with tempfile.TemporaryDirectory() as scratch:
        linear = Path(scratch) / "linear.mps"
        write_mps(matrix, linear)
        model.readProblem(str(linear))
    places = {variable.name: variable for variable in model.getVars()}
    variables = [places[f"c{n}"] for n in range(matrix.cost.size)]
    Writer(model, variables, scaling.column).write(program, handover)
    found = _run_scip(model, options)
    for key in ("objective", "bound"):
        found[key] = None if found[key] is None else -found[key] / scaling.cost
    return found


def _run_scip(model: Any, options: argparse.Namespace) -> Answer:
    model.setParam("limits/time", options.time_limit)
    model.setParam("limits/gap", options.gap)
    began = time.monotonic()
    model.optimize()
    return {
        "status": model.getStatus(),
        "objective": model.getPrimalbound() if model.getNSols() else None,
        "bound": _finite(model.getDualbound()),
        "seconds": time.monotonic() - began,
    }


def _finite(value: float) -> float | None:
    """None for what SCIP and HiGHS take for infinite."""
    return value if math.isfinite(value) and abs(value) < 1e20 else None


def write(file: Path, options: argparse.Namespace) -> Answer:
    """Export the program of an instance."""
    from allocator.load import load
    from benchmarks.families.exported import export

    return asdict(export(load(str(file)), options.gap, options.time_limit, options.to))


KINDS = {"highs": highs, "scip": scip, "scip-nonlinear": scip_nonlinear, "export": write}


def main() -> None:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("file", type=Path)
    parser.add_argument("--time-limit", type=float, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--gap", type=float, required=True)
    parser.add_argument("--to", type=Path, help="file that export writes")
    options = parser.parse_args()
    print(json.dumps(KINDS[options.kind](options.file, options)))


if __name__ == "__main__":
    main()
