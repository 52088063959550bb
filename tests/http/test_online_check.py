"""Marking a service as online-capable: what it needs is checked, nonsense is refused with all its reasons."""

from typing import Any

import pytest
from sqlalchemy import delete, update

from server.booking.model import TrainingRow
from server.catalog.model import ServiceRow
from server.catalog.read_file import CatalogueRefused, parse_catalogue
from tests.http.reading import get, send
from tests.http.test_import import GOOD
from tests.http.test_pages_office import signed_in
from tests.office.city import City

pytestmark = pytest.mark.criterion("B14")
PATH = "/api/v1/office/services/bauberatung"
PAGE = "/office/services/bauberatung"
PASS = {"key": "pass", "name": {"de": "Reisepass", "en": "Passport"}, "when": "bring", "required": True}


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


async def off_and(city: City, **values: Any) -> None:
    """The building service, not offered by video yet, is of this kind from now on."""
    async with city.office.db.write() as tx:
        one = update(ServiceRow).where(ServiceRow.id == "bauberatung")
        await tx.execute(one.values(online_capable=False, **values))
    city.office.calendar.catalogue_changed()


async def switch_on(city: City) -> tuple[int, dict[str, Any]]:
    scheduler = await city.sign_in("scheduler")
    answer = await scheduler.patch(PATH, json={"online_capable": True})
    return answer.status, await answer.json()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"identity": "presence"}, ["selbst anwesend"]),
        ({"signature": "handwritten"}, ["von Hand"]),
        ({"checklist": [PASS]}, ["Reisepass"]),
        ({"modes": ["onsite"], "why_no_video": {"de": "Wir messen nach."}}, ["Wir messen nach."]),
        (
            {"identity": "presence", "signature": "handwritten", "checklist": [PASS]},
            ["selbst anwesend", "von Hand", "Reisepass"],
        ),
    ],
)
async def test_nonsense_is_refused_with_every_reason(
    city: City, values: dict[str, Any], words: list[str]
) -> None:
    await off_and(city, **values)
    status, problem = await switch_on(city)
    assert status == 422
    assert problem["type"].endswith("no-video")
    assert len(problem["reasons"]) == len(words)
    for reason, word in zip(problem["reasons"], words, strict=True):
        assert word in reason
        assert word in problem["detail"]
    page = await get(await signed_in(city, "scheduler"), f"{PAGE}?to=on", status=422)
    assert all(word in page.text for word in words)
    assert "Einschalten" not in page.text
    assert (await (await city.client.get("/api/v1/services")).json())[2]["modes"] == ["onsite"]


async def test_an_original_that_is_shown_to_the_camera_is_no_obstacle(city: City) -> None:
    await off_and(city, identity="seen", signature="simple", checklist=[PASS])
    page = await get(await signed_in(city, "scheduler"), f"{PAGE}?to=on")
    for words in ("in die Kamera", "Reisepass", "einfache Unterschrift"):
        assert words in page.text
    assert (await switch_on(city))[0] == 200


async def test_the_page_says_what_the_talk_will_need_before_it_is_saved(city: City) -> None:
    await off_and(city)
    scheduler = await signed_in(city, "scheduler")
    page = await get(scheduler, f"{PAGE}?to=on")
    assert "Vorher zu senden: Lageplan." in page.text
    await send(scheduler, page.form(PAGE))
    assert (await (await city.client.get("/api/v1/services")).json())[2]["modes"] == ["video", "onsite"]


async def test_that_nobody_is_trained_is_a_warning_and_no_obstacle(city: City) -> None:
    await off_and(city)
    async with city.office.db.write() as tx:
        await tx.execute(delete(TrainingRow).where(TrainingRow.service_id == "bauberatung"))
    page = await get(await signed_in(city, "scheduler"), f"{PAGE}?to=on")
    assert "Niemand ist für diese Dienstleistung geschult" in page.text
    assert (await switch_on(city))[0] == 200


async def test_switching_off_is_never_refused(city: City) -> None:
    await off_and(city, identity="presence")
    scheduler = await city.sign_in("scheduler")
    assert (await scheduler.patch(PATH, json={"online_capable": False})).status == 200


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("    identity: presence", "selbst anwesend"),
        ("    signature: handwritten", "von Hand"),
    ],
)
def test_a_catalogue_file_can_not_put_online_what_the_scheduler_could_not(line: str, word: str) -> None:
    text = GOOD.replace("    minutes: 30", f"    minutes: 30\n{line}")
    with pytest.raises(CatalogueRefused) as refused:
        parse_catalogue(text)
    assert word in str(refused.value)
    parse_catalogue(text.replace("    minutes: 30", "    minutes: 30\n    online_capable: false"))
