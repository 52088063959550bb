"""A hundred restarts during one call; see tests/deploy/test_call.py, whose test this is."""

from tests.deploy import test_call
from tests.deploy.conftest import deployed
from tests.deploy.test_call import test_the_picture_never_stops_while_every_process_restarts

__all__ = ["deployed", "test_the_picture_never_stops_while_every_process_restarts"]


def test_it_is_a_hundred_this_time() -> None:
    assert test_call.ROUNDS * 4 == 100
