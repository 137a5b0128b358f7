"""Why an instance has no plan, and the cheapest changes after which it has one.

Three ways, each where it can be trusted: sums that show it in words (``arithmetic``), the subset
of rules that clash in the linear relaxation (``subset``), and repairs by an elastic program that
were applied and planned (``repair``). ``explanation.explain`` goes them all.

Nothing is imported here: the process that asks the solver for a subset starts in this package.
"""
