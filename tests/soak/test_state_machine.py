"""Two hundred longer lives of the office; see tests/race/test_state_machine.py, whose test this is."""

from tests.race import test_state_machine
from tests.race.test_state_machine import (
    new_database,
    pytestmark,
    test_the_books_are_right_after_every_step,
)

__all__ = ["new_database", "pytestmark", "test_the_books_are_right_after_every_step"]


def test_it_is_two_hundred_this_time() -> None:
    assert test_state_machine.EXAMPLES == 200
