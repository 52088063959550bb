"""Ten thousand attempts on two hundred times while processes are killed; see tests/race/test_kill.py, whose tests these are."""

from tests.race import test_kill
from tests.race.test_kill import (
    durable,
    office_url,
    rush,
    test_a_crowd_books_exactly_what_there_is,
    test_killed_processes_lose_nothing,
)

__all__ = [
    "durable",
    "office_url",
    "rush",
    "test_a_crowd_books_exactly_what_there_is",
    "test_killed_processes_lose_nothing",
]


def test_it_is_ten_thousand_this_time() -> None:
    assert (test_kill.ATTEMPTS, test_kill.TIMES) == (10_000, 200)
