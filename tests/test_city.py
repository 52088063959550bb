"""The small city that other tests lean on: it starts on both databases, and as processes of its own."""

from sqlalchemy import func, select

from server.booking.model import DutyRow
from server.db import Database
from tests.office import small_city
from tests.office.city import City
from tests.office.served import ServeCity


async def test_the_seeded_database_holds_the_city(city_database_url: str) -> None:
    db = Database(city_database_url)
    async with db.read() as tx:
        assert (await tx.execute(select(func.count()).select_from(DutyRow))).scalar_one() == 4 * 4 * 4
    await db.close()


async def test_the_city_answers_and_its_clock_stands(city: City) -> None:
    answer = await city.client.get("/api/v1/services")
    assert {one["id"] for one in await answer.json()} == {one["id"] for one in small_city.SERVICES}
    assert city.now == small_city.NOW


async def test_a_time_is_booked_and_a_clerk_signs_in(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    assert booked["state"] == "confirmed"
    clerk = await city.sign_in("clerk1")
    assert (await clerk.get("/api/v1/session")).status == 200


async def test_two_processes_serve_one_database(serve_city: ServeCity) -> None:
    served = serve_city(processes=2)
    assert len(set(served.urls)) == 2
    served.restart(1, kill=True)
