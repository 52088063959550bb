"""Where somebody called from is never kept, and what stands in its place for limits is gone within seven days."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, select

from server.db import Base
from tests.http.meeting import id_of
from tests.http.test_backup import content_of
from tests.office.city import City, MakeCity, only_sqlite

ADDRESS = "203.0.113.77"
DAY = timedelta(days=1)


def of_addresses() -> list[Column[Any]]:
    """Every column for a keyed hash of an address, in whatever table."""
    names = ("client_key", "caller_key")
    return [table.c[name] for table in Base.metadata.sorted_tables for name in names if name in table.c]


async def kept(city: City) -> dict[str, set[str]]:
    """Table.column ► the hashes in it; those who are kept out are known by their network too."""
    found: dict[str, set[str]] = {}
    async with city.office.db.read() as tx:
        for column in of_addresses():
            found[str(column)] = {str(one) for one in await tx.scalars(select(column)) if one}
        keys = await tx.scalars(select(Base.metadata.tables["exclusion"].c.key))
        found["exclusion.key"] = {key for key in keys if len(key) == 32}
    return found


@only_sqlite()
@pytest.mark.criterion("J16")
async def test_no_address_is_kept_and_its_hashes_go_within_seven_days(make_city: MakeCity) -> None:
    """A hold, a booking, a place on the waiting list, a call to a clerk, an incident that keeps its caller out."""
    city = await make_city(trusted_proxies=1)
    city.client.session.headers["X-Forwarded-For"] = ADDRESS
    booked = await city.book("bauberatung", "video", nth=0)
    await city.hold("bauberatung", (await city.free("bauberatung", "video"))[-1])
    await city.client.post("/api/v1/session", json={"name": "clerk1", "password": "wrong"})
    far = f"{(city.now + 80 * DAY).date()}"  # nobody has a duty then: it waits on
    wish = {"services": [{"id": "personalausweis"}], "from": far, "to": far}
    person = {"name": "Ada", "email": "ada@example.org"}
    joined = await city.client.post("/api/v1/waiting-list", json={**wish, **person})
    assert joined.status == 201, await joined.text()
    city.clock.set(datetime.fromisoformat(booked["start"]))
    assert (await city.client.post(f"/api/v1/appointments/{booked['token']}/entry")).status == 200
    clerk = await city.sign_in("clerk1")
    desk = f"/api/v1/office/appointments/{await id_of(city, booked['number'])}"
    body = {"kind": "threat", "exclude_days": 30}
    assert (await clerk.post(f"{desk}/incident", json=body)).status == 201
    filled = {place: keys for place, keys in (await kept(city)).items() if keys}
    assert {"appointment.caller_key", "waiting.client_key", "exclusion.key"} <= set(filled)
    assert all(ADDRESS not in key and len(key) == 32 for keys in filled.values() for key in keys)

    for _ in range(7):
        city.clock.advance(DAY)
        await city.work()
    assert {place for place, keys in (await kept(city)).items() if keys} == set()
    await city.office.db.settle()
    assert ADDRESS.encode() not in content_of(city.settings.data_dir)


@only_sqlite()
@pytest.mark.criterion("J16")
async def test_the_same_address_is_another_one_tomorrow(make_city: MakeCity) -> None:
    city = await make_city(trusted_proxies=1)
    city.client.session.headers["X-Forwarded-For"] = ADDRESS
    found: list[set[str]] = []
    for _ in range(2):
        slots = await city.free("bauberatung", "video")
        await city.hold("bauberatung", slots[-1])
        found.append((await kept(city))["appointment.client_key"])
        city.clock.advance(DAY)
        await city.work()
    assert len(found[0]) == len(found[1] - found[0]) == 1
