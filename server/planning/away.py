"""What an absence takes away: the free ticks of its clerk's duties. What becomes of appointments is in `reroute.py`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, appointment_by_id
from server.booking.claim import announce
from server.booking.model import ALIVE, AppointmentRow, ClaimRow, DutyRow
from server.clock import ceil_tick, tick_of
from server.planning.model import AbsenceRow

LIVING = (*ALIVE, "held")
# Both databases know it; a tick that is taken stays as it is and the transaction lives on.
BLOCK = text(
    "INSERT INTO claim (duty_id, tick, appointment_id, expires_at) "
    "VALUES (:duty_id, :tick, NULL, NULL) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Absence:
    """A clerk who is away, from when to when."""

    id: str
    staff_id: int
    starts_at: datetime
    ends_at: datetime
    created_by: int

    @property
    def ticks(self) -> range:
        return range(tick_of(self.starts_at), ceil_tick(self.ends_at))

    @property
    def actor(self) -> str:
        return f"staff/{self.created_by}"

    def meets(self, start: datetime, end: datetime) -> bool:
        return start < self.ends_at and end > self.starts_at


async def absence_by_id(tx: AsyncConnection, absence_id: str) -> Absence | None:
    columns = (AbsenceRow.id, AbsenceRow.staff_id, AbsenceRow.starts_at, AbsenceRow.ends_at)
    query = select(*columns, AbsenceRow.created_by).where(AbsenceRow.id == absence_id)
    row = (await tx.execute(query)).first()
    return Absence(*row) if row else None


async def locked(tx: AsyncConnection, absence_id: str) -> Absence | None:
    """The absence as it stands; whoever ends it early waits until this transaction is over."""
    await tx.execute(update(AbsenceRow).where(AbsenceRow.id == absence_id).values(id=AbsenceRow.id))
    return await absence_by_id(tx, absence_id)


async def duties_in(tx: AsyncConnection, absence: Absence) -> list[Any]:
    columns = (DutyRow.id, DutyRow.starts_at, DutyRow.ends_at)
    query = select(*columns).where(DutyRow.staff_id == absence.staff_id)
    span = (DutyRow.starts_at < absence.ends_at, DutyRow.ends_at > absence.starts_at)
    return list(await tx.execute(query.where(*span).order_by(DutyRow.id)))


async def concerned(tx: AsyncConnection, absence: Absence, now: datetime) -> list[Appointment]:
    """Whoever is alive and owns ticks in the span, in the order in which they begin."""
    lives = or_(ClaimRow.expires_at.is_(None), ClaimRow.expires_at > now)
    query = (
        select(AppointmentRow.id)
        .join(ClaimRow, ClaimRow.appointment_id == AppointmentRow.id)
        .join(DutyRow, DutyRow.id == ClaimRow.duty_id)
        .where(DutyRow.staff_id == absence.staff_id, AppointmentRow.state.in_(LIVING), lives)
        .where(ClaimRow.tick >= absence.ticks.start, ClaimRow.tick < absence.ticks.stop)
        .distinct()
    )
    found = [await appointment_by_id(tx, id_) for id_ in list(await tx.scalars(query))]
    return sorted(found, key=lambda one: (one.starts_at, one.id))


async def block(tx: AsyncConnection, absence_id: str, now: datetime) -> bool:
    """Takes every free tick of the span, and what rests or has expired; True when there was any."""
    absence = await locked(tx, absence_id)
    if absence is None:
        return False
    changed = False
    for duty in await duties_in(tx, absence):
        in_span = (ClaimRow.duty_id == duty.id, ClaimRow.tick.in_(_common(absence, duty)))
        lapsed = and_(ClaimRow.expires_at.is_not(None), ClaimRow.expires_at <= now)
        resting = and_(ClaimRow.expires_at.is_not(None), ClaimRow.appointment_id.is_(None))
        over = update(ClaimRow).where(*in_span, or_(lapsed, resting))
        taken = (await tx.execute(over.values(appointment_id=None, expires_at=None))).rowcount
        known = set(await tx.scalars(select(ClaimRow.tick).where(*in_span)))
        missing = [tick for tick in _common(absence, duty) if tick not in known]
        if missing:
            await tx.execute(BLOCK, [{"duty_id": duty.id, "tick": tick} for tick in missing])
        if missing or taken:
            await announce(tx, duty.id, now)
            changed = True
    return changed


async def is_blocked(tx: AsyncConnection, absence: Absence) -> bool:
    """Whether the span has neither free ticks nor such as come back by themselves."""
    for duty in await duties_in(tx, absence):
        common = _common(absence, duty)
        query = select(ClaimRow.tick).where(ClaimRow.duty_id == duty.id, ClaimRow.expires_at.is_(None))
        if not set(common) <= set(await tx.scalars(query)):
            return False
    return True


async def unblock(tx: AsyncConnection, absence: Absence, after: datetime, now: datetime) -> None:
    """Gives back the ticks from `after` on, as far as no other absence of this clerk needs them."""
    columns = (AbsenceRow.starts_at, AbsenceRow.ends_at)
    rest = select(*columns).where(AbsenceRow.staff_id == absence.staff_id, AbsenceRow.id != absence.id)
    needed: set[int] = set()
    for other in await tx.execute(rest.where(AbsenceRow.ends_at > after)):
        needed.update(range(tick_of(other.starts_at), ceil_tick(other.ends_at)))
    for duty in await duties_in(tx, absence):
        ticks = [t for t in _common(absence, duty) if t >= ceil_tick(after) and t not in needed]
        nobodys = (ClaimRow.appointment_id.is_(None), ClaimRow.expires_at.is_(None))
        gone = delete(ClaimRow).where(ClaimRow.duty_id == duty.id, *nobodys, ClaimRow.tick.in_(ticks))
        if (await tx.execute(gone)).rowcount:
            await announce(tx, duty.id, now)


def _common(absence: Absence, duty: Any) -> list[int]:
    """The ticks of the duty that lie in the absence."""
    first = max(absence.ticks.start, ceil_tick(duty.starts_at))
    return list(range(first, min(absence.ticks.stop, tick_of(duty.ends_at))))
