"""The data-protection officer sees which recordings are held and deletes one at once; nobody brings it back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from server.audit import AuditRow
from server.booking.model import AppointmentRow
from server.privacy.anchor_chain import extend, note_deletions
from server.privacy.ledger import lines_of
from server.rooms.model_recording import RecordingRow
from tests.http.meeting import problem
from tests.office.city import City, Client, only_sqlite

pytestmark = only_sqlite()
ID = "7" * 32
HOME = "/office/privacy/recordings-held"
API = f"/api/v1{HOME}"
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
async def officer(city: City) -> Client:
    return await city.sign_in("dpo")


async def kept(city: City, state: str = "kept") -> dict[str, Any]:
    """A recording of a booked meeting, with its bytes in the store."""
    booked, now = await city.book("bauberatung", "video"), city.now
    times = {"asked_at": now, "ended_at": now + TEN_MINUTES, "expires_at": now + timedelta(days=14)}
    if state == "running":
        times.pop("ended_at")
    row = {"id": ID, "state": state, "asked_by": 1, "size": 9_400_000, "key_sealed": b"x", **times}
    async with city.office.db.write() as tx:
        own = select(AppointmentRow.id).where(AppointmentRow.number == booked["number"])
        await tx.execute(insert(RecordingRow).values(**row, appointment_id=own.scalar_subquery()))
    path = city.settings.store / f"{ID}.sealed"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"sealed")
    return booked


async def stored(city: City) -> Any:
    async with city.office.db.read() as tx:
        columns = (RecordingRow.state, RecordingRow.reason, RecordingRow.key_sealed)
        return tuple((await tx.execute(select(*columns))).one())


async def page(client: Client, path: str) -> str:
    answer = await client.get(path)
    assert answer.status == 200
    return await answer.text()


@pytest.mark.criterion("J09")
async def test_the_officer_sees_number_time_size_and_end_and_nobody_by_name(
    city: City, officer: Client
) -> None:
    assert "Es gibt keine Aufzeichnung." in await page(officer, HOME)
    booked = await kept(city)
    (told,) = await (await officer.get(API)).json()
    assert (told["number"], told["services"], told["state"]) == (booked["number"], ["bauberatung"], "kept")
    assert (told["size"], told["kept_by_law"]) == (9_400_000, False)
    text = await page(officer, HOME)
    assert booked["number"] in text
    assert "10 min, 9,4 MB" in text
    assert "Musterfrau" not in text


@pytest.mark.criterion("J09")
async def test_deleting_destroys_key_and_bytes_at_once_and_is_told_to_the_ledger(
    city: City, officer: Client
) -> None:
    await kept(city)
    nothing = await officer.post(f"{HOME}/{ID}", data=signed(officer))
    assert nothing.status == 422
    assert "Bitte wählen Sie einen Grund aus." in await nothing.text()
    gone = await officer.post(f"{HOME}/{ID}", data=signed(officer, why="objection"), allow_redirects=False)
    assert gone.status == 303
    assert await stored(city) == ("gone", "officer", None)
    assert not (city.settings.store / f"{ID}.sealed").exists()
    assert "Es gibt keine Aufzeichnung." in await page(officer, HOME)
    assert (await officer.get(f"{HOME}/{ID}")).status == 404
    async with city.office.db.read() as tx:
        entries = select(AuditRow.actor, AuditRow.detail).where(AuditRow.action == "recording.deleted")
        ((actor, detail),) = (await tx.execute(entries)).all()
    assert (actor[:6], detail["why"]) == ("staff/", "objection")
    await extend(city.office.db)
    await note_deletions(city.office.db, city.settings.ledger_file)
    told = [line.object_id for line in lines_of(city.settings.ledger_file)]
    assert ID in told


async def test_one_that_runs_ends_by_it(city: City, officer: Client) -> None:
    await kept(city, "running")
    assert "läuft gerade" in await page(officer, HOME)
    assert (await officer.post(f"{API}/{ID}/deletion", json={"why": "mistake"})).status == 204
    assert await stored(city) == ("gone", "officer", None)
    assert (await officer.post(f"{API}/{ID}/deletion", json={"why": "mistake"})).status == 404


@pytest.mark.criterion("J13")
async def test_what_is_on_legal_hold_is_not_deleted(city: City, officer: Client) -> None:
    booked = await kept(city)
    held = await officer.post(
        "/office/privacy/holds", data=signed(officer, number=booked["number"], reason="court")
    )
    assert held.status == 200
    assert "Löschung ausgesetzt" in await page(officer, HOME)
    refused = await (await officer.post(f"{API}/{ID}/deletion", json={"why": "unneeded"})).json()
    assert problem(refused) == "must-be-kept"
    assert (await officer.post(f"{HOME}/{ID}", data=signed(officer, why="unneeded"))).status == 409
    assert (await stored(city))[0] == "kept"


def signed(client: Client, **data: str) -> dict[str, str]:
    return {"csrf": str(client.session.headers["X-CSRF-Token"]), **data}
