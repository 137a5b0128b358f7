"""What to try next: pulses of a lever, weighed by the regret that their lesson saves."""
