"""Fifteen hundred longer lives of a room; see tests/signaling/test_room_machine.py, whose test this is."""

from tests.signaling import test_room_machine
from tests.signaling.test_room_machine import test_a_room_is_right_after_every_step

__all__ = ["test_a_room_is_right_after_every_step"]


def test_it_is_fifteen_hundred_this_time() -> None:
    assert test_room_machine.EXAMPLES == 1500
