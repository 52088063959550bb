"""Freed times go to the waiting list first: in the order of joining, one open offer each, kept until it runs out.

A recurring job; every step is one transaction that may be repeated, by several processes at once, and killed anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings_policy.retention import DEFAULTS, Periods
from server.access import WaitingEntry, waiting_entries
from server.booking.availability import Calendar, starts_of_day
from server.booking.calendar import bits, first_tick
from server.booking.claim import Candidate, Span, announce, candidates, insert_claims, span_of
from server.booking.end_waiting import end_entries, end_offers
from server.booking.hold import NEW, HoldAsk, new_hold
from server.booking.model import AppointmentRow, ClaimRow, DutyRow
from server.booking.model_waiting import FreedRow, WaitingRow
from server.booking.routing import Wish, WishMode, wish_of
from server.booking.snapshot import Snapshot
from server.catalog.model import Mode
from server.clock import BERLIN, berlin, instant_of
from server.db import Database
from server.errors import BadInput, SlotTaken
from server.notices import outbox
from server.settings import Settings

GRACE = timedelta(minutes=10)
NOTICE = timedelta(hours=2)
SHORTEST_OFFER = timedelta(minutes=30)
AWAKE_FROM, AWAKE_UNTIL = time(7), time(21)
"""Nobody has to answer at night: what would run out before the morning is left to the public."""
AT_ONCE = 50


class Lost(Exception):
    """Another process dealt with this entry or this time first."""


@dataclass(frozen=True, slots=True)
class Found:
    """A time that fits a wish; on `duty_id` alone where it was freed there, else wherever it is free."""

    start: datetime
    mode: Mode
    site: str | None
    duty_id: int | None = None


async def offer_times(
    db: Database, calendar: Calendar, settings: Settings, now: datetime, periods: Periods = DEFAULTS
) -> int:
    """Ends what ran out or is over, then offers what is free to those who wait; returns how many offers were made."""
    await end_offers(db, now)
    await end_entries(db, now, periods)
    async with db.read() as tx:
        waiting = (WaitingRow.state == "waiting", WaitingRow.last_day >= berlin(now).date())
        entries = (await waiting_entries(tx, *waiting))[:AT_ONCE]
        freed = (
            await tx.execute(select(FreedRow).where(FreedRow.rest_until > now).order_by(FreedRow.created_at))
        ).all()
    if not entries:
        return 0
    made = 0
    left = list(entries)
    for span in freed:
        for entry in list(left):
            if await _offer_freed(db, calendar, settings, entry, span, now):
                left.remove(entry)
                made += 1
                break
    for entry in left:
        made += await _offer_public(db, calendar, settings, entry, now)
    if made:
        calendar.touch()
    return made


async def _offer_freed(
    db: Database, calendar: Calendar, settings: Settings, entry: WaitingEntry, freed: Any, now: datetime
) -> bool:
    """Whether the entry could be offered a time in this freed span."""
    snapshot = await calendar.snapshot(now)
    async with db.read() as tx:
        alone = await _duty_alone(tx, snapshot, freed.duty_id, now)
        last = await _last_offered(tx, entry)
    ticks = range(freed.first_tick, freed.first_tick + freed.ticks)
    days = {berlin(instant_of(tick)).date() for tick in (ticks[0], ticks[-1])}
    for found in _fitting(alone, entry, sorted(days), now):
        wish = _wish(snapshot, entry)
        span = span_of(wish, found.start, found.mode, found.site, now)
        if set(span.ticks) & set(ticks) and found.start != last:
            return await _try(db, settings, entry, span, [Candidate(freed.duty_id, True)], now)
    return False


async def _offer_public(
    db: Database, calendar: Calendar, settings: Settings, entry: WaitingEntry, now: datetime
) -> bool:
    """The same with what is free for everybody anyway: a new duty, a release, growth."""
    snapshot = await calendar.snapshot(now)
    first, last = max(entry.first_day, berlin(now).date()), entry.last_day
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    async with db.read() as tx:
        last_offered = await _last_offered(tx, entry)
    for found in _fitting(snapshot, entry, days, now):
        if found.start == last_offered:
            continue
        wish = _wish(snapshot, entry)
        span = span_of(wish, found.start, found.mode, found.site, now)
        async with db.read() as tx:
            duties = await candidates(tx, wish, span, snapshot.catalogue, settings.assumption_day, now)
        return await _try(db, settings, entry, span, duties, now)
    return False


async def _try(
    db: Database,
    settings: Settings,
    entry: WaitingEntry,
    span: Span,
    duties: list[Candidate],
    now: datetime,
) -> bool:
    for duty in duties:
        try:
            async with db.write() as tx:
                await _offer(tx, settings, entry, span, duty, now)
        except SlotTaken:
            continue
        except Lost:
            return False
        return True
    return False


async def _offer(
    tx: AsyncConnection, settings: Settings, entry: WaitingEntry, span: Span, duty: Candidate, now: datetime
) -> None:
    """Keeps the time for the entry: the claims' key decides about the time, the entry's state about the entry."""
    until = min(now + timedelta(hours=settings.offer_hours), span.start - NOTICE)
    ask = HoldAsk(entry.services, span.mode, span.site, span.start, entry.language, "online", "")
    held, row = new_hold(span, duty.id, ask, settings, now)
    row |= {"expires_at": until + GRACE, "waiting_id": entry.id}
    one = update(WaitingRow).where(WaitingRow.id == entry.id, WaitingRow.state == "waiting")
    offered = one.values(
        state="offered", offered_id=row["id"], offer_until=until, offers=WaitingRow.offers + 1
    )
    if (await tx.execute(offered)).rowcount != 1:
        raise Lost
    resting = (
        ClaimRow.duty_id == duty.id,
        ClaimRow.tick.in_(list(span.ticks)),
        ClaimRow.appointment_id.is_(None),
    )
    await tx.execute(delete(ClaimRow).where(*resting, ClaimRow.expires_at.is_not(None)))
    await tx.execute(NEW, row)
    await insert_claims(tx, duty, span.ticks, row["id"], row["expires_at"], now)
    await announce(tx, duty.id, now)
    facts = {
        "start": held.start.isoformat(),
        "end": held.end.isoformat(),
        "mode": held.mode,
        "site": held.site,
        "number": row["number"],
        "sequence": 0,
        "services": [list(pair) for pair in entry.services],
        "until": until.isoformat(),
    }
    await outbox.post(tx, "offered", None, facts, now, waiting_id=entry.id)


def _fitting(snapshot: Snapshot, entry: WaitingEntry, days: list[date], now: datetime) -> Iterator[Found]:
    """Starts inside the entry's window, the earliest first; those too near for an answer are left out."""
    try:
        wish = _wish(snapshot, entry)
    except BadInput:
        return
    for day in days:
        if not entry.first_day <= day <= entry.last_day or day.weekday() not in entry.weekdays:
            continue
        found = [
            Found(instant_of(first_tick(day) + bit), mode, site)
            for (mode, site), mask in starts_of_day(snapshot, wish, day, now).items()
            if entry.mode in ("any", mode)
            for bit in bits(mask)
        ]
        for one in sorted(found, key=lambda one: (one.start, one.mode != "video")):
            if _inside(entry, wish, one.start) and one.start - NOTICE >= awake(now) + SHORTEST_OFFER:
                yield one


