"""One program planned again and again while its limits move: built once, changed in place."""
