"""The digest that a plan file carries: whether anything in it was changed after it was written."""

import hashlib
import json

SEAL = "sha256"
"""Last key of a plan file."""


def digest_of(text: str) -> str:
    """SHA-256 of what a plan file states, 64 hexadecimal digits; its own key is left out.

    Blanks and line breaks do not matter, nor does 5 for 5.0. The seconds that the search took are
    left out: the same search gives the same digest, however long it took.
    """
    told = json.loads(text, parse_int=float)
    del told["runtime"]
    told.pop(SEAL, None)
    told["trace"] = [point[1:] for point in told["trace"]]
    plain = json.dumps(told, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
