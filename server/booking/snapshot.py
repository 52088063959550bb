"""The calendar in memory: every duty as bit masks by local day, followed change by change. The write path never reads it.

Each process keeps its own and looks into `calendar_change` at most every quarter of a second; its own writes
are seen at once (`touch`). With the database away the last snapshot goes on answering for a minute.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.calendar import DutyDay, local_days, span_mask, ticks_mask
from server.booking.model import ClaimRow, DutyRow, TrainingRow
from server.catalog.hours import open_spans
from server.catalog.model import Catalogue
from server.clock import BERLIN
from server.people.model import StaffRow

HORIZON_DAYS = 93


@dataclass(frozen=True, slots=True)
class Crew:
    """What a clerk can do; duties of equally trained clerks share one."""

    services: frozenset[str]
    languages: frozenset[str]


@dataclass
class Snapshot:
    """One state of the calendar; replaced duty by duty as changes come in."""

    catalogue: Catalogue
    crews: list[Crew]
    crew_of: dict[int, int]
    first: date
    open_days: dict[tuple[str | None, date], int]
    days: dict[date, dict[int, DutyDay]] = field(default_factory=dict)

    def put(self, duty: Any, claims: Iterable[tuple[int, datetime | None]]) -> None:
        """Takes in a duty's row and its claims, replacing what was known of it."""
        self.drop(duty.id)
        claims = list(claims)
        for day in local_days(duty.starts_at, duty.ends_at):
            span = span_mask(day, duty.starts_at, duty.ends_at)
            if not duty.demo:
                span &= self.open_days.get((duty.site_id, day), 0)
            if span:
                self.days.setdefault(day, {})[duty.id] = self._duty_day(duty, day, span, claims)

    def drop(self, duty_id: int) -> None:
        for duties in self.days.values():
            duties.pop(duty_id, None)

    def next_expiry(self, now: datetime) -> datetime | None:
        """When the first of the holds that still last gives its time back."""
        ends = (end for duties in self.days.values() for duty in duties.values() for _, end in duty.held)
        return min((end for end in ends if end > now), default=None)

    def _duty_day(
        self, duty: Any, day: date, span: int, claims: list[tuple[int, datetime | None]]
    ) -> DutyDay:
        taken = ticks_mask(day, (tick for tick, expires_at in claims if expires_at is None))
        held: dict[datetime, int] = {}
        for tick, expires_at in claims:
            if expires_at is not None:
                held[expires_at] = held.get(expires_at, 0) | ticks_mask(day, [tick])
        return DutyDay(
            duty_id=duty.id,
            day=day,
            crew=self.crew_of.get(duty.staff_id, 0),
            home=duty.place == "home",
            site=duty.site_id,
            takes_video=duty.takes_video or duty.place == "home",
            step_ticks=duty.step_minutes // 5 if duty.step_minutes else None,
            demo=duty.demo,
            span=span,
            free=span & ~taken,
            plan=self.catalogue.plan_of(duty.site_id),
            held=tuple((mask, expires_at) for expires_at, mask in held.items() if mask),
        )


async def load(tx: AsyncConnection, catalogue: Catalogue, now: datetime, assumption_day: bool) -> Snapshot:
    """Everything from yesterday to the horizon, read afresh."""
    first = now.astimezone(BERLIN).date()
    crews, crew_of = await _crews(tx)
    open_days = _open_days(catalogue, first, assumption_day)
    snapshot = Snapshot(catalogue, crews, crew_of, first, open_days)
    end = now + timedelta(days=HORIZON_DAYS + 1)
    duties = (await tx.execute(select(DutyRow).where(DutyRow.ends_at > now, DutyRow.starts_at < end))).all()
    claims: dict[int, list[tuple[int, datetime | None]]] = {}
    query = select(ClaimRow.duty_id, ClaimRow.tick, ClaimRow.expires_at).join(
        DutyRow, DutyRow.id == ClaimRow.duty_id
    )
    for claim in await tx.execute(query.where(DutyRow.ends_at > now, DutyRow.starts_at < end)):
        claims.setdefault(claim.duty_id, []).append((claim.tick, claim.expires_at))
    for duty in duties:
        snapshot.put(duty, claims.get(duty.id, []))
    return snapshot


async def follow(tx: AsyncConnection, snapshot: Snapshot, duty_ids: set[int]) -> None:
    """Reads these duties again."""
    duties = (await tx.execute(select(DutyRow).where(DutyRow.id.in_(duty_ids)))).all()
    claims: dict[int, list[tuple[int, datetime | None]]] = {}
    query = select(ClaimRow.duty_id, ClaimRow.tick, ClaimRow.expires_at)
    for claim in await tx.execute(query.where(ClaimRow.duty_id.in_(duty_ids))):
        claims.setdefault(claim.duty_id, []).append((claim.tick, claim.expires_at))
    for duty_id in duty_ids - {duty.id for duty in duties}:
        snapshot.drop(duty_id)
    for duty in duties:
        snapshot.put(duty, claims.get(duty.id, []))


async def _crews(tx: AsyncConnection) -> tuple[list[Crew], dict[int, int]]:
    trained: dict[int, set[str]] = {}
    for training in await tx.execute(select(TrainingRow.staff_id, TrainingRow.service_id)):
        trained.setdefault(training.staff_id, set()).add(training.service_id)
    crews: dict[Crew, int] = {Crew(frozenset(), frozenset()): 0}
    crew_of = {}
    for staff in await tx.execute(select(StaffRow.id, StaffRow.languages)):
        crew = Crew(frozenset(trained.get(staff.id, ())), frozenset(staff.languages))
        crew_of[staff.id] = crews.setdefault(crew, len(crews))
    return list(crews), crew_of


def _open_days(catalogue: Catalogue, first: date, assumption_day: bool) -> dict[tuple[str | None, date], int]:
    last = first + timedelta(days=HORIZON_DAYS)
    masks: dict[tuple[str | None, date], int] = {}
    for site in (None, *catalogue.sites.values()):
        key = site.id if site else None
        for start, end in open_spans(site, first, last, catalogue.closures, assumption_day):
            for day in local_days(start, end):
                masks[key, day] = masks.get((key, day), 0) | span_mask(day, start, end)
    return masks
