"""The command ``allocator``, also as ``python -m allocator``: hears signals from the start."""

import sys

from allocator.signals import Terminated, raise_on_signals


def main() -> None:
    """Entry point of the command; what takes long to import is imported within."""
    try:
        with raise_on_signals():
            from allocator.cli import main as command

            command()
    except KeyboardInterrupt:
        sys.exit(130)
    except Terminated:
        sys.exit(143)


if __name__ == "__main__":
    main()
