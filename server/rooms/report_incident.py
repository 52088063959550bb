"""A clerk has ended a meeting at once and notes what happened: sealed, seen by few, gone by rule.

Who is kept out by it, and of what, is in `exclude.py`; that the room closes everywhere, in `close.py`.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from recordings_policy.classes import EXCLUSION, INCIDENT
from recordings_policy.retention import DEFAULTS, Periods
from server.access import Staff, appointment_for, case_of
from server.audit import record, record_look
from server.booking.model import ALIVE, AppointmentRow
from server.db import Database
from server.errors import Conflict, NotAllowed, NotFound, NotVideo
from server.people.model import StaffRow
from server.privacy.model_report import swept
from server.rooms.exclude import exclude
from server.rooms.model_incident import ExclusionRow, IncidentRow
from server.sealing import Keyring, open_sealed, seal
from server.settings import Settings

KEPT: Final = INCIDENT.period
"""As long as an insult can be brought to court (§ 77b StGB: three months), where no shorter rule is in force."""
SEE_ALL: Final = frozenset({"admin", "dpo"})
READ_ALL: Final = frozenset({"admin"})


class AlreadyReported(Conflict):
    type = "already-reported"
    detail = "Zu diesem Gespräch ist schon ein Vorfall festgehalten."


@dataclass(frozen=True, slots=True)
class Report:
    """What the clerk says. `exclude_days` 0: nobody is kept out."""

    appointment_id: str
    kind: str
    note: str
    exclude_days: int


@dataclass(frozen=True, slots=True)
class Incident:
    """As its reader may see it: `name`, `number` and `note` are None for those who may know only that it was."""

    id: str
    kind: str
    filed_at: datetime
    filed_by: str
    own: bool
    excluded_until: datetime | None
    deleted_on: datetime
    name: str | None = None
    number: str | None = None
    note: str | None = None


async def report(
    db: Database, keyring: Keyring, settings: Settings, staff: Staff, what: Report, now: datetime
) -> Incident:
    """The meeting is over, the incident kept, its citizen kept out for so many days: in one transaction."""
    id_ = secrets.token_hex(16)
    key, wrapped = keyring.new_key()
    until = now + timedelta(days=what.exclude_days) if what.exclude_days else None
    async with db.write() as tx:
        meeting = await appointment_for(tx, staff, what.appointment_id)
        if meeting.mode != "video":
            raise NotVideo
        case = await case_of(tx, meeting, keyring)
        text = [case.contact.name, meeting.number, what.note]
        row = {
            "id": id_,
            "appointment_id": meeting.id,
            "staff_id": staff.id,
            "kind": what.kind,
            "wrapped_key": wrapped,
            "key_version": keyring.version,
            "text_sealed": seal(key, json.dumps(text, ensure_ascii=False).encode(), _bound(id_)),
            "filed_at": now,
            "excluded_until": until,
        }
        try:
            await tx.execute(insert(IncidentRow).values(row))
        except IntegrityError as error:
            raise AlreadyReported from error
        if until:
            query = select(AppointmentRow.caller_key).where(AppointmentRow.id == meeting.id)
            await exclude(tx, id_, meeting, case, await tx.scalar(query), until, settings, now)
        alive = (AppointmentRow.id == meeting.id, AppointmentRow.state.in_(ALIVE))
        await tx.execute(update(AppointmentRow).where(*alive).values(state="done"))
        await record(tx, now, staff.actor, "incident.filed", id_, days=what.exclude_days)
    return Incident(id_, what.kind, now, staff.display, True, until, now + KEPT, *text)


async def incidents(
    db: Database, keyring: Keyring, staff: Staff, now: datetime, kept: timedelta = KEPT
) -> list[Incident]:
    """The newest first. Clerks see their own, the administration all; data protection sees that they are, and how long.

    That the administration reads what colleagues wrote is recorded.
    """
    everything = bool(staff.roles & SEE_ALL)
    if not everything and "clerk" not in staff.roles:
        raise NotAllowed
    query = _stored() if everything else _stored().where(IncidentRow.staff_id == staff.id)
    async with db.read() as tx:
        rows = (await tx.execute(query.where(IncidentRow.filed_at > now - kept))).all()
    found = [_seen(row, keyring, staff, kept) for row in rows]
    if any(one.note is not None and not one.own for one in found):
        async with db.write() as tx:
            await record(tx, now, staff.actor, "incidents.read", "all", count=len(found))
            for row in rows:
                if row.staff_id != staff.id:
                    await record_look(tx, now, staff.actor, row.appointment_id, "incident", "administration")
    return found


async def lift(db: Database, staff: Staff, incident_id: str, now: datetime) -> None:
    """The citizen may come by video again. For the clerk who reported it, and for the administration."""
    own = [IncidentRow.id == incident_id, IncidentRow.filed_at > now - KEPT]
    if not staff.roles & READ_ALL:
        own.append(IncidentRow.staff_id == staff.id)
    async with db.write() as tx:
        if await tx.scalar(select(IncidentRow.id).where(*own)) is None:
            raise NotFound
        lifted = update(IncidentRow).where(*own, IncidentRow.excluded_until > now)
        if (await tx.execute(lifted.values(excluded_until=now))).rowcount:
            await tx.execute(delete(ExclusionRow).where(ExclusionRow.incident_id == incident_id))
            await record(tx, now, staff.actor, "incident.lifted", incident_id)


async def forget_incidents(db: Database, now: datetime, periods: Periods = DEFAULTS) -> int:
    """The rules: exclusions that ended go, and incidents in their time, with the key that alone could read them."""
    limit = now - periods.of(INCIDENT)
    async with db.write() as tx:
        ended = await tx.execute(delete(ExclusionRow).where(ExclusionRow.until <= now))
        await swept(tx, EXCLUSION, ended.rowcount, now)
        old = list(await tx.scalars(select(IncidentRow.id).where(IncidentRow.filed_at <= limit)))
        gone = 0
        for incident_id in old:
            await tx.execute(delete(ExclusionRow).where(ExclusionRow.incident_id == incident_id))
            if (await tx.execute(delete(IncidentRow).where(IncidentRow.id == incident_id))).rowcount:
                gone += 1
                await record(tx, now, "system", "incident.deleted", incident_id)
        await swept(tx, INCIDENT, gone, now)
    if old or ended.rowcount:
        await db.settle()
    return gone


def _stored() -> Select[*tuple[Any, ...]]:
    columns = (IncidentRow.id, IncidentRow.kind, IncidentRow.filed_at, IncidentRow.excluded_until)
    sealed = (IncidentRow.wrapped_key, IncidentRow.key_version, IncidentRow.text_sealed)
    whose = (IncidentRow.staff_id, IncidentRow.appointment_id, StaffRow.display)
    query = select(*columns, *sealed, *whose)
    query = query.join(StaffRow, StaffRow.id == IncidentRow.staff_id)
    return query.order_by(IncidentRow.filed_at.desc(), IncidentRow.id)


def _seen(row: Any, keyring: Keyring, staff: Staff, kept: timedelta) -> Incident:
    own = row.staff_id == staff.id
    until = row.excluded_until
    head = (row.id, row.kind, row.filed_at, row.display, own, until, row.filed_at + kept)
    if not own and not staff.roles & READ_ALL:
        return Incident(*head)
    key = keyring.unwrap(row.wrapped_key, row.key_version)
    return Incident(*head, *json.loads(open_sealed(key, row.text_sealed, _bound(row.id))))


def _bound(incident_id: str) -> str:
    return f"incident/{incident_id}/text"
