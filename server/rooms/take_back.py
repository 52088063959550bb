"""After the meeting: a yes to its recordings is taken back, and they are gone. While it is asked or made, see `consent.py`."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment
from server.audit import record
from server.rooms.consent import Person, destroy, note
from server.rooms.model_recording import RecordingConsentRow, RecordingRow
from server.rooms.tape import Studio


async def agreed_to(tx: AsyncConnection, meeting: Appointment, subject: str) -> dict[str, datetime]:
    """Which recordings of this meeting there are that hold this person's yes, and when each is deleted anyway."""
    row, said = RecordingRow, RecordingConsentRow
    query = select(row.id, row.expires_at).join(said, said.recording_id == row.id)
    mine = (said.subject == subject, said.agreed, said.withdrawn_at.is_(None))
    there = (row.appointment_id == meeting.id, row.state.in_(("running", "kept")))
    return {one.id: one.expires_at for one in await tx.execute(query.where(*there, *mine))}


async def kept_until(tx: AsyncConnection, meeting: Appointment, subject: str) -> datetime | None:
    """When the last recording that this person agreed to is deleted; None when there is none."""
    return max((await agreed_to(tx, meeting, subject)).values(), default=None)


async def take_back(studio: Studio, meeting: Appointment, person: Person, now: datetime) -> None:
    """The keys first, in one transaction; then a recorder leaves the room, then the bytes go."""
    async with studio.db.write() as tx:
        taken = await agreed_to(tx, meeting, person.subject)
        for recording_id in taken:
            await note(tx, recording_id, person, agreed=False, now=now)
            await destroy(tx, recording_id, "withdrawn", now, actor=person.part)
            await record(tx, now, person.part, "recording.refused", recording_id, appointment=meeting.id)
    for recording_id in taken:
        await studio.end(meeting, recording_id)
        await studio.store.remove(recording_id)
