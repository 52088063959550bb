"""Two hundred thousand cases against the API's own description; see tests/http/test_fuzz.py, whose test this is."""

from tests.http import test_fuzz
from tests.http.test_fuzz import (
    database_kind,
    target,
    test_whatever_is_asked_the_answer_is_one_of_those_described,
)

__all__ = ["database_kind", "target", "test_whatever_is_asked_the_answer_is_one_of_those_described"]


def test_it_is_two_hundred_thousand_this_time() -> None:
    assert test_fuzz.CASES == 200_000