def awake(now: datetime) -> datetime:
    """From when on somebody can be expected to read a mail that is sent now."""
    local = berlin(now)
    if AWAKE_FROM <= local.time() < AWAKE_UNTIL:
        return now
    day = local.date() + timedelta(days=local.time() >= AWAKE_UNTIL)
    return datetime.combine(day, AWAKE_FROM, BERLIN).astimezone(now.tzinfo)


def _inside(entry: WaitingEntry, wish: Wish, start: datetime) -> bool:
    midnight = datetime.combine(berlin(start).date(), time(), BERLIN)
    begins = berlin(start).hour * 60 + berlin(start).minute
    return midnight <= start and entry.earliest <= begins and begins + wish.minutes <= entry.latest


def _wish(snapshot: Snapshot, entry: WaitingEntry) -> Wish:
    modes: dict[str, WishMode] = {"video": "video", "onsite": "onsite"}
    mode = modes.get(entry.mode, "any")
    return wish_of(snapshot.catalogue, entry.services, mode, entry.site_id, entry.spoken)


async def _duty_alone(tx: AsyncConnection, snapshot: Snapshot, duty_id: int, now: datetime) -> Snapshot:
    """The calendar as if there were this duty only, with what rests taken as free."""
    alone = Snapshot(snapshot.catalogue, snapshot.crews, snapshot.crew_of, snapshot.first, snapshot.open_days)
    duty = (await tx.execute(select(DutyRow).where(DutyRow.id == duty_id, DutyRow.ends_at > now))).first()
    if duty is not None:
        query = select(ClaimRow.tick, ClaimRow.expires_at, ClaimRow.appointment_id)
        claims = (await tx.execute(query.where(ClaimRow.duty_id == duty_id))).all()
        taken = [(c.tick, c.expires_at) for c in claims if c.appointment_id or c.expires_at is None]
        alone.put(duty, taken)
    return alone


async def _last_offered(tx: AsyncConnection, entry: WaitingEntry) -> datetime | None:
    """The start that this entry let go: it is not asked about the same again."""
    return await tx.scalar(select(AppointmentRow.starts_at).where(AppointmentRow.id == entry.offered_id))
