"""A catalogue file: shown first, taken over as shown, and the state before given back. Nothing booked is lost."""

from typing import Any

import pytest
from aiohttp import FormData

from server.demo.seed import KEMPTEN
from tests.http.reading import get, read
from tests.http.test_import import GOOD
from tests.http.test_pages_office import signed_in
from tests.office.city import City, Client, only_sqlite

IMPORTS = "/api/v1/office/catalogue-imports"
pytestmark = pytest.mark.criterion("I14")


def a_file(text: str | bytes, **fields: str) -> FormData:
    form = FormData()
    for key, value in fields.items():
        form.add_field(key, value)
    data = text.encode() if isinstance(text, str) else text
    form.add_field("file", data, filename="katalog.yaml", content_type="application/yaml")
    return form


async def preview(scheduler: Client, text: str | bytes) -> dict[str, Any]:
    answer = await scheduler.post(IMPORTS, data=a_file(text))
    assert answer.status == 201, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def step(scheduler: Client, id_: str, way: str, status: int = 200) -> dict[str, Any]:
    answer = await scheduler.post(f"{IMPORTS}/{id_}/{way}")
    assert answer.status == status, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def offer(city: City) -> list[Any]:
    """All that citizens see of the catalogue."""
    paths = ("/api/v1/services", "/api/v1/sites")
    return [await (await city.client.get(path)).json() for path in paths]


async def test_a_file_is_shown_taken_over_and_the_state_before_given_back(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    before = await offer(city)
    shown = await preview(scheduler, GOOD)
    told = {(change["what"], change["table"], change["id"]) for change in shown["changes"]}
    assert {
        ("added", "service", "beratung"),
        ("added", "site", "rathaus"),
        ("added", "closure", "2027-02-09"),
        ("hidden", "service", "bauberatung"),
    } <= told
    assert await offer(city) == before, "a preview changes nothing"
    await step(scheduler, shown["id"], "apply")
    assert [service["id"] for service in (await offer(city))[0]] == ["beratung"]
    await step(scheduler, shown["id"], "apply", 409)
    await step(scheduler, shown["id"], "undo")
    assert await offer(city) == before
    await step(scheduler, shown["id"], "undo", 409)
    assert (await preview(scheduler, GOOD))["changes"] == shown["changes"]


async def test_giving_back_keeps_what_somebody_booked_meanwhile(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    shown = await preview(scheduler, KEMPTEN.read_bytes())
    await step(scheduler, shown["id"], "apply")
    booked = await city.book("bauberatung", "video")
    await step(scheduler, shown["id"], "undo")
    answer = await city.client.get(f"/api/v1/appointments/{booked['token']}")
    assert (await answer.json())["state"] == "confirmed"


async def test_a_switch_that_was_moved_since_stays(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    shown = await preview(scheduler, KEMPTEN.read_bytes())
    await step(scheduler, shown["id"], "apply")
    path = "/api/v1/office/services/bauberatung"
    assert (await scheduler.patch(path, json={"online_capable": False})).status == 200
    await step(scheduler, shown["id"], "undo")
    rows = {one["id"]: one for one in await (await scheduler.get("/api/v1/office/services")).json()}
    assert rows["bauberatung"]["online_capable"] is False


async def test_if_the_catalogue_changed_meanwhile_nothing_is_done(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    one, other = await preview(scheduler, GOOD), await preview(scheduler, KEMPTEN.read_bytes())
    await step(scheduler, one["id"], "apply")
    before = await offer(city)
    assert (await step(scheduler, other["id"], "apply", 409))["type"].endswith("catalogue-changed")
    assert await offer(city) == before
    later = await preview(scheduler, KEMPTEN.read_bytes())
    await step(scheduler, later["id"], "apply")
    assert (await step(scheduler, one["id"], "undo", 409))["type"].endswith("catalogue-changed")


LAUGH = "a: &a [1]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(20)
)


@only_sqlite()
@pytest.mark.parametrize(
    ("data", "word"),
    [
        (GOOD.replace("minutes: 30", "minutes: 31").encode(), "Zeile 20"),
        (b"", "Zeile 1"),
        (b"\xff\xfe", "UTF-8"),
        (b"a: \0", "UTF-8"),
        (b"a: &a [*a]", "verweist"),
        (LAUGH.encode(), "verweist"),
        (b"[" * 3000, "Zeile 1"),
    ],
)
async def test_wrong_lines_are_named_and_nothing_can_be_taken_over(
    city: City, data: bytes, word: str
) -> None:
    scheduler = await city.sign_in("scheduler")
    before = await offer(city)
    shown = await preview(scheduler, data)
    assert word in " ".join(shown["wrong"])
    assert (await step(scheduler, shown["id"], "apply", 422))["type"].endswith("file-has-faults")
    assert await offer(city) == before


@only_sqlite()
async def test_a_file_beyond_the_limit_is_refused(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    assert (await scheduler.post(IMPORTS, data=a_file(b"#" * 300_001))).status == 413


@only_sqlite()
async def test_the_pages_show_take_over_and_give_back(city: City) -> None:
    scheduler = await signed_in(city, "scheduler")
    form = (await get(scheduler, "/office/catalogue/imports")).form("/office/catalogue/imports")
    csrf = dict(form.filled())["csrf"]
    assert (await scheduler.post(form.action, data=a_file(GOOD, csrf="wrong"))).status == 403
    wrong = await read(await scheduler.post(form.action, data=a_file("- 1", csrf=csrf)))
    assert "Die Datei hat Fehler" in wrong.text
    page = await read(await scheduler.post(form.action, data=a_file(GOOD, csrf=csrf)))
    assert "Bisher ist nichts geändert." in page.text
    assert "Dienstleistung beratung" in page.text
    for action, words in (("/apply", "Der Katalog ist übernommen."), ("/undo", "wieder wie vorher")):
        step_ = page.form(action)
        page = await read(await scheduler.post(step_.action, data=step_.filled()))
        assert words in page.text
    assert "Zurückgenommen" in (await get(scheduler, "/office/catalogue/imports")).text
