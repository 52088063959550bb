"""Genuine files with a few bytes changed: always a verdict in words, never a fault, and what is taken can be looked at or is said to be damaged.

Sixty here; `make soak` sends two thousand.
"""

import os
import random

import pytest
from aiohttp import ClientSession, FormData

from tests.corpus.paper import DRAWING, deflated, paper
from tests.corpus.picture import heic, photo, small_png
from tests.office.city import City, MakeCity, only_sqlite

COUNT = 2_000 if os.environ.get("SOAK") else 60
PER_CASE = 15
SEED = 20_271_128


def mutilated(chance: random.Random) -> bytes:
    """One of the kinds, with up to eight bytes changed, some of them left out or doubled."""
    kinds = (paper(content=deflated(DRAWING * 9)), paper(), photo(), small_png(), heic())
    data = bytearray(chance.choice(kinds))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(12, len(data))
        kind = chance.randrange(4)
        if kind == 0:
            del data[at : at + chance.randint(1, 40)]
        elif kind == 1:
            data[at:at] = data[at : at + chance.randint(1, 40)]
        elif kind == 2:
            data[at] ^= 1 << chance.randrange(8)
        else:
            data[at] = chance.choice((0, 0xFF, 0x7F, 0x80))
    return bytes(data)


@only_sqlite()
@pytest.mark.criterion("D03", "D05")
async def test_a_mutilated_file_gets_a_verdict(make_city: MakeCity) -> None:
    city = await make_city()
    chance = random.Random(SEED)
    wrong: dict[int, str] = {}
    path = ""
    for number in range(COUNT):
        if number % PER_CASE == 0:
            path = await fresh(city)
        fault = await sent(city.client.session, f"{city.client.make_url(path)}", mutilated(chance))
        if fault:
            wrong[number] = fault
    assert wrong == {}


async def fresh(city: City) -> str:
    """Somebody's documents, for as many as one appointment may have."""
    booked = await city.book("meldebescheinigung", "video")
    return f"/api/v1/appointments/{booked['token']}/documents"


async def sent(session: ClientSession, path: str, data: bytes) -> str:
    """What was wrong with the answer; nothing mostly."""
    form = FormData(quote_fields=False)
    form.add_field("file", data, filename="datei", content_type="application/octet-stream")
    async with session.post(path, data=form) as answer:
        said = await answer.json(content_type=None)
        if answer.status != 201:
            told = answer.status in (415, 422) and said["detail"]
            return "" if told else f"answered with {answer.status}: {said}"
    async with session.get(f"{path}/{said['id']}/pages/0") as answer:
        shown = answer.status == 410 or (answer.status, answer.content_type) == (200, "image/png")
        return "" if shown else f"its page is answered with {answer.status}"
