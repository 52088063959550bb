"""A clerk books a time on site out of a video meeting: a second appointment on the same case, with all its documents.

The time is reserved by the one insert that reserves every time. When the case ends is `documents/delete.py`.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, Staff, appointment_by_id, appointment_for, hold_token, manage_token
from server.audit import record
from server.booking.availability import Calendar
from server.booking.claim import (
    CHANGED,
    TAKE,
    Candidate,
    Span,
    candidates,
    claims_of,
    drop_expired,
    gave_way,
    span_of,
)
from server.booking.hold import NEW, NumberTaken
from server.booking.model import AppointmentRow, CaseRow
from server.booking.number import new_number
from server.booking.once import REMEMBER, DoneBefore, Once
from server.booking.routing import Slot, Wish, wish_of
from server.booking.run_steps import Step, StepBroken, run_steps
from server.catalog.model import Catalogue
from server.db import Database
from server.errors import BadInput, NotVideo, SlotTaken, TooLate
from server.notices import outbox
from server.privacy.model_end import locked
from server.sealing import fingerprint
from server.settings import Settings

CHANNEL = "onsite"
"""The counter's share of the capacity: the citizen is being served already."""
SHOWN = 5


@dataclass(frozen=True, slots=True)
class OnsiteAsk:
    """The time and place that clerk and citizen agreed on."""

    appointment_id: str
    start: datetime
    site: str


def onsite_wish(catalogue: Catalogue, meeting: Appointment, site: str | None = None) -> Wish:
    """What the citizen came for, as a wish for a time on site; `NotVideo`, `TooLate` or `BadInput` where there is none."""
    if meeting.mode != "video":
        raise NotVideo
    if meeting.state in ("cancelled", "missed") or meeting.case_id is None:
        raise TooLate
    wish = wish_of(catalogue, meeting.services, "onsite", site, meeting.spoken, CHANNEL)
    if not wish.onsite:
        raise BadInput("Dieses Anliegen wird nur per Video beraten.")
    return wish


async def book_onsite(
    db: Database,
    calendar: Calendar,
    settings: Settings,
    staff: Staff,
    ask: OnsiteAsk,
    key: str | None,
    now: datetime,
) -> Appointment:
    """The new appointment, confirmed; its mail follows through the outbox. `SlotTaken` with other times on site."""
    catalogue = await calendar.catalogue(now)
    once = Once("onsite", key, [staff.id, ask.appointment_id, ask.start, ask.site]) if key else None
    async with db.read() as tx:
        meeting = await appointment_for(tx, staff, ask.appointment_id)
        if once and (before := await once.done(tx)):
            return before
        wish = onsite_wish(catalogue, meeting, ask.site)
        span = span_of(wish, ask.start, "onsite", ask.site, now)
        duties = await candidates(tx, wish, span, catalogue, settings.assumption_day, now)
    for duty in duties:
        row = _row(span, duty, meeting, settings, now)
        try:
            async with db.write() as tx:
                await _book(tx, span, duty, meeting, row, once, now)
                await record(tx, now, staff.actor, "appointment.onsite", meeting.id, onsite=row["id"])
                booked = await appointment_by_id(tx, row["id"])
        except SlotTaken:
            continue
        except DoneBefore:
            break
        except NumberTaken:
            return await book_onsite(db, calendar, settings, staff, ask, key, now)
        calendar.touch()
        return booked
    if once and (earlier := await once.done_before(db)):
        return earlier
    raise await _taken(calendar, onsite_wish(catalogue, meeting), span, now)


async def _taken(calendar: Calendar, wish: Wish, span: Span, now: datetime) -> SlotTaken:
    wanted = Slot(span.start, span.end, span.mode, span.site)
    near = await calendar.alternatives(wish, wanted, now, at_least=2 * SHOWN)
    found = [slot.as_json() for slot in near if slot != wanted and slot.mode == "onsite"]
    return SlotTaken(alternatives=found[:SHOWN])


def _row(
    span: Span, duty: Candidate, meeting: Appointment, settings: Settings, now: datetime
) -> dict[str, Any]:
    secret, id_ = settings.secret.get_secret_value(), secrets.token_hex(16)
    return {
        "id": id_,
        "number": new_number(),
        "hold_hash": fingerprint(hold_token(secret, id_)),
        "token_hash": fingerprint(manage_token(secret, id_)),
        "state": "confirmed",
        "mode": span.mode,
        "site_id": span.site,
        "duty_id": duty.id,
        "starts_at": span.start,
        "ends_at": span.end,
        "services": [{"id": service, "count": count} for service, count in meeting.services],
        "language": meeting.language,
        "spoken": meeting.spoken,
        "channel": CHANNEL,
        "client_key": "",
        "ticks": len(span.ticks),
        "case_id": meeting.case_id,
        "follows_id": meeting.id,
        "sequence": 0,
        "extended": False,
        "created_at": now,
        "confirmed_at": now,
    }


async def _book(
    tx: AsyncConnection,
    span: Span,
    duty: Candidate,
    meeting: Appointment,
    row: dict[str, Any],
    once: Once | None,
    now: datetime,
) -> None:
    """The appointment, its claims, the note for all calendars and the key: together or not at all."""
    await _keep_case(tx, meeting)
    row |= await _like(tx, meeting)
    if duty.expired:
        await drop_expired(tx, duty.id, span.ticks, now)
    steps: list[Step] = [
        (NEW, [row]),
        (TAKE, claims_of(duty.id, span.ticks, row["id"], None)),
        (CHANGED, [{"duty_id": duty.id, "at": now}]),
    ]
    if once:
        steps.append((REMEMBER, [once.row(row["id"], now)]))
    try:
        await run_steps(tx, steps)
    except StepBroken as broken:
        raise (NumberTaken, SlotTaken, SlotTaken, DoneBefore)[broken.position] from broken
    except DBAPIError as error:
        if gave_way(error):
            raise SlotTaken from error
        raise
    booked = await appointment_by_id(tx, row["id"])
    await outbox.post(tx, "confirmed", booked.id, outbox.facts_of(booked), now)


async def _keep_case(tx: AsyncConnection, meeting: Appointment) -> None:
    """The case is still there, and the sweep waits until this transaction is over; `TooLate` once it is closed."""
    there = locked(CaseRow.id == meeting.case_id, CaseRow.closed_at.is_(None))
    if (await tx.execute(there)).rowcount != 1:
        raise TooLate


async def _like(tx: AsyncConnection, meeting: Appointment) -> dict[str, Any]:
    """How the citizen is reminded and by what the contact is known; without a place of its own, so no limit stops this."""
    query = select(AppointmentRow.remind, AppointmentRow.contact_key)
    known = (await tx.execute(query.where(AppointmentRow.id == meeting.id))).one()
    return {"remind": known.remind, "contact_key": known.contact_key, "contact_nr": None}
