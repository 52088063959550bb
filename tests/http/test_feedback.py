"""Feedback after the conversation: once, anonymous, read only where nobody can be recognised by it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select

from server.rooms.feedback import forget_feedback
from server.rooms.model_feedback import FeedbackRow
from tests.http.described import check as described
from tests.http.reading import get, read, send
from tests.office.city import City

PATH = "/api/v1/appointments/{token}/feedback"


async def give(city: City, booked: dict[str, Any], status: int = 201, **body: Any) -> Any:
    answer = await city.client.post(PATH.format(token=booked["token"]), json={"score": 5, **body})
    assert answer.status == status, await answer.text()
    return await described(answer, PATH)


@pytest.mark.criterion("C29")
async def test_it_is_given_once_after_the_begin_and_leads_back_to_nobody(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    assert (await give(city, booked, 409))["type"].endswith("not-yet")
    city.clock.set(datetime.fromisoformat(booked["start"]))
    await give(city, booked, text="Sehr freundlich.\nDanke!")
    assert (await give(city, booked, 409))["type"].endswith("feedback-given")
    async with city.office.db.read() as tx:
        [row] = (await tx.execute(select(FeedbackRow))).all()
        columns = await tx.run_sync(lambda sync: {c["name"] for c in inspect(sync).get_columns("feedback")})
        keys = await tx.run_sync(lambda sync: inspect(sync).get_foreign_keys("feedback"))
    assert (row.service, row.score, row.text) == ("bauberatung", 5, "Sehr freundlich.\nDanke!")
    assert columns == {"id", "service", "day", "score", "text"}
    assert keys == []


async def test_many_presses_at_once_count_once(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    city.clock.set(datetime.fromisoformat(booked["start"]))
    path = PATH.format(token=booked["token"])
    presses = [city.client.post(path, json={"score": score}) for score in (1, 2, 3, 4, 5)]
    answers = await asyncio.gather(*presses)
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409]


@pytest.mark.criterion("C29")
async def test_figures_and_words_come_from_five_answers_on(city: City) -> None:
    several = [await city.book("bauberatung", "video", nth=nth) for nth in range(5)]
    city.clock.set(max(datetime.fromisoformat(booked["start"]) for booked in several))
    for number, booked in enumerate(several[:4], 1):
        await give(city, booked, score=number, text=f"Satz {number}")
    scheduler = await city.sign_in("scheduler")
    answer = await scheduler.get("/api/v1/office/feedback")
    [few] = await described(answer, "/api/v1/office/feedback")
    assert few == {"service": "bauberatung", "scores": [], "texts": []}
    page = await get(scheduler, "/office/feedback")
    assert "Noch zu wenige Antworten." in page.text
    assert "Satz" not in page.text
    await give(city, several[4], score=5)
    [many] = await (await scheduler.get("/api/v1/office/feedback")).json()
    assert (many["answers"], many["average"], many["scores"]) == (5, 3.0, [1, 1, 1, 1, 1])
    assert sorted(many["texts"]) == [f"Satz {number}" for number in range(1, 5)]
    page = await get(await city.sign_in("dpo"), "/office/feedback")
    assert "5 Antworten, im Mittel 3.0 von 5" in page.text
    city.clock.set(city.now + timedelta(days=91))
    later = await city.sign_in("scheduler")
    assert await (await later.get("/api/v1/office/feedback")).json() == []


@pytest.mark.criterion("C29")
async def test_the_page_needs_no_script(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    city.clock.set(datetime.fromisoformat(booked["end"]) + timedelta(hours=2))
    manage = await get(city.client, f"/a/{booked['token']}")
    page = await get(city.client, manage.links["Wie war Ihr Gespräch?"])
    form = page.form("/feedback")
    wrong = await send(city.client, form, status=422, text="nur Text")
    assert "Bitte wählen Sie eine Antwort." in wrong.text
    assert "nur Text" in wrong.html
    thanks = await send(city.client, form, score="2", text="Zu leise")
    assert "Danke für Ihre Rückmeldung" in thanks.text
    answer = await city.client.post(form.action, data={"score": "5"})
    assert "Danke für Ihre Rückmeldung" in (await read(answer)).text


async def test_odd_feedback_is_refused(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    city.clock.set(datetime.fromisoformat(booked["start"]))
    for odd in ({"score": 0}, {"score": 6}, {"score": "5"}, {"text": "x" * 1001}, {"name": "x"}):
        await give(city, booked, 422, **odd)
    for nobody in ("clerk1", "hotline", "gate"):
        client = await city.sign_in(nobody)
        assert (await client.get("/office/feedback")).status == 403


async def test_after_a_year_it_is_forgotten(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    city.clock.set(datetime.fromisoformat(booked["start"]))
    await give(city, booked)
    await forget_feedback(city.office.db, city.now + timedelta(days=364))
    async with city.office.db.read() as tx:
        assert len((await tx.execute(select(FeedbackRow))).all()) == 1
    await forget_feedback(city.office.db, city.now + timedelta(days=366))
    async with city.office.db.read() as tx:
        assert (await tx.execute(select(FeedbackRow))).all() == []
