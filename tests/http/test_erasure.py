"""A citizen has everything erased: at once, with a last mail, also when a process dies; a legal hold makes it wait."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete as sa_delete
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Staff, appointment_by_token
from server.booking.model import AppointmentRow, CaseRow
from server.documents import delete
from server.documents.model import DocumentRow
from server.errors import BadInput
from server.privacy import erase
from server.privacy.erase import ERASED, STAYS
from server.privacy.hold import place_hold
from server.privacy.model_erasure import ErasureRow
from server.privacy.reach import ties
from server.sealing import Keyring
from tests.http.reading import get, send
from tests.http.test_canary import Disk, at_rest, booked_with, key_of, looked, nothing_is_left, post
from tests.http.test_deletion_killed import Sweeper
from tests.office.canaries import Canaries
from tests.office.city import MASTER_KEY, City, Client, only_sqlite
from tests.office.outbox import mails
from tests.office.papers import a_pdf

__all__ = ["looked"]


async def erasure(city: City, booked: dict[str, Any]) -> Any:
    answer = await city.client.post(f"/api/v1/appointments/{booked['token']}/erasure", json={"sure": True})
    assert answer.status == 202, await answer.text()
    return await answer.json()


async def hold(city: City, officer: Client, booked: dict[str, Any], status: int = 200) -> Any:
    page = await get(officer, "/office/privacy/holds")
    form = next(form for form in page.forms if form.action == "/office/privacy/holds")
    return await send(officer, form, number=booked["number"], reason="complaint", status=status)


async def case_key(city: City) -> bytes | None:
    async with city.office.db.read() as tx:
        wrapped: bytes | None = await tx.scalar(select(CaseRow.wrapped_key))
    return Keyring(MASTER_KEY, 1).unwrap(wrapped, 1) if wrapped else None


@pytest.mark.criterion("J13")
def test_of_every_table_it_is_said_whether_it_is_erased() -> None:
    assert {table.name for table in ties()} == ERASED | STAYS
    assert not ERASED & STAYS


@pytest.mark.criterion("J13", "J05")
async def test_after_the_request_nothing_can_be_read_any_more(
    looked: tuple[City, Disk], request: pytest.FixtureRequest
) -> None:
    city, disk = looked
    booked = await booked_with(city, disk.words)
    path = f"/api/v1/appointments/{booked['token']}"
    sent = await post(
        city.client, f"{path}/documents", a_pdf(disk.words["inhalt"].encode()), f"{disk.words['datei']}.pdf"
    )
    kept, key = await key_of(city)
    ciphertext = (city.settings.store / f"{sent}.sealed").read_bytes()[100:164]
    page = await get(city.client, f"/a/{booked['token']}/data/erasure")
    assert "Ihr Termin ist dann abgesagt" in page.text
    page = await send(city.client, page.forms[0])
    assert "Ihre Daten sind gelöscht" in page.text
    assert await case_key(city) not in (None, key), "only the address, under a fresh key"
    told = await (await city.client.get(f"{path}/data")).text()
    assert not [word for what, word in disk.words.items() if what != "name" and word in told]
    assert (await (await city.client.get(path)).json())["state"] == "cancelled"
    assert (await city.client.get(f"{path}/documents/{sent}")).status == 404
    await until_finished(city)
    await delete.sweep(city.office.db, city.office.store, city.now)
    assert await nothing_is_left(city)
    assert list(city.settings.store.iterdir()) == []
    await at_rest(city, request)
    disk.assert_silent()
    assert disk.holding(key, ciphertext) == []
    if city.office.db.is_sqlite:
        assert disk.holding(kept["wrapped_key"], kept["contact_sealed"]) == []
    assert "Ihre Daten sind gelöscht" in (await get(city.client, f"/a/{booked['token']}/data/erasure")).text


async def until_finished(city: City) -> None:
    """The last mail leaves, then the address goes."""
    for _ in range(50):
        city.office.bell.ring()
        await mails_are_out(city)
        await erase.finish(city.office.erasing, city.now)
        async with city.office.db.read() as tx:
            if await tx.scalar(select(ErasureRow.done_at)) is not None:
                return
    raise AssertionError("never finished")


async def mails_are_out(city: City) -> None:
    await mails(city)


@only_sqlite()
@pytest.mark.criterion("J13")
async def test_every_column_that_holds_something_is_empty_and_a_last_mail_says_so(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    other = await city.book("bauberatung", "video", nth=1)
    canaries, foreign = Canaries(city, booked), Canaries(city, other)
    await canaries.fill()
    await foreign.fill()
    officer = await city.sign_in("dpo")
    holds = [
        form for form in (await get(officer, "/office/privacy/holds")).forms if form.action.endswith("lift")
    ]
    for form in holds:
        await send(officer, form)
    async with city.office.db.write() as tx:
        await tx.execute(sa_delete(ErasureRow))
    assert (await erasure(city, booked))["state"] == "erased"
    async with city.office.db.read() as tx:
        left = {
            table.name: [str(dict(row)) for row in (await tx.execute(select(table))).mappings()]
            for table in ties()
            if table.name in ERASED - {"document"}
        }
        marked = select(DocumentRow.deleted_at).where(
            DocumentRow.case_id == canaries.rows["document"]["case_id"]
        )
        assert None not in list(await tx.scalars(marked))
    text = str(left)
    gone = [word for name in ERASED for word in canaries.words_of(name)]
    assert len(gone) > 30
    assert not [word for word in gone if word in text]
    assert [word for name in ERASED for word in foreign.words_of(name) if word in text]
    told = str(await (await city.client.get(f"/api/v1/appointments/{other['token']}/data")).json())
    assert foreign.rows["case"]["contact_sealed"]["name"] in told


@only_sqlite()
@pytest.mark.criterion("J13")
@pytest.mark.parametrize("email", ["erika@example.org", None])
async def test_the_last_mail_goes_out_before_the_address_does(city: City, email: str | None) -> None:
    booked = await city.book("bauberatung", "video", email=email)
    await mails(city)
    await erasure(city, booked)
    sent = await mails(city)
    if email is None:
        assert sent == []
    else:
        assert sent[-1]["To"] == email
        assert "Auch Ihre Adresse wird jetzt gelöscht" in sent[-1].get_content()
        assert "Erika Musterfrau" not in sent[-1].get_content()
    await until_finished(city)
    assert await case_key(city) is None
    async with city.office.db.read() as tx:
        assert await tx.scalar(select(CaseRow.contact_sealed)) is None
    assert (await erasure(city, booked))["state"] == "erased", "asking again changes nothing"


@only_sqlite()
@pytest.mark.criterion("J13")
async def test_nothing_is_erased_while_the_conversation_goes_on(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    city.clock.set(datetime.fromisoformat(booked["start"]) + timedelta(minutes=1))
    path = f"/api/v1/appointments/{booked['token']}/erasure"
    refused = await city.client.post(path, json={"sure": True})
    assert (refused.status, (await refused.json())["type"].rpartition(":")[2]) == (409, "running")
    assert "Ihr Termin läuft gerade" in (await get(city.client, f"/a/{booked['token']}/data/erasure")).text
    city.clock.set(datetime.fromisoformat(booked["end"]) + timedelta(minutes=1))
    assert (await erasure(city, booked))["state"] == "erased"


@pytest.mark.criterion("J13")
async def test_a_legal_hold_wins_and_the_request_waits_for_its_end(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    document = await post(city.client, f"/api/v1/appointments/{booked['token']}/documents", a_pdf(), "a.pdf")
    officer = await city.sign_in("dpo")
    assert "wird nichts mehr gelöscht" in (await hold(city, officer, booked)).text
    key = await case_key(city)
    assert (await erasure(city, booked))["state"] == "noted"
    page = await get(city.client, f"/a/{booked['token']}/data/erasure")
    assert "Ihr Antrag ist notiert" in page.text
    assert "So lange dürfen wir nichts löschen" in page.text
    assert (await (await city.client.get(f"/api/v1/appointments/{booked['token']}")).json())[
        "state"
    ] == "cancelled"
    city.clock.advance(timedelta(days=400))
    await delete.sweep(city.office.db, city.office.store, city.now)
    await erase.finish(city.office.erasing, city.now)
    assert await case_key(city) == key
    assert (city.settings.store / f"{document}.sealed").is_file()
    officer = await city.sign_in("dpo")
    listed = await get(officer, "/office/privacy/holds")
    assert "hat die Löschung verlangt" in listed.text
    await send(officer, next(form for form in listed.forms if form.action.endswith("/lift")))
    await erase.finish(city.office.erasing, city.now)
    await until_finished(city)
    await delete.sweep(city.office.db, city.office.store, city.now)
    assert await case_key(city) is None
    assert not (city.settings.store / f"{document}.sealed").exists()


@only_sqlite()
@pytest.mark.criterion("J13")
async def test_under_a_hold_neither_side_takes_a_document_back(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    path = f"/api/v1/appointments/{booked['token']}/documents"
    document = await post(city.client, path, a_pdf(), "a.pdf")
    officer = await city.sign_in("dpo")
    await hold(city, officer, booked)
    refused = await city.client.delete(f"{path}/{document}")
    assert (refused.status, (await refused.json())["type"].rpartition(":")[2]) == (409, "must-be-kept")
    again = await hold(city, officer, booked, 409)
    assert "schon ausgesetzt" in again.text
    assert "keinen Termin" in (await hold(city, officer, {"number": "NICHTS"}, 422)).text


@only_sqlite()
@pytest.mark.criterion("J13")
async def test_a_process_that_dies_at_any_step_leaves_the_rest_to_the_next(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    await mails(city)
    async with city.office.db.write() as tx:
        one = select(AppointmentRow.id, AppointmentRow.case_id)
        found = (await tx.execute(one)).one()
        row = {"id": "0" * 32, "case_id": found.case_id, "appointment_id": found.id, "asked_at": city.now}
        await tx.execute(insert(ErasureRow).values(**row))
    late = city.now + timedelta(hours=2)  # the mail has its hour and no longer
    sweeper, step, seen = await Sweeper.start(city, late, "erasures"), 1, set()
    for _ in range(3):
        while await sweeper.is_killed_at(step):
            seen.add(await whole(city))
            step += 1
        step = 1
        late += timedelta(hours=2)
        await sweeper.stop()
        sweeper = await Sweeper.start(city, late, "erasures")
    await sweeper.stop()
    assert {(True, False, False), (True, True, False)} <= seen
    assert await whole(city) == (True, True, True)
    assert (await city.client.get(f"/a/{booked['token']}")).status == 200


async def whole(city: City) -> tuple[bool, bool, bool]:
    """Asked, emptied, done; with what must hold at every moment."""
    async with city.office.db.read() as tx:
        row = (await tx.execute(select(ErasureRow.asked_at, ErasureRow.emptied_at, ErasureRow.done_at))).one()
        case = (
            await tx.execute(select(CaseRow.wrapped_key, CaseRow.contact_sealed, CaseRow.closed_at))
        ).one()
    assert (case.closed_at is not None) == (row.emptied_at is not None)
    if row.done_at is not None:
        assert (case.wrapped_key, case.contact_sealed) == (None, None)
    return row.asked_at is not None, row.emptied_at is not None, row.done_at is not None


@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.criterion("J13")
async def test_a_hold_in_the_same_moment_comes_before_or_after(
    city: City, guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock on the case it is placed, and the case erased all the same: that is what the lock is for."""
    booked = await city.book("bauberatung", "video")
    officer = Staff(1, "dpo", "Dpo", frozenset({"dpo"}), "")
    placing: list[asyncio.Task[None]] = []

    async def close_later(tx: AsyncConnection, ids: Sequence[str], now: datetime) -> None:
        hold = place_hold(city.office.db, officer, booked["number"], "court", now)
        placing.append(asyncio.create_task(hold))
        await asyncio.wait(placing, timeout=1 if guarded else 60)
        await delete.close_cases(tx, ids, now)

    if not guarded:
        monkeypatch.setattr(erase, "lock", lambda _tx, _case: asyncio.sleep(0))
    async with city.office.db.read() as tx:
        appointment = await appointment_by_token(tx, booked["token"])
    await erase.ask(replace(city.office.erasing, close=close_later), appointment, city.now)
    (result,) = await asyncio.gather(*placing, return_exceptions=True)
    assert isinstance(result, BadInput) is guarded
    async with city.office.db.read() as tx:
        assert await erase.is_held(tx, appointment) is not guarded
