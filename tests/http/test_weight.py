"""What a page weighs on its way to a telephone, and what the server weighs on the machine."""

import re
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from tests.office.city import City, only_sqlite
from tests.office.demo_process import DemoCity

LIMIT = 150_000
MEMORY_MB = 150
ADDRESS = re.compile(r'(?:href|src)="(/static/[^"]+)"')


async def weight(city: City, path: str) -> dict[str, int]:
    """Bytes on the wire of the page and of everything it names, compressed as browsers ask for it; fonts are not named."""
    headers = {"Accept-Encoding": "gzip"}
    base = city.settings.public_url
    async with aiohttp.ClientSession(base, headers=headers) as browser, browser.get(path) as answer:
        assert answer.status == 200
        parts = {path, *ADDRESS.findall(await answer.text())}
    found = {}
    async with aiohttp.ClientSession(base, headers=headers, auto_decompress=False) as browser:
        for part in parts:
            async with browser.get(part) as answer:
                assert answer.status == 200
                assert answer.headers.get("Content-Encoding") == "gzip", part
                found[part] = len(await answer.read())
    return found


@only_sqlite()
@pytest.mark.parametrize(
    "path",
    ["/", "/times?service=bauberatung&count=1", "/times?service=meldebescheinigung&count=1", "/a/*/room"],
)
async def test_no_page_is_heavy(city: City, path: str) -> None:
    if "*" in path:
        booked = await city.book("bauberatung", "video")
        city.clock.advance(timedelta(minutes=50))
        path = path.replace("*", booked["token"])
    parts = await weight(city, path)
    assert len(parts) >= 2
    assert sum(parts.values()) < LIMIT, parts


def test_the_demo_city_fits_into_a_small_machine(tmp_path: Path) -> None:
    city = DemoCity(tmp_path)
    try:
        city.start()
        city.walk()
        assert city.resident_mb() < MEMORY_MB
    finally:
        city.stop()
