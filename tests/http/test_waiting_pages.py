"""Who may join the waiting list, whom its links obey, and the way through its pages."""

from typing import Any

from sqlalchemy import func, select

from server.booking.model_waiting import WaitingRow
from tests.http.test_waiting_list import DAY, LIST, SERVICE, free_one, join, joined, office, work
from tests.office.city import City, MakeCity, only_sqlite

__all__ = ["office"]


@only_sqlite()
async def test_limits_and_nonsense_are_refused(make_city: MakeCity) -> None:
    city = await make_city(max_holds=2)
    assert (await join(city, "anna")).status == 201
    assert (await join(city, "anna")).status == 409
    assert (await join(city, "berta")).status == 201
    assert (await join(city, "clara")).status == 429
    nonsense: tuple[dict[str, Any], ...] = (
        {"to": "2027-02-01"},
        {"to": "2028-01-01"},
        {"earliest": "12:00", "latest": "11:00"},
        {"weekdays": []},
        {"email": None},
        {"services": [{"id": "atlantis"}]},
        {"site": "atlantis"},
    )
    for wrong in nonsense:
        assert (await join(city, "dora", **wrong)).status == 422, wrong


@only_sqlite()
async def test_a_strange_token_opens_nothing(office: City) -> None:
    [token] = await joined(office, "anna")
    booked = await office.book("meldebescheinigung")
    for strange in (token[:-1], booked["token"], "x"):
        assert (await office.client.get(f"{LIST}/{strange}")).status == 404
        assert (await office.client.post(f"{LIST}/{strange}/accept")).status == 404
        assert (await office.client.get(f"/w/{strange}")).status == 404
    assert (await office.client.get(f"/a/{token}")).status == 404


@only_sqlite()
async def test_the_page_leads_from_the_times_to_the_place_and_the_appointment(office: City) -> None:
    times = await (await office.client.get(f"/times?service={SERVICE}&from={DAY}")).text()
    assert f'href="/waiting-list?service={SERVICE}&amp;count=1&amp;mode=any"' in times
    form = {
        "service": SERVICE,
        "count": "1",
        "mode": "any",
        "first": DAY,
        "last": DAY,
        "earliest": "07:00",
        "latest": "20:00",
    }
    wrong = await office.client.post("/waiting-list", data={**form, "name": "", "email": "x"})
    assert wrong.status == 422
    assert 'href="#weekday-0"' in await wrong.text()
    right = [
        *form.items(),
        ("name", "Erika Musterfrau"),
        ("email", "e@example.org"),
        *(("weekday", str(n)) for n in range(5)),
    ]
    answer = await office.client.post("/waiting-list", data=right, allow_redirects=False)
    assert answer.status == 303
    place = answer.headers["Location"].partition("?")[0]
    await free_one(office)
    await work(office)
    assert f'action="{place}/accept"' in await (await office.client.get(place)).text()
    accepted = await office.client.post(f"{place}/accept", allow_redirects=False)
    assert accepted.headers["Location"].startswith("/a/")
    assert "Erika Musterfrau" in await (await office.client.get(accepted.headers["Location"])).text()
    async with office.office.db.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(WaitingRow)) == 1
