"""An appointment number said over the telephone: one wrong digit or two swapped ones are noticed."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.booking.number import _check_digit, new_number, read_number

eight_digits = st.integers(10**7, 10**8 - 1)


@pytest.mark.criterion("A12")
@settings(derandomize=True, deadline=None, max_examples=200)
@given(eight_digits)
def test_every_wrong_digit_and_every_swap_of_neighbours_is_noticed(start: int) -> None:
    right = f"{start}{_check_digit(str(start))}"
    assert read_number(right) == f"{right[:3]}-{right[3:6]}-{right[6:]}"
    wrong = [
        right[:at] + digit + right[at + 1 :]
        for at in range(9)
        for digit in "0123456789"
        if digit != right[at]
    ]
    swapped = [
        right[:at] + other + one + right[at + 2 :]
        for at, (one, other) in enumerate(pairwise(right))
        if one != other
    ]
    assert len(wrong) == 81
    assert [number for number in wrong + swapped if read_number(number) is not None] == []


@pytest.mark.criterion("A12")
def test_a_new_number_is_read_back_however_it_is_written() -> None:
    for number in {new_number() for _ in range(500)}:
        assert re.fullmatch(r"[1-9]\d\d-\d{3}-\d{3}", number)
        for written in (number, number.replace("-", ""), number.replace("-", " "), f" {number}. "):
            assert read_number(written) == number


@pytest.mark.parametrize("heard", ["", "12", "abc-def-ghi", "1234567890", "٠١٢-٣٤٥-٦٧٨"])
def test_what_is_no_number_is_none(heard: str) -> None:
    assert read_number(heard) is None
