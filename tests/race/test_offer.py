"""An offer of the waiting list has one end, and one free time becomes one offer, whoever works at once."""

import asyncio
from datetime import timedelta

import pytest

from server.booking.offer import offer_times
from tests.http.test_waiting_list import LIST, free_one, joined, of_day, office, states, work
from tests.office.city import City

__all__ = ["office"]


@pytest.mark.criterion("A17")
async def test_accept_decline_and_run_out_at_once_have_one_outcome(office: City) -> None:
    tokens = await joined(office, "anna", "berta")
    await free_one(office)
    await work(office)
    office.clock.advance(timedelta(hours=5) - timedelta(milliseconds=1))
    calls = [
        office.client.post(f"{LIST}/{tokens[0]}/{verb}")
        for verb in ("accept", "decline", "accept", "decline")
    ]
    answers = [answer.status for answer in await asyncio.gather(*calls)]
    accepted = answers[0] == 201 or answers[2] == 201
    assert sorted(set(answers)) in ([201, 410], [200, 410])
    assert answers.count(200) <= 1
    office.clock.advance(timedelta(milliseconds=1))
    await asyncio.gather(*(work(office) for _ in range(3)))
    first, second = await states(office, tokens)
    assert (first, second) == (("booked", "waiting") if accepted else ("waiting", "offered"))
    assert await of_day(office) == []


async def test_several_processes_make_one_offer_of_one_time(office: City) -> None:
    tokens = await joined(office, "anna", "berta", "clara")
    await free_one(office)
    made = await asyncio.gather(
        *(
            offer_times(office.office.db, office.office.calendar, office.settings, office.now)
            for _ in range(6)
        )
    )
    assert sum(made) == 1
    assert (await states(office, tokens)).count("offered") == 1
