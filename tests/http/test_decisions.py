"""The clerk decides on what was sent ahead; the citizen is told, sees why, sends again from there. Nobody's decision is lost unseen."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse
from sqlalchemy import select

from server.audit import AuditRow
from server.documents.model import DocumentRow
from tests.http.reading import Reading, get
from tests.http.reading import send as submit
from tests.http.test_documents_view import clerk_of, office_path, own, sent
from tests.office.city import City, Client, MakeCity, only_sqlite
from tests.office.outbox import mails
from tests.office.papers import a_pdf, a_pdf_with_script

MOMENT = timedelta(minutes=3)
WHY = "Bitte den ganzen Plan mit Maßstab fotografieren"


async def decided(
    city: City, clerk: Client, booked: dict[str, Any], document: dict[str, Any], decision: str, **more: Any
) -> ClientResponse:
    city.clock.advance(timedelta(seconds=1))
    path = f"{await office_path(city, booked, document)}/decision"
    if decision != "accepted":
        more.setdefault("reason_key", "blurred")
    return await clerk.post(path, json={"decision": decision, **more})


async def item_state(city: City, booked: dict[str, Any], key: str = "lageplan") -> str:
    shown = await (await city.client.get(f"/api/v1/appointments/{booked['token']}")).json()
    return next(str(one["state"]) for one in shown["checklist"] if one["key"] == key)


async def problem_of(answer: ClientResponse) -> str:
    assert answer.content_type == "application/problem+json"
    return str((await answer.json(content_type=None))["type"].rpartition(":")[2])


async def citizens_page(city: City, booked: dict[str, Any]) -> Reading:
    return await get(city.client, f"/a/{booked['token']}")


async def later(city: City) -> None:
    """Until the mail that collects decisions is due."""
    city.clock.advance(MOMENT)


@pytest.mark.criterion("D07", "D08", "D01")
async def test_asked_for_again_with_a_reason_sent_again_and_accepted(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    assert await item_state(city, booked) == "missing"
    first = await sent(city, booked)
    assert await item_state(city, booked) == "checking"
    clerk = await clerk_of(city, booked)
    answer = await decided(city, clerk, booked, first, "resend", text=WHY)
    assert answer.status == 200, await answer.text()
    assert await item_state(city, booked) == "resend"
    page = await citizens_page(city, booked)
    assert "Bitte neu senden" in page.text
    assert "Das Bild ist unscharf." in page.text
    assert WHY in page.text
    assert "/documents?item=lageplan" in page.html
    city.clock.advance(timedelta(minutes=1))
    second = await sent(city, booked, "plan-neu.pdf", a_pdf(b"new"))
    assert await item_state(city, booked) == "checking"
    page = await citizens_page(city, booked)
    assert "Ersetzt" in page.text
    assert WHY not in page.text
    assert (await decided(city, clerk, booked, second, "accepted")).status == 200
    assert await item_state(city, booked) == "accepted"
    assert "Angenommen" in (await citizens_page(city, booked)).text


@pytest.mark.criterion("D07")
async def test_the_mail_tells_the_reason_but_neither_person_nor_own_words(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    plan = await sent(city, booked)
    form = await sent(city, booked)
    clerk = await clerk_of(city, booked)
    await decided(city, clerk, booked, plan, "resend", text=WHY)
    await decided(city, clerk, booked, form, "resend", reason_key="page-missing")
    before = len(await mails(city))
    await later(city)
    collected = (await mails(city))[before:]
    assert [mail["Subject"] for mail in collected] == [
        "Bitte senden Sie ein Dokument erneut: Stadt Kempten (Allgäu)"
    ]
    text = collected[0].get_content()
    assert "- Lageplan: Eine Seite fehlt." in text
    assert f"/a/{booked['token']}" in text
    assert WHY not in text
    assert "Musterfrau" not in text


@only_sqlite()
async def test_what_is_settled_before_the_mail_goes_out_is_not_in_it(city: City) -> None:
    booked = await city.book("bauberatung", "video", language="en")
    plan = await sent(city, booked)
    clerk = await clerk_of(city, booked)
    answer = await decided(city, clerk, booked, plan, "refused")
    before = len(await mails(city))
    seen = (await answer.json())["decided_at"]
    assert (await decided(city, clerk, booked, plan, "accepted", seen=seen)).status == 200
    await later(city)
    assert len(await mails(city)) == before
    seen = (await (await clerk.get(await office_path(city, booked))).json())[0]["decided_at"]
    await decided(city, clerk, booked, plan, "refused", seen=seen)
    await later(city)
    mail = (await mails(city))[-1]
    assert "About your documents" in mail["Subject"]
    assert "The picture is blurred." in mail.get_content()


@only_sqlite()
async def test_the_collected_mail_holds_up_no_other(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    plan = await sent(city, booked)
    await decided(city, await clerk_of(city, booked), booked, plan, "resend")
    await city.client.delete(f"/api/v1/appointments/{booked['token']}")
    assert "abgesagt" in (await mails(city))[-1]["Subject"]


@pytest.mark.criterion("D07")
async def test_a_decision_replaces_only_one_that_was_seen(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    plan = await sent(city, booked)
    clerk = await clerk_of(city, booked)
    both = [
        decided(city, clerk, booked, plan, "accepted"),
        decided(city, clerk, booked, plan, "refused"),
    ]
    answers = await asyncio.gather(*both)
    assert sorted(answer.status for answer in answers) == [200, 409]
    lost = next(answer for answer in answers if answer.status == 409)
    assert await problem_of(lost) == "already-decided"
    won = next(answer for answer in answers if answer.status == 200)
    made = await won.json()
    assert (await decided(city, clerk, booked, plan, "resend", seen=made["decided_at"])).status == 200
    assert await item_state(city, booked) == "resend"


@only_sqlite()
async def test_the_same_decision_twice_is_one(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    plan = await sent(city, booked)
    clerk = await clerk_of(city, booked)
    for _ in range(2):
        assert (await decided(city, clerk, booked, plan, "resend", text=WHY)).status == 200
    async with city.office.db.read() as tx:
        entries = list(await tx.execute(select(AuditRow).where(AuditRow.action == "document.decided")))
    assert [(entry.actor, entry.object_id) for entry in entries] == [("staff/1", plan["id"])]
    assert WHY not in str(entries[0].detail)
    async with city.office.db.read() as tx:
        kept = await tx.scalar(select(DocumentRow.reason_sealed))
    assert kept is not None
    assert WHY.encode() not in kept


@only_sqlite()
async def test_a_file_that_lay_there_already_does_not_answer_the_wish_for_another(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    front, back = await sent(city, booked), await sent(city, booked)
    clerk = await clerk_of(city, booked)
    await decided(city, clerk, booked, front, "resend")
    await decided(city, clerk, booked, back, "accepted")
    assert await item_state(city, booked) == "resend"
    city.clock.advance(MOMENT)
    await sent(city, booked)
    assert await item_state(city, booked) == "checking"


@only_sqlite()
@pytest.mark.parametrize(
    "body",
    [
        {"decision": "resend"},
        {"decision": "refused", "reason_key": "own-words"},
        {"decision": "refused", "reason_key": "no-such-reason"},
        {"decision": "accepted", "reason_key": "blurred"},
        {"decision": "resend", "reason_key": "own-words", "text": "\u0007"},
        {"decision": "checking"},
    ],
)
async def test_what_is_no_decision_changes_nothing(city: City, body: dict[str, Any]) -> None:
    booked = await city.book("bauberatung", "video")
    plan = await sent(city, booked)
    clerk = await clerk_of(city, booked)
    answer = await clerk.post(f"{await office_path(city, booked, plan)}/decision", json=body)
    assert answer.status == 422
    assert await item_state(city, booked) == "checking"


@only_sqlite()
@pytest.mark.criterion("D07")
async def test_what_nobody_has_checked_yet_is_not_decided_on(make_city: MakeCity) -> None:
    city = await make_city(clamd="tcp://127.0.0.1:9")
    booked = await city.book("bauberatung", "video")
    plan = await sent(city, booked)
    answer = await decided(city, await clerk_of(city, booked), booked, plan, "accepted")
    assert (answer.status, await problem_of(answer)) == (409, "not-yet-checked")


@only_sqlite()
async def test_what_was_taken_back_or_is_the_city_s_is_not_decided_on(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    plan = await sent(city, booked)
    clerk = await clerk_of(city, booked)
    await city.client.delete(own(booked, plan))
    gone = await decided(city, clerk, booked, plan, "accepted")
    assert gone.status in (404, 410)
    assert "zurückgenommen" in await gone.text() or gone.status == 404


@only_sqlite()
async def test_nothing_more_is_asked_for_once_the_appointment_is_over(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    plan = await sent(city, booked)
    clerk = await clerk_of(city, booked)
    await city.client.delete(f"/api/v1/appointments/{booked['token']}")
    answer = await decided(city, clerk, booked, plan, "resend")
    assert (answer.status, await problem_of(answer)) == (409, "too-late")


@only_sqlite()
@pytest.mark.criterion("D07")
async def test_without_script_the_clerk_decides_from_case_and_document(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    plan = await sent(city, booked, data=a_pdf_with_script())
    clerk = await clerk_of(city, booked)
    day = await get(clerk, "/office/day")
    assert "eine Unterlage zu prüfen" in day.text
    case = f"/office/appointments/{await city.id_of(booked)}"
    stale = (await get(clerk, f"{case}/documents/{plan['id']}")).form("/decision")
    first = (await get(clerk, case)).form("/decision")
    without = await submit(clerk, first, ("decision", "resend"), status=422)
    assert "Bitte wählen Sie einen Grund aus." in without.text
    again = await submit(clerk, first, ("decision", "resend"), reason="own-words", text=WHY)
    assert "Die Entscheidung ist gespeichert" in again.text
    assert WHY in again.text
    late = await submit(clerk, stale, ("decision", "accepted"), status=409)
    assert "inzwischen schon jemand entschieden: Clerk1" in late.text
    assert "Skripte" in late.text
    city.clock.advance(MOMENT)
    assert "gespeichert" in (await submit(clerk, late.form("/decision"), ("decision", "accepted"))).text
    assert "Unterlagen geprüft" in (await get(clerk, "/office/day")).text
