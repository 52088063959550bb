"""Two thousand mutilated files; see tests/corpus/test_mutilated.py, whose test this is."""

from tests.corpus import test_mutilated
from tests.corpus.test_mutilated import test_a_mutilated_file_gets_a_verdict

__all__ = ["test_a_mutilated_file_gets_a_verdict"]


def test_it_is_two_thousand_this_time() -> None:
    assert test_mutilated.COUNT == 2_000
