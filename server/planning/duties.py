"""A scheduler puts clerks on duty: where, from when to when. Which duty takes an appointment is decided in `booking`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.model import CalendarChangeRow, DutyRow
from server.clock import TICK_S
from server.errors import BadInput
from server.people.model import StaffRow


class DutyRefused(BadInput):
    """A duty that can't be served as asked."""

    type = "duty-refused"
    detail = "Dieser Dienst kann so nicht geplant werden."


@dataclass(frozen=True, slots=True)
class Duty:
    """A clerk, a place, a span in UTC on the five-minute grid. `place` "desk" needs a site and a desk's name."""

    staff_id: int
    place: Literal["home", "desk"]
    starts_at: datetime
    ends_at: datetime
    site_id: str | None = None
    desk: str | None = None
    takes_video: bool = False
    step_minutes: int | None = None
    demo: bool = False
    series_id: int | None = None
    import_id: str | None = None


async def add_duties(tx: AsyncConnection, duties: Sequence[Duty], now: datetime) -> list[int]:
    """Stores the duties and tells every process of them; returns their ids in the order given.

    Raises `DutyRefused` when a duty is off the grid, backwards, without a place, or meets another one of the
    same clerk. The caller holds the transaction: with a refusal nothing of it is stored. Two who plan the same
    clerk at once come one after the other: the second sees what the first stored.
    """
    if not duties:
        return []
    for duty in duties:
        check(duty)
    await lock_clerks(tx, {duty.staff_id for duty in duties})
    check_overlaps([*duties, *await known_duties(tx, duties)])
    added = await tx.scalars(
        insert(DutyRow).returning(DutyRow.id, sort_by_parameter_order=True),
        [_values(duty) for duty in duties],
    )
    ids = list(added)
    await tx.execute(insert(CalendarChangeRow), [{"duty_id": duty_id, "at": now} for duty_id in ids])
    return ids


async def lock_clerks(tx: AsyncConnection, staff_ids: Iterable[int]) -> None:
    """Until the transaction ends nobody else plans these clerks. SQLite has one writer anyway."""
    one = select(StaffRow.id).where(StaffRow.id.in_(set(staff_ids))).order_by(StaffRow.id)
    await tx.execute(one.with_for_update(key_share=True))


def check(duty: Duty) -> None:
    """Raises `DutyRefused` unless the duty makes sense by itself."""
    if duty.starts_at >= duty.ends_at:
        raise DutyRefused("Ein Dienst muss später enden, als er beginnt.")
    if any(edge.timestamp() % TICK_S for edge in (duty.starts_at, duty.ends_at)):
        raise DutyRefused("Dienste beginnen und enden im Fünf-Minuten-Raster.")
    if duty.place == "desk" and not (duty.site_id and duty.desk):
        raise DutyRefused("Ein Dienst am Schalter braucht einen Standort und einen Schalter.")
    if duty.place == "home" and (duty.site_id or duty.desk):
        raise DutyRefused("Ein Dienst im Homeoffice hat keinen Standort.")


def check_overlaps(duties: Sequence[Duty]) -> None:
    """Raises `DutyRefused` when a clerk would be on two duties at once. One may begin where another ends."""
    in_order = sorted(duties, key=lambda duty: (duty.staff_id, duty.starts_at))
    for one, other in pairwise(in_order):
        if one.staff_id == other.staff_id and other.starts_at < one.ends_at:
            detail = "Zwei Dienste derselben Person überschneiden sich: {at}."
            at = other.starts_at
            raise DutyRefused(detail, params={"at": at}, starts_at=at.isoformat())


async def known_duties(tx: AsyncConnection, duties: Sequence[Duty]) -> list[Duty]:
    """The stored duties of the same clerks that touch the span of the new ones."""
    columns = (
        DutyRow.staff_id,
        DutyRow.place,
        DutyRow.starts_at,
        DutyRow.ends_at,
        DutyRow.site_id,
        DutyRow.desk,
    )
    rows = await tx.execute(
        select(*columns)
        .where(DutyRow.staff_id.in_({duty.staff_id for duty in duties}))
        .where(DutyRow.ends_at > min(duty.starts_at for duty in duties))
        .where(DutyRow.starts_at < max(duty.ends_at for duty in duties))
        .where(DutyRow.starts_at < DutyRow.ends_at)
    )
    return [Duty(row.staff_id, row.place, row.starts_at, row.ends_at, row.site_id, row.desk) for row in rows]


def _values(duty: Duty) -> dict[str, object]:
    return {
        "staff_id": duty.staff_id,
        "place": duty.place,
        "site_id": duty.site_id,
        "desk": duty.desk,
        "starts_at": duty.starts_at,
        "ends_at": duty.ends_at,
        "takes_video": duty.takes_video or duty.place == "home",
        "step_minutes": duty.step_minutes,
        "demo": duty.demo,
        "series_id": duty.series_id,
        "import_id": duty.import_id,
    }
