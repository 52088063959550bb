"""Two hands at one form: one signature counts, guesses are counted, and what is killed while sealing leaves one sealed form."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from server.clock import berlin
from server.documents.model import DocumentRow
from server.signing import seal
from server.signing.model import FormRow, item_of
from server.signing.seal import seal_signed, stamped
from tests.http.signing import FIELDS, LINES, MINUTE, begin, sealed_pdf, sealing_city, with_seal
from tests.office import small_city
from tests.office.city import City, MakeCity, only_sqlite
from tests.office.served import ServeCity

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
            later += MINUTE  # what took too long on a busy machine is tried again later
    assert (await signing.read())["status"] == "signed"
    assert await seal_signed(desk, later) == 0, "somebody has it in hand"
    city.clock.set(later + 2 * MINUTE)
    await sealed_pdf(signing)
    item = item_of(signing.form["id"])
    async with city.office.db.read() as tx:
        assert await tx.scalar(select(func.count()).where(DocumentRow.item == item)) == 1
        left = select(FormRow.signature_sealed, FormRow.sealed_pdf, FormRow.pdf_sealed)
        assert (await tx.execute(left)).one() == (None, None, None)


@only_sqlite()
async def test_who_took_too_long_leaves_the_form_to_whoever_has_it_in_hand_now(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each of the two would put it among the citizen's documents."""
    signing = await begin(city)
    await signing.read()
    assert (await signing.sign(await signing.code())).status == 200
    desk, printed, delivering, over = city.office.signing, asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slowly(*given: Any) -> bytes:
        pdf = await stamped(*given)
        printed.set()
        await delivering.wait()
        return pdf

    async def put_in(*given: Any, **more: Any) -> Any:
        delivering.set()
        await over.wait()
        return await desk.put_in(*given, **more)

    monkeypatch.setattr(seal, "stamped", slowly)
    slow = asyncio.create_task(seal_signed(desk, city.now))
    await printed.wait()
    monkeypatch.setattr(seal, "stamped", stamped)
    quick = asyncio.create_task(seal_signed(replace(desk, put_in=put_in), city.now + 2 * MINUTE))
    assert await slow == 0
    over.set()
    assert await quick == 1
    async with city.office.db.read() as tx:
        own = DocumentRow.item == item_of(signing.form["id"])
        assert await tx.scalar(select(func.count()).where(own)) == 1


@only_sqlite()
async def test_a_signature_that_was_acknowledged_is_sealed_by_whoever_comes_after(
    serve_city: ServeCity, tmp_path: Path
) -> None:
    """`kill -9` right after the answer."""
    served = serve_city(**with_seal(tmp_path, datetime.now(UTC)))
    jar = aiohttp.CookieJar(unsafe=True)  # the served city has a number for a name
    async with (
        aiohttp.ClientSession(served.url) as citizen,
        aiohttp.ClientSession(served.url, cookie_jar=jar) as clerk,
    ):
        form, token = await laid_before(citizen, clerk)
        path = f"/api/v1/appointments/{token}/forms/{form['id']}"
        await citizen.post(f"{path}/code", json={"version": 1})
        code = await code_in(served.folder)
        given = {"version": 1, "hash": form["hash"], "code": code, "read": True, "lines": LINES}
        async with citizen.post(f"{path}/signature", json=given) as answer:
            assert answer.status == 200, await answer.text()
        await asyncio.to_thread(served.restart, 0, kill=True)
        async with asyncio.timeout(100):
            while (form := await read(citizen, path))["status"] != "sealed":  # noqa: ASYNC110  another process works
                await asyncio.sleep(0.2)
        async with citizen.get(f"/api/v1/appointments/{token}/documents/{form['document']}") as answer:
            assert (await answer.read()).startswith(b"%PDF-")


async def read(citizen: aiohttp.ClientSession, path: str) -> dict[str, Any]:
    async with citizen.get(path) as answer:
        found: dict[str, Any] = await answer.json()
        return found


async def laid_before(
    citizen: aiohttp.ClientSession, clerk: aiohttp.ClientSession
) -> tuple[dict[str, Any], str]:
    """A form for an appointment of now, of clerk1's duty "jetzt"."""
    day = datetime.now(UTC).date()
    wanted = {"service": "bauberatung", "mode": "video", "from": f"{day}", "to": f"{day + timedelta(days=1)}"}
    soon = datetime.now(UTC) + timedelta(minutes=3)  # the first time may be about to go
    async with citizen.get("/api/v1/availability", params=wanted) as answer:
        slots = [slot for day in (await answer.json())["days"] for slot in day["slots"]]
        slot = next(slot for slot in slots if datetime.fromisoformat(slot["start"]) > soon)
    wish = {"services": [{"id": "bauberatung", "count": 1}], "mode": "video", "start": slot["start"]}
    async with citizen.post("/api/v1/holds", json=wish, headers={"Idempotency-Key": "h" * 16}) as answer:
        hold = (await answer.json())["hold"]
    person = {"hold": hold, "name": "Erika Musterfrau", "email": "erika@example.org"}
    async with citizen.post(
        "/api/v1/appointments", json=person, headers={"Idempotency-Key": "a" * 16}
    ) as answer:
        token = (await answer.json())["token"]
    who = {"name": "clerk1", "password": small_city.PASSWORD}
    async with clerk.post("/api/v1/session", json=who) as answer:
        csrf = {"X-CSRF-Token": (await answer.json())["csrf"]}
    begins_on = {"date": f"{berlin(datetime.fromisoformat(slot['start'])).date()}"}
    async with clerk.get("/office/day", params=begins_on) as answer:
        found = re.search(r"/office/appointments/([0-9a-f]{32})", await answer.text())
    assert found
    body = {"blank": "sepa-lastschrift", "fields": FIELDS}
    async with clerk.post(f"/api/v1/office/appointments/{found[1]}/forms", json=body, headers=csrf) as answer:
        assert answer.status == 201, await answer.text()
        return await answer.json(), token


async def code_in(folder: Path) -> str:
    while True:
        for mail in (folder / "outbox").glob("*.eml"):
            if code := re.search(r"Unterschrift: (\d{6})", mail.read_text()):
                return code[1]
        await asyncio.sleep(0.05)
