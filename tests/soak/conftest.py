"""The long runs: `make soak`. What they share with the short ones comes from there."""

import os

# Read by the tests that are run here in their long size, at the moment they are imported.
os.environ.setdefault("SOAK", "1")

from tests.signaling.conftest import bus, notices, open_office, time

__all__ = ["bus", "notices", "open_office", "time"]
