"""The control of "what is shown can be had": with a calendar that stands still the same check finds what it should."""

import copy
from typing import Any

import pytest

from server.booking.availability import Calendar
from tests.office.city import City

SERVICE = "personalausweis"


async def shown_but_gone(city: City) -> list[str]:
    """Times that the page shows and nobody gets."""
    gone = []
    for slot in (await city.free(SERVICE, "onsite"))[:3]:
        answer = await city.hold(SERVICE, slot)
        if answer.status != 201:
            gone.append(slot["start"])
        else:
            await city.client.delete(f"/api/v1/holds/{(await answer.json())['hold']}")
    return gone


@pytest.mark.criterion("A07")
async def test_what_is_shown_can_be_had(city: City) -> None:
    await city.book(SERVICE, "onsite", email=None)
    assert await shown_but_gone(city) == []


async def test_a_calendar_that_stands_still_is_found_out(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing wrong is booked even then, since reserving never believes the calendar; but the check notices."""
    old = copy.deepcopy(await city.office.calendar.snapshot(city.now))

    async def stale(_calendar: Calendar, _now: Any) -> Any:
        return old

    booked = await city.book(SERVICE, "onsite", email=None)
    monkeypatch.setattr(Calendar, "snapshot", stale)
    assert len(await shown_but_gone(city)) == 1
    assert booked["state"] == "confirmed"
