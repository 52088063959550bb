"""The long runs: `make soak`. What they share with the short ones comes from there."""

import os

# Read by the tests that are run here in their long size, at the moment they are imported.
os.environ.setdefault("SOAK", "1")

from tests.signaling.conftest import bus, notices, offices, open_office, open_two, time

__all__ = ["bus", "notices", "offices", "open_office", "open_two", "time"]
