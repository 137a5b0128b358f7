"""The rules that a plan must keep, recomputed from its decisions alone; one module a mechanism."""
