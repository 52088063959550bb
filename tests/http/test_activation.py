"""A service may want the mail address proved: the appointment is booked once the link in the mail was opened."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from server.booking.model import CaseRow
from server.booking.tidy import tidy
from server.catalog.model import ServiceRow
from server.zms.tidy import forget
from tests.office.city import City, MakeCity
from tests.office.outbox import mails

LINK = re.compile(r"https?://\S+/a/([\w-]+)")


@pytest.fixture
async def office(make_city: MakeCity) -> City:
    """A city in which advice on building is booked by mail link."""
    city = await make_city(activation_minutes=30)
    async with city.office.db.write() as tx:
        await tx.execute(update(ServiceRow).where(ServiceRow.id == "bauberatung").values(activation=True))
    city.office.calendar.catalogue_changed()
    return city


async def pending(city: City) -> dict[str, Any]:
    booked = await city.book("bauberatung", "video")
    assert booked["state"] == "pending"
    return booked


@pytest.mark.criterion("A13")
async def test_the_link_in_the_mail_confirms(office: City) -> None:
    booked = await pending(office)
    [mail] = await mails(office)
    assert mail.get_content_type() == "text/plain", "no calendar entry before it is booked"
    found = LINK.search(mail.get_content())
    assert found
    assert found[1] == booked["token"]
    page = await (await office.client.get(f"/a/{found[1]}")).text()
    assert f'action="/a/{found[1]}/activate"' in page, (
        "one button: a mail scanner that opens links books nothing"
    )
    async with office.office.db.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(CaseRow)) == 1
    answer = await office.client.post(f"/a/{found[1]}/activate", allow_redirects=False)
    assert answer.status == 303
    shown = await (await office.client.get(f"/api/v1/appointments/{found[1]}")).json()
    assert shown["state"] == "confirmed"
    assert [mail["Subject"].partition(":")[0] for mail in await mails(office)][1:] == [
        "Ihr Termin ist gebucht"
    ]


async def test_opening_the_link_alone_changes_nothing(office: City) -> None:
    booked = await pending(office)
    for path in (f"/a/{booked['token']}", f"/api/v1/appointments/{booked['token']}"):
        assert (await office.client.get(path)).status == 200
    shown = await (await office.client.get(f"/api/v1/appointments/{booked['token']}")).json()
    assert shown["state"] == "pending"


async def test_confirming_twice_is_fine_and_sends_one_mail(office: City) -> None:
    booked = await pending(office)
    for _ in range(2):
        answer = await office.client.post(f"/api/v1/appointments/{booked['token']}/activate")
        assert answer.status == 200
        assert (await answer.json())["state"] == "confirmed"
    assert len(await mails(office)) == 2


async def test_too_late_the_time_is_free_again_and_the_person_forgotten(office: City) -> None:
    slots = await office.free("bauberatung", "video")
    booked = await pending(office)
    office.clock.advance(timedelta(minutes=30))
    slot = next(
        s for s in slots if datetime.fromisoformat(s["start"]) == datetime.fromisoformat(booked["start"])
    )
    assert (await office.hold("bauberatung", slot)).status == 201, "no job had to run"
    answer = await office.client.post(f"/api/v1/appointments/{booked['token']}/activate")
    assert answer.status == 410
    assert (await answer.json())["type"].endswith("activation-expired")
    assert "nicht rechtzeitig" in await (await office.client.get(f"/a/{booked['token']}")).text()
    await forget(office.office.db, office.now)
    async with office.office.db.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(CaseRow)) == 0
    office.clock.advance(timedelta(hours=2))
    await tidy(office.office.db, office.now)
    assert (await office.client.get(f"/api/v1/appointments/{booked['token']}")).status == 404


async def test_it_needs_a_mail_address(office: City) -> None:
    held = await office.hold("bauberatung", (await office.free("bauberatung", "video"))[0])
    hold = (await held.json())["hold"]
    answer = await office.confirm(hold, email=None)
    assert answer.status == 422
    assert (await answer.json())["type"].endswith("email-required")
    form = await office.client.post(f"/holds/{hold}/confirm", data={"name": "Erika Musterfrau"})
    assert form.status == 422
    assert 'href="#email"' in await form.text()
    assert (await office.confirm(hold)).status == 201, "the hold is still there"


async def test_what_is_not_confirmed_is_not_the_clerks_business(office: City) -> None:
    booked = await pending(office)
    office.clock.set(datetime.fromisoformat(booked["start"]) - timedelta(minutes=5))
    entry = await office.client.post(f"/api/v1/appointments/{booked['token']}/entry")
    assert entry.status == 409
    for login in ("clerk1", "clerk4"):
        day = await (await office.sign_in(login)).get("/office/day")
        assert booked["number"] not in await day.text()
        assert "Erika" not in await day.text()


async def test_it_may_be_given_back_but_not_moved(office: City) -> None:
    booked = await pending(office)
    slot = (await office.free("bauberatung", "video"))[3]
    path = f"/api/v1/appointments/{booked['token']}"
    moved = await office.client.post(f"{path}/move", json={k: slot[k] for k in ("start", "mode")})
    assert moved.status == 409
    assert (await office.client.delete(path)).status == 204
    assert (await office.client.post(f"{path}/activate")).status == 410


async def test_other_services_are_booked_at_once(office: City) -> None:
    assert (await office.book("meldebescheinigung", "video"))["state"] == "confirmed"
