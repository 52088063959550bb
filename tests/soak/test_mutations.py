"""A million mutilated messages; see tests/signaling/test_mutations.py, whose tests these are."""

import pytest

from tests.signaling import test_mutations
from tests.signaling.test_mutations import (
    test_a_mutilated_text_is_read_or_refused_with_a_code,
    test_a_room_full_of_noise_disturbs_no_other_room,
    test_noise_that_comes_through_another_process_disturbs_no_other_room,
)

__all__ = [
    "test_a_mutilated_text_is_read_or_refused_with_a_code",
    "test_a_room_full_of_noise_disturbs_no_other_room",
    "test_noise_that_comes_through_another_process_disturbs_no_other_room",
]


@pytest.mark.criterion("K07")
def test_it_is_a_million_this_time() -> None:
    assert test_mutations.COUNT == 1_000_000
