"""Settings of all tests."""

from hypothesis import settings

# Machines that share their cores make the time of a single example meaningless.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
