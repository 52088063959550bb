"""May this meeting be recorded: the question, everybody's answer to it, and taking it back. How it is recorded is `tape.py`."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings_policy import consent
from recordings_policy.classes import RECORDING
from recordings_policy.consent import Answer
from recordings_policy.decide import NEVER, Permission, may_ask
from recordings_policy.policy_text import FINGERPRINT
from recordings_policy.retention import Periods
from server.access import Appointment
from server.audit import record
from server.booking.model import ALIVE, AppointmentRow
from server.db import Database
from server.errors import Conflict
from server.privacy.model_recordings import RecordingPermissionRow
from server.rooms.model_recording import RecordingConsentRow, RecordingRow

LIVING = ("asked", "running", "kept")


class NotRecordable(Conflict):
    type = "not-recordable"
    detail = "Dieses Gespräch darf nicht aufgezeichnet werden."


class NothingAsked(Conflict):
    type = "nothing-asked"
    detail = "Danach ist gerade nicht gefragt."


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the meeting: `subject` is who they are in its room."""

    subject: str
    part: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands: whether anybody may be asked, the newest question, and every answer to it."""

    permission: Permission = NEVER
    id: str | None = None
    state: str = "none"
    reason: str | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def consenting(self) -> frozenset[str]:
        return consent.consenting(self.answers)

    def answer_of(self, subject: str) -> bool | None:
        mine = [one for one in self.answers if one.subject == subject]
        return mine[0].agreed and mine[0].withdrawn_at is None if mine else None


async def permission_of(tx: AsyncConnection, meeting: Appointment) -> Permission:
    """What stands about all services of a meeting together: the least of them counts."""
    row = RecordingPermissionRow
    query = select(row.service_id, row.legal_basis, row.policy, row.decided_at, row.ended_at)
    wanted = [service for service, _ in meeting.services]
    approved = query.where(row.decision == "approved", row.service_id.in_(wanted)).order_by(row.version)
    newest = {one.service_id: one for one in await tx.execute(approved)}
    booked_at = await tx.scalar(select(AppointmentRow.confirmed_at).where(AppointmentRow.id == meeting.id))
    if not wanted or set(newest) != set(wanted) or any(one.ended_at for one in newest.values()):
        return NEVER
    found = list(newest.values())
    return Permission(
        switched_on=True,
        legal_basis=found[0].legal_basis,
        approved_by_officer=True,
        of_this_text=all(one.policy == FINGERPRINT for one in found),
        before_booking=booked_at is not None and all(one.decided_at <= booked_at for one in found),
    )


async def standing(tx: AsyncConnection, meeting: Appointment) -> Standing:
    """How it stands with recording this meeting."""
    permission = await permission_of(tx, meeting)
    row = RecordingRow
    query = select(row.id, row.state, row.reason).where(row.appointment_id == meeting.id)
    newest = (await tx.execute(query.order_by(row.asked_at.desc(), row.id).limit(1))).first()
    if newest is None:
        return Standing(permission)
    return Standing(permission, newest.id, newest.state, newest.reason, await answers_to(tx, newest.id))


async def answers_to(tx: AsyncConnection, recording_id: str) -> tuple[Answer, ...]:
    said = RecordingConsentRow
    rows = await tx.execute(
        select(said.subject, said.agreed, said.version, said.withdrawn_at).where(
            said.recording_id == recording_id
        )
    )
    return tuple(Answer(*row) for row in rows)


async def ask(
    db: Database, meeting: Appointment, host: Person, staff_id: int, periods: Periods, now: datetime
) -> str:
    """Asks everybody of the meeting; whoever asks agrees by asking. `NotRecordable` unless the policy allows to ask."""
    id_ = secrets.token_hex(16)
    async with db.write() as tx:
        allowed = may_ask(await permission_of(tx, meeting)).allowed
        if not allowed or meeting.state not in ALIVE or meeting.mode != "video":
            raise NotRecordable
        row = {"id": id_, "appointment_id": meeting.id, "state": "asked", "asked_by": staff_id}
        expires_at = now + periods.of(RECORDING)
        try:
            await tx.execute(insert(RecordingRow).values(**row, asked_at=now, expires_at=expires_at))
        except IntegrityError as error:
            raise NothingAsked("Es wird schon gefragt oder aufgezeichnet.") from error
        await note(tx, id_, host, agreed=True, now=now)
        await record(tx, now, f"staff/{staff_id}", "recording.asked", id_, appointment=meeting.id)
    return id_


async def answer(
    db: Database, meeting: Appointment, person: Person, now: datetime, *, agreed: bool
) -> Standing:
    """Yes counts while it is asked. No counts at any time: from this transaction on nothing of it can be read."""
    async with db.write() as tx:
        now_is = await standing(tx, meeting)
        if now_is.id is None or now_is.state not in (("asked",) if agreed else LIVING):
            raise NothingAsked
        await note(tx, now_is.id, person, agreed=agreed, now=now)
        if not agreed:
            reason = "refused" if now_is.state == "asked" else "withdrawn"
            await destroy(tx, now_is.id, reason, now, actor=person.part)
        what = "recording.agreed" if agreed else "recording.refused"
        await record(tx, now, person.part, what, now_is.id, appointment=meeting.id)
        return await standing(tx, meeting)


async def destroy(
    tx: AsyncConnection,
    recording_id: str,
    reason: str,
    now: datetime,
    *,
    actor: str = "system",
    **detail: str,
) -> bool:
    """The recording's key is gone with this transaction; its bytes follow. False when it was gone already.

    Where there was a key, an entry of the audit says so, and a restore destroys it again.
    """
    living = (RecordingRow.id == recording_id, RecordingRow.state.in_(LIVING))
    key = await tx.scalar(select(RecordingRow.key_sealed).where(*living).with_for_update())
    gone = {"state": "gone", "reason": reason, "key_sealed": None, "ended_at": now}
    destroyed = (await tx.execute(update(RecordingRow).where(*living).values(**gone))).rowcount == 1
    if destroyed and key is not None:
        await record(tx, now, actor, "recording.deleted", recording_id, reason=reason, **detail)
    return destroyed


async def note(
    tx: AsyncConnection, recording_id: str, person: Person, *, agreed: bool, now: datetime
) -> None:
    """What this person says now; a no after a yes is a yes taken back."""
    said = RecordingConsentRow
    mine = (said.recording_id == recording_id, said.subject == person.subject)
    before = (await tx.execute(select(said.id, said.agreed).where(*mine))).first()
    if before is None:
        row = {"recording_id": recording_id, "subject": person.subject, "part": person.part}
        values = {"id": secrets.token_hex(16), **row, "agreed": agreed, "version": consent.VERSION}
        await tx.execute(insert(said).values(**values, answered_at=now))
    elif agreed:
        again = {"agreed": True, "version": consent.VERSION, "answered_at": now, "withdrawn_at": None}
        await tx.execute(update(said).where(*mine).values(**again))
    else:
        await tx.execute(update(said).where(*mine).values(withdrawn_at=now))
