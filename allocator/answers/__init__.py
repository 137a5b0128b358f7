"""Pages of what is asked of a plan: baselines, alternatives, sensitivity, deals and packages."""
