"""Rows of other questions, by hand."""

from pyomo.repn import generate_standard_repn

from fact_models.program import build
from fact_models.variants import extend
from tests.models.worlds import full_world


def test_work_that_falls_is_counted_as_less() -> None:
    """(VA.3) need of a week less need of the week before is what is more, less what is less: an
    hour of live time this week has the sign that one last week and what is more have not.
    """
    program = build(full_world())
    extend(program, steady=True)
    model = program.model
    block = next(b for b in model.component_objects() if hasattr(b, "work_step"))
    form = generate_standard_repn(block.work_step["host", 3].body)
    weight = {v.name: c for v, c in zip(form.linear_vars, form.linear_coefs, strict=True)}
    more, less = weight[block.more["host", 3].name], weight[block.less["host", 3].name]
    hours = {
        t: [c for name, c in weight.items() if "hours[second" in name and f",{t}]" in name]
        for t in (2, 3)
    }
    assert (more, less) == (-1.0, 1.0)
    assert hours == {2: [-1.0], 3: [1.0]}
