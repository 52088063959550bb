"""The staff's pages: signing in, the clerk's day and case, the scheduler's switch for video."""

import pytest
from aiohttp import FormData

from tests.http.reading import get, read, send
from tests.http.test_pages_manage import PDF
from tests.office import small_city
from tests.office.city import City, Client, only_sqlite

pytestmark = only_sqlite()


async def signed_in(city: City, login: str) -> Client:
    """By the page, as people do."""
    client = await city.another_client()
    page = await get(client, "/office/sign-in")
    await send(client, page.form("/office/sign-in"), name=login, password=small_city.PASSWORD)
    return client


async def test_a_wrong_password_is_said_without_telling_whether_the_name_exists(city: City) -> None:
    form = (await get(city.client, "/office/sign-in")).form("/office/sign-in")
    said = [
        (await send(city.client, form, status=401, name=name, password="wrong")).text.replace(name, "")
        for name in ("clerk1", "nobody")
    ]
    assert "Name oder Passwort stimmen nicht." in said[0]
    assert said[0] == said[1]


@pytest.mark.parametrize("path", ["/office/day", "/office/services", "/office/appointments/abc"])
async def test_without_signing_in_every_page_leads_to_the_sign_in(city: City, path: str) -> None:
    page = await get(city.client, path)
    assert page.of_level("h1") == ["Anmeldung für Beschäftigte"]


@pytest.mark.parametrize(
    ("login", "heading"),
    [
        ("clerk1", "Montag, 1. März 2027"),
        ("scheduler", "Dienstleistungen"),
        ("dpo", "Datenschutz"),
        ("gate", "Sie sind angemeldet"),
    ],
)
async def test_each_role_begins_at_its_own_page(city: City, login: str, heading: str) -> None:
    assert (await get(await signed_in(city, login), "/office")).of_level("h1") == [heading]


async def test_signing_out_ends_the_session(city: City) -> None:
    clerk = await signed_in(city, "clerk1")
    await send(clerk, (await get(clerk, "/office/day")).form("/office/sign-out"))
    assert (await get(clerk, "/office/day")).of_level("h1") == ["Anmeldung für Beschäftigte"]


@pytest.mark.criterion("H01")
async def test_the_day_shows_who_comes_when_how_and_what_is_missing(city: City) -> None:
    booked = await city.book("bauberatung", "video", name="Ayşe Öztürk")
    clerk = await signed_in(city, "clerk1")
    page = await get(clerk, "/office/day")
    assert "Ayşe Öztürk" in page.of_level("h3")
    for words in (
        "09:00 Uhr",
        "30 Minuten",
        "Per Video",
        "Fehlt: Lageplan",
        "1 per Video",
        "1 mit fehlenden Unterlagen",
    ):
        assert words in page.text
    form = FormData()
    form.add_field("item", "lageplan")
    form.add_field("file", PDF, filename="plan.pdf")
    await city.client.post(f"/a/{booked['token']}/documents", data=form)
    page = await get(clerk, "/office/day")
    assert "Fehlt" not in page.text
    assert "eine Unterlage zu prüfen" in page.text
    case = await get(clerk, page.links["Vorgang : Ayşe Öztürk"])
    assert "erika@example.org" in case.text
    document = await get(clerk, case.links["Ansehen : plan.pdf"])
    download = await clerk.get(document.links["Original herunterladen : plan.pdf"])
    assert await download.read() == PDF


async def test_a_clerk_sees_the_own_appointments_only(city: City) -> None:
    await city.book("bauberatung", "video", name="Ayşe Öztürk")
    own = await signed_in(city, "clerk1")
    address = (await get(own, "/office/day")).links["Vorgang : Ayşe Öztürk"]
    other = await signed_in(city, "clerk3")
    assert "Ayşe Öztürk" not in (await get(other, "/office/day")).text
    await get(other, address, 404)
    await get(other, f"{address}/room", 404)
    await get(await signed_in(city, "scheduler"), address, 403)


@pytest.mark.criterion("I01")
async def test_the_scheduler_sees_the_effect_before_saving(city: City) -> None:
    scheduler = await signed_in(city, "scheduler")
    page = await get(scheduler, "/office/services")
    free = await city.free("bauberatung", "video", days=27)
    effect = await get(scheduler, "/office/services/bauberatung", to="off")
    assert f"Per Video: {len(free)} bisher → 0 danach" in effect.text
    assert (await get(city.client, "/services/bauberatung")).text.count("Video möglich") == 1
    page = await send(scheduler, effect.form("/bauberatung"))
    assert "„Bauberatung“ wird jetzt nicht mehr per Video angeboten." in page.text
    shown = await get(city.client, "/services/bauberatung")
    assert "Video möglich" not in shown.text
    assert "zurzeit nicht per Video" in shown.text
    effect = await get(scheduler, "/office/services/bauberatung", to="on")
    assert f"Per Video: 0 bisher → {len(free)} danach" in effect.text


async def test_what_needs_presence_can_not_be_switched_on(city: City) -> None:
    scheduler = await signed_in(city, "scheduler")
    page = await get(scheduler, "/office/services/personalausweis", 422, to="on")
    assert "Fingerabdrücke" in page.text
    await get(await signed_in(city, "clerk1"), "/office/services", 403)


async def test_a_form_without_the_sessions_token_changes_nothing(city: City) -> None:
    scheduler = await signed_in(city, "scheduler")
    answer = await scheduler.post("/office/services/bauberatung", data={"to": "off"})
    await read(answer, 403)
    assert "Video möglich" in (await get(city.client, "/services/bauberatung")).text
