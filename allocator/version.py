"""The version of the installed distribution."""

from importlib.metadata import PackageNotFoundError, version


def installed_version() -> str:
    """Version of ``fact-allocator``; ``0+source`` where it runs without being installed."""
    try:
        return version("fact-allocator")
    except PackageNotFoundError:
        return "0+source"
