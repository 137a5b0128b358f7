"""Taken or not: what every deal and package is worth, forced and forbidden."""
