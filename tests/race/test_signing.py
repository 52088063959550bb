"""Two hands at one form: one signature counts, guesses are counted, and what is killed while sealing leaves one sealed form."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from server.documents.model import DocumentRow
from server.signing.model import FormRow, item_of
from server.signing.seal import seal_signed
from tests.http.signing import begin, sealed_pdf, sealing_city
from tests.office.city import City, MakeCity, only_sqlite

HANDS = 8


@pytest.fixture
async def city(make_city: MakeCity, tmp_path: Path) -> City:
    return await sealing_city(make_city, tmp_path)


@pytest.mark.criterion("C24")
async def test_of_many_signatures_at_once_one_counts_and_of_many_guesses_five(city: City) -> None:
    signing = await begin(city)
    await signing.read()
    code = await signing.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    answers = await asyncio.gather(*(signing.sign(wrong) for _ in range(HANDS)))
    assert sorted(answer.status for answer in answers) == [410] * (HANDS - 5) + [422] * 5
    city.clock.advance(timedelta(seconds=31))
    code = await signing.code()
    answers = await asyncio.gather(*(signing.sign(code) for _ in range(4)))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]


class Killed(BaseException):
    """The process is gone: nothing behind this point happens."""


@only_sqlite()
@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_while_it_becomes_a_document_there_is_one(city: City, when: str) -> None:
    signing = await begin(city)
    await signing.read()
    desk = city.office.signing
    later = city.now + timedelta(seconds=1)

    async def put_in(*given: Any, **more: Any) -> Any:
        if when == "after":
            await desk.put_in(*given, **more)
        raise Killed

    assert (await signing.sign(await signing.code())).status == 200
    with pytest.raises(Killed):
        while True:
            await seal_signed(replace(desk, put_in=put_in), later)
    assert (await signing.read())["status"] == "signed"
    assert await seal_signed(desk, later) == 0, "somebody has it in hand"
    city.clock.advance(timedelta(minutes=2))
    await sealed_pdf(signing)
    item = item_of(signing.form["id"])
    async with city.office.db.read() as tx:
        assert await tx.scalar(select(func.count()).where(DocumentRow.item == item)) == 1
        left = select(FormRow.signature_sealed, FormRow.sealed_pdf, FormRow.pdf_sealed)
        assert (await tx.execute(left)).one() == (None, None, None)
