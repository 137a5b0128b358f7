"""Measurements: informational, never a gate."""
