"""Sensitivity: how far a plan hangs on figures that are assumed, fixed and made anew."""
