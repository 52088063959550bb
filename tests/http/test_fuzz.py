"""The API keeps to its own description, whoever asks whatever: 2500 cases here, more in the soak."""

import os

import pytest

from tests.http.fuzz import Target, fuzz
from tests.office.served import ServeCity

CASES = 200_000 if os.environ.get("SOAK") else 2_500


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def target(serve_city: ServeCity) -> Target:
    city = serve_city(max_holds=1_000_000)
    target = Target(city.url, city.environments[0]["SPRECHZEIT_DATABASE_URL"])
    target.prepare()
    return target


@pytest.mark.long
def test_whatever_is_asked_the_answer_is_one_of_those_described(target: Target) -> None:
    assert fuzz(target, CASES, first=1) >= CASES
    assert not [status for status in target.statuses if status >= 500]
    assert {200, 201, 204, 401, 403, 404, 409, 422} <= target.statuses.keys(), (
        "the fuzz goes deeper than refusals"
    )
