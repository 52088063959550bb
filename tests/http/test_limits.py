"""How many appointments one contact may have, without a riddle for anybody."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse

from server.booking.tidy import tidy
from server.sealing import contact_key
from tests.office.city import City, MakeCity


async def attempt(city: City, **person: Any) -> ClientResponse:
    held = await city.hold("meldebescheinigung", (await city.free("meldebescheinigung", "onsite"))[-1])
    return await city.confirm((await held.json())["hold"], **person)


@pytest.mark.criterion("A18")
async def test_one_contact_has_at_most_so_many_open_appointments(make_city: MakeCity) -> None:
    city = await make_city(max_per_contact=2, max_per_contact_day=9)
    first = await (await attempt(city)).json()
    assert (await attempt(city, email="Erika+Termin@Example.org")).status == 201
    refused = await attempt(city)
    assert refused.status == 429
    problem = await refused.json()
    assert problem["type"].endswith("too-many-appointments")
    assert "Rufen Sie uns an" in problem["detail"]
    assert (await attempt(city, email="max@example.org")).status == 201, "somebody else is free to book"
    assert (await city.client.delete(f"/api/v1/appointments/{first['token']}")).status == 204
    assert (await attempt(city)).status == 201, "who gives one back may book another"


async def test_giving_back_and_booking_again_has_an_end_for_the_day(make_city: MakeCity) -> None:
    city = await make_city(max_per_contact=5, max_per_contact_day=3)
    for _ in range(3):
        booked = await (await attempt(city)).json()
        await city.client.delete(f"/api/v1/appointments/{booked['token']}")
    assert (await attempt(city)).status == 429
    city.clock.advance(timedelta(days=1))
    assert (await attempt(city)).status == 201


async def test_a_telephone_counts_where_there_is_no_mail(make_city: MakeCity) -> None:
    city = await make_city(max_per_contact=1)
    assert (await attempt(city, email=None, phone="0831 123456")).status == 201
    assert (await attempt(city, email=None, phone="+49 (0)831 12 34 56")).status == 429


async def test_a_care_home_may_book_for_many(make_city: MakeCity) -> None:
    city = await make_city(max_per_contact=1, uncapped_contacts="heim@example.org, x@example.org")
    for _ in range(3):
        assert (await attempt(city, email="Heim@example.org")).status == 201


async def test_without_contact_the_limit_of_the_address_stands(make_city: MakeCity) -> None:
    city = await make_city(max_per_contact=1)
    for _ in range(2):
        assert (await attempt(city, email=None)).status == 201


async def test_the_same_request_again_is_answered_although_the_limit_is_reached(make_city: MakeCity) -> None:
    city = await make_city(max_per_contact=1)
    held = await city.hold("meldebescheinigung", (await city.free("meldebescheinigung", "onsite"))[0])
    hold = (await held.json())["hold"]
    first, again = [await city.confirm(hold, key="the-same-key") for _ in range(2)]
    assert (first.status, again.status) == (201, 201)
    assert (await first.json())["number"] == (await again.json())["number"]


async def test_a_past_appointment_no_longer_counts(make_city: MakeCity) -> None:
    city = await make_city(max_per_contact=1)
    assert (await attempt(city)).status == 201
    city.clock.advance(timedelta(days=20))
    await tidy(city.office.db, city.now)
    assert (await attempt(city)).status == 201


def test_the_key_tells_nothing_and_knows_the_same_letter_box_again() -> None:
    one = contact_key("secret", "Erika@Example.org", None)
    assert one == contact_key("secret", " erika+kempten@example.org ", "0831 1")
    assert one != contact_key("another", "erika@example.org", None)
    assert one is not None
    assert "erika" not in one
    assert contact_key("secret", None, None) is None
