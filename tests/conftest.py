"""The fixtures that every test may ask for. Each neighbour is real, started when first asked for, and stopped at the end."""

import pytest

from tests.criteria.recorder import CriteriaRecorder
from tests.neighbours.browser import browser
from tests.neighbours.postgres import database_kind, database_url, postgres, postgresql_url
from tests.neighbours.redis import own_redis, redis_url, shared_redis
from tests.neighbours.smtp import smtp
from tests.neighbours.turn import turn

__all__ = [
    "browser",
    "database_kind",
    "database_url",
    "own_redis",
    "postgres",
    "postgresql_url",
    "redis_url",
    "shared_redis",
    "smtp",
    "turn",
]


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(CriteriaRecorder(config), "criteria-recorder")
