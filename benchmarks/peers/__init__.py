"""Allocators of others on the same curves, in one run.

python -m benchmarks.peers.run --write benchmarks/RESULTS.md
"""
