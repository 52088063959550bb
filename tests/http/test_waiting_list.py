"""The waiting list: first come, first asked; an offer is kept for a set time; the public comes after those who wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse
from sqlalchemy import insert, select, update

from server.access import manage_token
from server.booking.model import AppointmentRow, CalendarChangeRow, CaseRow, DutyRow
from server.booking.model_waiting import WaitingRow
from server.booking.offer import awake, offer_times
from tests.office.city import City, MakeCity, only_sqlite
from tests.office.outbox import mails

SERVICE, DAY = "personalausweis", "2027-03-03"
LIST = "/api/v1/waiting-list"


@pytest.fixture
async def office(make_city: MakeCity) -> City:
    """A city whose one desk for identity cards is full on the third of March: at 8, 9, 10 and 11 o'clock."""
    city = await make_city(freed_rest_minutes="20-40", offer_hours=5)
    await fill(city)
    return city


async def fill(city: City) -> None:
    async with city.office.db.write() as tx:
        desk = (DutyRow.staff_id == 3, DutyRow.starts_at < datetime.fromisoformat("2027-03-04T00:00+01:00"))
        await tx.execute(update(DutyRow).where(*desk).values(step_minutes=60))
        await tx.execute(insert(CalendarChangeRow).values(duty_id=None, at=city.now))
    city.office.calendar.catalogue_changed()
    slots = await of_day(city)
    assert len(slots) == 4
    for slot in slots:
        held = await (await city.hold(SERVICE, slot)).json()
        assert (await city.confirm(held["hold"], email=None)).status == 201


async def of_day(city: City) -> list[dict[str, Any]]:
    return [slot for slot in await city.free(SERVICE, "onsite") if slot["start"].startswith(DAY)]


async def join(city: City, name: str, **changes: Any) -> ClientResponse:
    wish = {
        "services": [{"id": SERVICE}],
        "from": DAY,
        "to": DAY,
        "name": name,
        "email": f"{name}@example.org",
    }
    return await city.client.post(LIST, json={**wish, **changes})


async def joined(city: City, *names: str, **changes: Any) -> list[str]:
    tokens = []
    for name in names:
        answer = await join(city, name, **changes)
        assert answer.status == 201, await answer.text()
        tokens.append((await answer.json())["token"])
        city.clock.advance(timedelta(seconds=1))
    return tokens


async def work(city: City) -> int:
    return await offer_times(city.office.db, city.office.calendar, city.settings, city.now)


async def states(city: City, tokens: Sequence[str]) -> list[str]:
    return [(await seen(city, token))["state"] for token in tokens]


async def seen(city: City, token: str) -> dict[str, Any]:
    answer = await city.client.get(f"{LIST}/{token}")
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def free_one(city: City, nth: int = 2) -> str:
    """Somebody gives back the nth time of the day; its start."""
    query = select(AppointmentRow.id, AppointmentRow.starts_at).where(AppointmentRow.state == "confirmed")
    async with city.office.db.read() as tx:
        rows = (await tx.execute(query.order_by(AppointmentRow.starts_at))).all()
    token = manage_token(city.office.secret, rows[nth].id)
    assert (await city.client.delete(f"/api/v1/appointments/{token}")).status == 204
    return str(rows[nth].starts_at.isoformat())


@pytest.mark.criterion("A16", "A17")
async def test_who_came_first_is_asked_first_and_the_public_comes_after(office: City) -> None:
    first, _ = tokens = await joined(office, "anna", "berta")
    assert [(await seen(office, token))["position"] for token in tokens] == [1, 2]
    start = await free_one(office)
    assert await of_day(office) == []
    assert await work(office) == 1
    assert await states(office, tokens) == ["offered", "waiting"]
    await mails(office)  # the offer has been sent before it is accepted: mails of one instant have no order
    offer = (await seen(office, first))["offer"]
    assert datetime.fromisoformat(offer["start"]) == datetime.fromisoformat(start)
    assert datetime.fromisoformat(offer["until"]) == office.now + timedelta(hours=5)
    answer = await office.client.post(f"{LIST}/{first}/accept")
    assert answer.status == 201
    booked = await answer.json()
    assert (booked["state"], datetime.fromisoformat(booked["start"])) == (
        "confirmed",
        datetime.fromisoformat(start),
    )
    again = await office.client.post(f"{LIST}/{first}/accept")
    assert (await again.json())["number"] == booked["number"], "accepting twice is fine"
    assert await of_day(office) == []
    assert await states(office, tokens) == ["booked", "waiting"]
    subjects: dict[str, list[str]] = {mail["To"].partition("@")[0]: [] for mail in await mails(office)}
    for mail in await mails(office):
        subjects[mail["To"].partition("@")[0]].append(mail["Subject"].partition(":")[0])
    assert subjects["anna"] == [
        "Sie stehen auf der Warteliste",
        "Eine Zeit ist für Sie frei",
        "Ihr Termin ist gebucht",
    ]
    assert subjects["berta"] == ["Sie stehen auf der Warteliste"]


