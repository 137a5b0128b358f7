"""The hard families: what is asked of the solver on each, and how it is measured."""
