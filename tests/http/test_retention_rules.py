"""A retention rule changes only with the officer's approval: effect before, four eyes in the database, history after."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import FormData
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from recordings_policy.classes import UPLOAD
from server.people.model import StaffRow
from server.privacy.model import RetentionRuleRow
from server.privacy.rules import periods_in_force
from tests.http.reading import Reading, get, send
from tests.office.city import City, Client, only_sqlite
from tests.office.papers import a_pdf

DAY = timedelta(days=1)
PAGE = "/office/privacy/rules/upload"
STRANGE = {
    "amount": ["", "-1", "1.5", "٤٢", "99999", "x" * 700],
    "unit": ["years"],
    "why": ["", "a\0b", "x" * 501],
}


async def with_an_upload(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    form = FormData(quote_fields=False)
    form.add_field("file", a_pdf(), filename="plan.pdf")
    sent = await city.client.post(f"/api/v1/appointments/{booked['token']}/documents", data=form)
    assert sent.status == 201


async def in_force(city: City) -> timedelta:
    return (await periods_in_force(city.office.db, city.now)).of(UPLOAD)


async def propose(scheduler: Client, days: int, do: str = "propose") -> Reading:
    form = (await get(scheduler, PAGE)).form(PAGE)
    typed: dict[str, Any] = {"amount": str(days), "unit": "days", "why": "Bauakten dauern."}
    return await send(scheduler, form, do=do, **typed)


async def decide(officer: Client, do: str, words: str = "So ist es nötig.", status: int = 200) -> Reading:
    form = (await get(officer, PAGE)).form("/decision")
    return await send(officer, form, status=status, do=do, words=words)


@pytest.mark.criterion("J02")
@pytest.mark.criterion("J03")
async def test_a_proposal_changes_nothing_until_the_officer_approves_it(city: City) -> None:
    await with_an_upload(city)
    scheduler, officer = await city.sign_in("scheduler"), await city.sign_in("dpo")
    assert "Würde länger bleiben: 1" in (await propose(scheduler, 90, "preview")).text
    assert "wartet auf die Entscheidung" in (await propose(scheduler, 90)).text
    assert await in_force(city) == UPLOAD.period
    seen = await get(officer, PAGE)
    for words in (
        "14 Tage nach dem Ende",
        "Vorgeschlagen: 90 Tage",
        "Würde länger bleiben: 1",
        "Bauakten dauern.",
    ):
        assert words in seen.text
    assert "abgelehnt" in (await decide(officer, "reject", "Zu lang.")).text
    assert await in_force(city) == UPLOAD.period
    await propose(scheduler, 7)
    assert "Würde früher gelöscht: 1" in (await get(officer, PAGE)).text
    assert "gilt ab jetzt" in (await decide(officer, "approve")).text
    assert await in_force(city) == 7 * DAY
    seen = await get(officer, PAGE)
    for words in ("7 Tage nach dem Ende", "90 Tage : abgelehnt", "7 Tage : freigegeben", "Zu lang."):
        assert words in seen.text
    assert "7 Tage nach dem Ende" in (await get(city.client, "/datenschutz")).text


@pytest.mark.criterion("J03")
async def test_four_eyes_are_the_databases_own_rule(city: City) -> None:
    base: dict[str, Any] = {
        "class_key": "upload",
        "hours": 24,
        "why": "x",
        "proposed_by": 1,
        "proposed_at": city.now,
    }
    decided: dict[str, Any] = {"decision": "approved", "words": "x", "decided_at": city.now}
    refused: list[list[dict[str, Any]]] = [
        [{**decided, "decided_by": 1}],
        [decided],
        [{"decision": "maybe", "decided_by": 2, "decided_at": city.now}],
        [{}, {}],
        [{**decided, "decided_by": 2, "version": 7}, {**decided, "decided_by": 2, "version": 7}],
    ]
    for rows in refused:
        with pytest.raises(IntegrityError):
            async with city.office.db.write() as tx:
                for nr, row in enumerate(rows):
                    values = {"id": f"{nr}" * 32, "version": nr, **base, **row}
                    await tx.execute(insert(RetentionRuleRow).values(**values))
    async with city.office.db.read() as tx:
        assert (await tx.execute(select(RetentionRuleRow.id))).all() == []
    async with city.office.db.write() as tx:
        await tx.execute(
            insert(RetentionRuleRow).values(id="a" * 32, version=1, **base, **decided, decided_by=2)
        )
    assert await in_force(city) == DAY


@pytest.mark.criterion("J03")
@only_sqlite()
async def test_nobody_decides_the_own_proposal_and_nobody_decides_twice(city: City) -> None:
    async with city.office.db.write() as tx:
        both = update(StaffRow).where(StaffRow.login == "scheduler").values(roles=["scheduler", "dpo"])
        await tx.execute(both)
    both_roles, officer = await city.sign_in("scheduler"), await city.sign_in("dpo")
    await propose(both_roles, 7)
    assert "entscheidet jemand anderes" in (await decide(both_roles, "approve", status=409)).text
    assert await in_force(city) == UPLOAD.period
    form = (await get(officer, PAGE)).form("/decision")
    await decide(officer, "reject")
    late = await send(officer, form, status=409, do="approve", words="Doch.")
    assert "schon entschieden" in late.text
    assert await in_force(city) == UPLOAD.period


@only_sqlite()
async def test_one_proposal_at_a_time_and_never_beyond_the_longest(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    form = (await get(scheduler, PAGE)).form(PAGE)
    typed: dict[str, Any] = {"unit": "days", "why": "Darum.", "do": "propose"}
    assert (
        "länger, als für diese Daten erlaubt"
        in (await send(scheduler, form, status=422, amount="93", **typed)).text
    )
    assert "gilt schon" in (await send(scheduler, form, status=422, amount="14", **typed)).text
    await send(scheduler, form, amount="7", **typed)
    assert (
        "schon einen offenen Vorschlag" in (await send(scheduler, form, status=409, amount="9", **typed)).text
    )
    assert (await scheduler.get("/office/privacy/rules/nothing")).status == 404
    assert "bis dahin ändert sich nichts" in (await get(scheduler, PAGE)).text.lower()


@only_sqlite()
async def test_odd_forms_are_refused_in_words(city: City) -> None:
    scheduler, officer = await city.sign_in("scheduler"), await city.sign_in("dpo")
    good: dict[str, Any] = {"amount": "7", "unit": "days", "why": "Darum.", "do": "propose"}
    form = (await get(scheduler, PAGE)).form(PAGE)
    for name, values in STRANGE.items():
        for value in values:
            await send(scheduler, form, status=422, **{**good, name: value})
    await send(scheduler, form, **good)
    await decide(officer, "approve", words="", status=422)
    await decide(officer, "perhaps", status=422)
    assert await in_force(city) == UPLOAD.period