@pytest.mark.criterion("A17")
async def test_a_declined_time_goes_to_the_next_before_the_public(office: City) -> None:
    first, second = tokens = await joined(office, "anna", "berta")
    await free_one(office)
    await work(office)
    assert (await office.client.post(f"{LIST}/{first}/decline")).status == 200
    assert await of_day(office) == []
    await work(office)
    assert await states(office, tokens) == ["waiting", "offered"], "anna is not asked about the same again"
    assert (await office.client.post(f"{LIST}/{first}/accept")).status == 410
    assert (await office.client.post(f"{LIST}/{second}/decline")).status == 200
    await work(office)
    assert await states(office, tokens) == ["waiting", "waiting"]
    office.clock.advance(timedelta(minutes=11))
    assert len(await of_day(office)) == 1, "when nobody wants it, everybody may have it"


async def test_an_offer_runs_out_and_goes_on_to_the_next(office: City) -> None:
    first, _ = tokens = await joined(office, "anna", "berta")
    await free_one(office)
    await work(office)
    office.clock.advance(timedelta(hours=5))
    assert (await office.client.post(f"{LIST}/{first}/accept")).status == 410
    assert await of_day(office) == [], "not even before the job has run"
    await work(office)
    assert await states(office, tokens) == ["waiting", "offered"]
    assert [m["Subject"] for m in await mails(office) if m["To"].startswith("anna")][-1].startswith(
        "Ein Angebot ist vorbei"
    )


@pytest.mark.parametrize(
    ("now", "read"),
    [
        ("2027-03-02T12:00+01:00", "2027-03-02T12:00+01:00"),
        ("2027-03-02T21:00+01:00", "2027-03-03T07:00+01:00"),
        ("2027-03-03T04:30+01:00", "2027-03-03T07:00+01:00"),
        ("2027-03-27T23:00+01:00", "2027-03-28T07:00+02:00"),
    ],
)
def test_nobody_has_to_answer_at_night(now: str, read: str) -> None:
    assert awake(datetime.fromisoformat(now)) == datetime.fromisoformat(read)


async def test_who_lets_two_offers_run_out_leaves_the_list(office: City) -> None:
    [token] = await joined(office, "anna")
    for nth in (2, 0):
        await free_one(office, nth)
        await work(office)
        assert await states(office, [token]) == ["offered"]
        office.clock.advance(timedelta(hours=5))
        await work(office)
    assert await states(office, [token]) == ["over"]


@only_sqlite()
async def test_only_what_fits_the_window_is_offered(office: City) -> None:
    late = {"earliest": "11:00", "latest": "12:00"}
    friday = {"weekdays": [4]}
    video = {
        "services": [{"id": "meldebescheinigung"}],
        "mode": "video",
        "from": "2027-03-05",
        "to": "2027-03-05",
    }
    other_site = {
        "services": [{"id": "bauberatung"}],
        "site": "kronenstrasse",
        "mode": "onsite",
        "from": "2027-03-07",
        "to": "2027-03-07",
    }
    tokens = [
        (await joined(office, name, **wish))[0]
        for name, wish in (("a", late), ("b", friday), ("c", video), ("d", other_site))
    ]
    await free_one(office, 1)
    await work(office)
    assert await states(office, tokens) == ["waiting"] * 4
    await free_one(office, 2)
    await work(office)
    assert await states(office, tokens) == ["offered", "waiting", "waiting", "waiting"]


@only_sqlite()
async def test_what_becomes_free_in_another_way_is_offered_too(office: City) -> None:
    """A new duty, a release: nothing was given back."""
    [token] = await joined(office, "anna", **{"from": "2027-03-03", "to": "2027-03-04"})
    await work(office)
    offer = (await seen(office, token))["offer"]
    assert offer["start"].startswith("2027-03-04"), "the next day has free times anyway"


@only_sqlite()
async def test_also_without_resting_the_list_goes_first(make_city: MakeCity) -> None:
    city = await make_city(freed_rest_minutes="0-0")
    await fill(city)
    [token] = await joined(city, "anna")
    await free_one(city)
    assert await of_day(city) == []
    await work(city)
    assert await states(city, [token]) == ["offered"]


async def test_leaving_destroys_what_was_told_and_gives_the_offer_back(office: City) -> None:
    first, _ = tokens = await joined(office, "anna", "berta")
    await free_one(office)
    await work(office)
    assert (await office.client.delete(f"{LIST}/{first}")).status == 204
    assert (await office.client.delete(f"{LIST}/{first}")).status == 204
    await work(office)
    assert await states(office, tokens) == ["left", "offered"]
    query = select(CaseRow.contact_sealed).join(WaitingRow, WaitingRow.case_id == CaseRow.id)
    async with office.office.db.read() as tx:
        assert await tx.scalar(query.where(WaitingRow.state == "left")) is None


async def test_after_the_last_day_the_entry_ends_and_is_forgotten(office: City) -> None:
    [token] = await joined(office, "anna")
    office.clock.set(datetime.fromisoformat("2027-03-04T08:00+01:00"))
    await work(office)
    assert await states(office, [token]) == ["over"]
    assert [m["Subject"] for m in await mails(office)][-1].startswith(
        "Ihr Platz auf der Warteliste ist zu Ende"
    )
    office.clock.advance(timedelta(days=2))
    await work(office)
    assert (await office.client.get(f"{LIST}/{token}")).status == 404
