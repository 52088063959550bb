"""The fixtures that every test may ask for. Each neighbour is real, started when first asked for, and stopped at the end."""

import os
from collections import Counter

import pytest
from hypothesis import settings

from tests.browser.fox import fox
from tests.criteria.recorder import CriteriaRecorder
from tests.neighbours.browser import browser, kept_chromium
from tests.neighbours.clamav import own_clamd, shared_clamd
from tests.neighbours.firefox import firefox
from tests.neighbours.postgres import database_kind, database_url, postgres, postgresql_url
from tests.neighbours.redis import own_redis, redis_url, shared_redis
from tests.neighbours.s3 import bucket, own_s3, shared_s3
from tests.neighbours.smtp import smtp
from tests.neighbours.turn import turn
from tests.office.city import city, make_city, work_when_told
from tests.office.seeding import city_database_url, postgresql_template, sqlite_template
from tests.office.served import serve_city, served_city
from tests.scratch import use_memory

use_memory()

__all__ = [
    "browser",
    "bucket",
    "city",
    "city_database_url",
    "database_kind",
    "database_url",
    "firefox",
    "fox",
    "kept_chromium",
    "make_city",
    "own_clamd",
    "own_redis",
    "own_s3",
    "postgres",
    "postgresql_template",
    "postgresql_url",
    "redis_url",
    "serve_city",
    "served_city",
    "shared_clamd",
    "shared_redis",
    "shared_s3",
    "smtp",
    "sqlite_template",
    "turn",
    "work_when_told",
]


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault(
        "HYPOTHESIS_STORAGE_DIRECTORY", str(config.rootpath / "var" / "cache" / "hypothesis")
    )
    config.pluginmanager.register(CriteriaRecorder(config), "criteria-recorder")
    # How long one example takes says more of the machine than of the program; and a run that decides about a change
    # looks at the same examples as the run before it. Others are looked for by `make soak`.
    settings.register_profile("any-machine", deadline=None, derandomize="SOAK" not in os.environ)
    settings.load_profile("any-machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers first: in a parallel run they all come to one process, and do not take the processor from each other.

    Of these, files of many short tests last: a process without work takes over what stands behind. Then what is long,
    or one process would be left with it at the end and the others without work.
    """
    size = Counter(item.path for item in items)
    with_browser = {item.path for item in items if item.get_closest_marker("browser")}

    def turn(item: pytest.Item) -> tuple[int, int]:
        if item.path in with_browser:
            return 0, size[item.path]
        return (1, 0) if item.get_closest_marker("long") else (2, 0)

    items.sort(key=turn)
