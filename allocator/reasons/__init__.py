"""Reasons: where a plan's GMV came from, what its limits are worth, what stops each lever."""

from allocator.reasons.explanation import Explanation, explain

__all__ = ["Explanation", "explain"]
