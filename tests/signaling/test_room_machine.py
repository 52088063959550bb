"""Whatever people do in a room, in whatever order: nothing passes before admission, no page believes in a ghost."""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.signaling.room_machine import RoomMachine

EXAMPLES, STEPS = (1500, 60) if os.environ.get("SOAK") else (60, 50)


@pytest.mark.criterion("C04", "C09", "C12", "C20")
def test_a_room_is_right_after_every_step() -> None:
    chosen = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=True, print_blob=False,
        suppress_health_check=list(HealthCheck), database=None,
    )  # fmt: skip
    run_state_machine_as_test(RoomMachine, settings=chosen)
