"""A plan under way: what was seen, the instance of the rest, a new plan near the old one."""
