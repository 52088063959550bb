"""Free times: what can be offered for a wish, from the calendar in memory. Nothing is reserved here."""

import asyncio
import time
from collections.abc import Hashable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.answers import Answers
from server.booking.calendar import JETZT, bits, first_tick, fits, grid
from server.booking.model import CalendarChangeRow
from server.booking.release import EVERYTHING, open_now
from server.booking.routing import Day, Offers, Slot, Wish, modes_to_search, reasons_for
from server.booking.snapshot import HORIZON_DAYS, Snapshot, follow, load
from server.booking.spoken import not_spoken, spoken_by
from server.catalog.model import Catalogue, Mode
from server.catalog.services import load_catalogue
from server.clock import BERLIN, TICK, ceil_tick, instant_of, tick_of
from server.db import Database
from server.errors import Unavailable

LOOK_EVERY_S = 0.25
RELOAD_EVERY = timedelta(hours=1)
WITHOUT_DATABASE_S = 60.0
OVERLAP = 500
"""Change numbers are handed out before commit: one that commits late is found by looking back this far."""

Kind = tuple[Mode, str | None]


class Calendar:
    """Keeps a `Snapshot` up to date and answers questions about free times from it."""

    def __init__(self, db: Database, *, assumption_day: bool = True) -> None:
        self.answers = Answers()
        self.version = 0
        self._db = db
        self._assumption_day = assumption_day
        self._snapshot: Snapshot | None = None
        self._loaded_at: datetime | None = None
        self._looked = self._last_look = 0.0
        self._touches = 0
        self._catalogue_changes = self._changes_seen = 0
        self._recent: set[int] = set()
        self._seen = 0
        self._one_look = asyncio.Lock()

    def touch(self) -> None:
        """This process changed the calendar: the next question looks first."""
        self._looked = 0.0
        self._touches += 1

    def catalogue_changed(self) -> None:
        """This process changed what the city offers: the next question looks first, whatever it is about."""
        self.touch()
        self._catalogue_changes += 1

    async def catalogue(self, now: datetime) -> Catalogue:
        """The city's offer; a change of duties alone is no reason to look again."""
        recent = time.monotonic() - self._last_look < LOOK_EVERY_S
        if self._snapshot is not None and recent and self._changes_seen == self._catalogue_changes:
            return self._snapshot.catalogue
        return (await self.snapshot(now)).catalogue

    async def snapshot(self, now: datetime) -> Snapshot:
        """The calendar, at most a quarter of a second old."""
        if self._snapshot is None or time.monotonic() - self._looked >= LOOK_EVERY_S:
            async with self._one_look:
                if self._snapshot is None or time.monotonic() - self._looked >= LOOK_EVERY_S:
                    await self._look(now)
        assert self._snapshot is not None
        return self._snapshot

    async def _look(self, now: datetime) -> None:
        looked, touches, changes = time.monotonic(), self._touches, self._catalogue_changes
        try:
            async with self._db.read() as tx:
                if self._snapshot is None or self._stale(now):
                    await self._reload(tx, now)
                else:
                    await self._follow(tx, self._snapshot, now)
        except Unavailable:
            if self._snapshot is None or looked - self._last_look > WITHOUT_DATABASE_S:
                raise
            self._looked = looked
            return
        self._last_look = looked
        self._changes_seen = changes  # one that came meanwhile may not be among what was read
        self._looked = looked if touches == self._touches else 0.0  # touched meanwhile: look once more

    def _stale(self, now: datetime) -> bool:
        assert self._snapshot is not None
        assert self._loaded_at is not None
        return (
            abs(now - self._loaded_at) > RELOAD_EVERY or now.astimezone(BERLIN).date() != self._snapshot.first
        )

    async def _reload(self, tx: AsyncConnection, now: datetime) -> None:
        self._seen = await tx.scalar(select(func.max(CalendarChangeRow.id))) or 0
        recent = select(CalendarChangeRow.id).where(CalendarChangeRow.id > self._seen - OVERLAP)
        self._recent = set(await tx.scalars(recent))
        self._snapshot = await load(tx, await load_catalogue(tx), now, self._assumption_day)
        self._loaded_at = now
        self.version += 1

    async def _follow(self, tx: AsyncConnection, snapshot: Snapshot, now: datetime) -> None:
        query = select(CalendarChangeRow.id, CalendarChangeRow.duty_id)
        rows = (await tx.execute(query.where(CalendarChangeRow.id > self._seen - OVERLAP))).all()
        fresh = [row for row in rows if row.id not in self._recent]
        if any(row.duty_id is None for row in fresh):
            await self._reload(tx, now)
            return
        if fresh:
            await follow(tx, snapshot, {row.duty_id for row in fresh if row.duty_id is not None})
            self.version += 1
            self._seen = max(self._seen, *(row.id for row in fresh))
            self._recent = {row.id for row in rows if row.id > self._seen - OVERLAP}

    async def offers(
        self, wish: Wish, first: date, last: date, now: datetime, language: str = "de"
    ) -> Offers:
        """What can be had from `first` to `last` (both included), by the routing rules, with the reasons."""
        snapshot = await self.snapshot(now)
        days = _days(first, last)
        starts, wish = _starts(snapshot, wish, days, now)
        video_is_free = any(("video", None) in modes for modes in starts.values())
        shown = modes_to_search(wish, video_is_free)
        found = [Day(day, _slots(wish, day, starts[day], shown)) for day in days]
        next_video, next_onsite = self._next(snapshot, wish, now)
        anything_free = any(day.slots for day in found)
        reasons = reasons_for(
            wish,
            language,
            video_is_free=video_is_free,
            anything_free=anything_free,
            next_video=next_video,
            more_later=not anything_free and _more_later(snapshot, wish, days, now),
        )
        if wish.language and not wish.must_speak:
            reasons.append(not_spoken(wish.language, language, self._next_spoken(snapshot, wish, now)))
        matched = wish.language if wish.must_speak else None
        return Offers([day for day in found if day.slots], next_video, next_onsite, reasons, matched)

    async def languages(self, wish: Wish, now: datetime) -> tuple[str, ...]:
        """What the clerks who can do this speak beside German."""
        return spoken_by((await self.snapshot(now)).crews, wish)

    def _next_spoken(self, snapshot: Snapshot, wish: Wish, now: datetime) -> datetime | None:
        next_video, next_onsite = self._next(snapshot, replace(wish, must_speak=True), now)
        return min((at for at in (next_video, *next_onsite.values()) if at), default=None)

    def keep(self, key: Hashable, answer: bytes, now: datetime) -> None:
        """Keeps an answer just made from this calendar, without waiting for anything in between."""
        assert self._snapshot is not None
        self.answers.keep(key, answer, self.version, now, self._snapshot.next_expiry(now))

    async def is_offered(self, wish: Wish, slot: Slot, now: datetime) -> bool:
        """Whether this very time would be offered now."""
        snapshot = await self.snapshot(now)
        day = slot.start.astimezone(BERLIN).date()
        mask = starts_of_day(snapshot, wish, day, now).get((slot.mode, slot.site), 0)
        return bool(mask >> (tick_of(slot.start) - first_tick(day)) & 1)

    async def alternatives(self, wish: Wish, slot: Slot, now: datetime, at_least: int = 3) -> list[Slot]:
        """The nearest free times, those of the same kind first; fewer only when the whole horizon has fewer."""
        snapshot = await self.snapshot(now)
        middle = slot.start.astimezone(BERLIN).date()
        same: list[Slot] = []
        other: list[Slot] = []
        for distance in range(HORIZON_DAYS):
            for day in {middle - timedelta(days=distance), middle + timedelta(days=distance)}:
                starts = starts_of_day(snapshot, wish, day, now)
                for found in _slots(wish, day, starts, ("video", "onsite")):
                    (same if (found.mode, found.site) == (slot.mode, slot.site) else other).append(found)
            if len(same) >= at_least or (len(same) + len(other) >= at_least and distance > 14):
                break
        ranked = sorted(same, key=lambda found: abs(found.start - slot.start))
        ranked += sorted(other, key=lambda found: abs(found.start - slot.start))
        return ranked[: max(at_least, 5)]

    async def count_free(self, wish: Wish, first: date, last: date, now: datetime) -> dict[str, int]:
        """How many start times there are by mode, for the scheduler's view of an effect."""
        snapshot = await self.snapshot(now)
        counts = {"video": 0, "onsite": 0}
        for day in _days(first, last):
            for (mode, _), mask in starts_of_day(snapshot, wish, day, now).items():
                counts[mode] += mask.bit_count()
        return counts

    def _next(
        self, snapshot: Snapshot, wish: Wish, now: datetime
    ) -> tuple[datetime | None, dict[str, datetime]]:
        wanted: set[Kind] = {("onsite", site) for site in wish.sites if wish.onsite}
        if wish.video:
            wanted.add(("video", None))
        found: dict[Kind, datetime] = {}
        for day in sorted(snapshot.days):
            if wanted <= found.keys():
                break
            for key, mask in starts_of_day(snapshot, wish, day, now).items():
                if key not in found:
                    found[key] = instant_of(first_tick(day) + (mask & -mask).bit_length() - 1)
        return found.get(("video", None)), {
            site: at for (mode, site), at in found.items() if mode == "onsite" and site
        }


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def starts_of_day(snapshot: Snapshot, wish: Wish, day: date, now: datetime) -> dict[Kind, int]:
    """Masks of the starts that can be had on a day, by mode and site; empty ones are left out."""
    duties = snapshot.days.get(day)
    if not duties:
        return {}
    ids, ticks, prep, language = wish.service_ids, wish.claimed_ticks, wish.prep_ticks, wish.language
    channel = wish.channel
    soon = tick_of(now + JETZT) - first_tick(day)
    able = [ids <= crew.services for crew in snapshot.crews]
    if language and wish.must_speak:
        able = [fit and language in crew.languages for fit, crew in zip(able, snapshot.crews, strict=True)]
    base_grid = grid(day, wish.step_ticks)
    video, sites = 0, dict.fromkeys(wish.sites, 0) if wish.onsite else {}
    wants_video = wish.video
    for duty in duties.values():
        if not able[duty.crew]:
            continue
        site = duty.site
        on_site = not duty.home and site in sites and (wish.site is None or wish.site == site)
        if not on_site and not (wants_video and duty.takes_video):
            continue
        free = open_now(duty, channel, now) if duty.held or duty.plan else duty.free
        starts = fits(free, ticks) << prep
        starts &= grid(day, duty.step_ticks) if duty.step_ticks else base_grid
        if duty.demo:
            starts &= (1 << soon) - 1 if soon > 0 else 0
        if wants_video and duty.takes_video:
            video |= starts
        if on_site and site is not None:
            sites[site] |= starts
    return _after_lead(wish, day, now, video, sites)


def _starts(
    snapshot: Snapshot, wish: Wish, days: list[date], now: datetime
) -> tuple[dict[date, dict[Kind, int]], Wish]:
    """The starts with clerks who speak the wished language; with all clerks where those have nothing free."""
    if wish.language:
        strict = replace(wish, must_speak=True)
        starts = {day: starts_of_day(snapshot, strict, day, now) for day in days}
        if any(starts.values()):
            return starts, strict
    wish = replace(wish, must_speak=False)
    return {day: starts_of_day(snapshot, wish, day, now) for day in days}, wish


def _more_later(snapshot: Snapshot, wish: Wish, days: list[date], now: datetime) -> bool:
    """Whether there would be times if all that is planned were released already."""
    if not snapshot.catalogue.release:
        return False
    everything = replace(wish, channel=EVERYTHING)
    return any(starts_of_day(snapshot, everything, day, now) for day in days)


def _after_lead(wish: Wish, day: date, now: datetime, video: int, sites: dict[str, int]) -> dict[Kind, int]:
    starts: dict[Kind, int] = {}
    if video and (mask := video & ~_too_soon(day, now + wish.lead("video"))):
        starts["video", None] = mask
    too_soon = _too_soon(day, now + wish.lead("onsite"))
    for site, mask in sites.items():
        if mask := mask & ~too_soon:
            starts["onsite", site] = mask
    return starts


def _too_soon(day: date, earliest: datetime) -> int:
    bit = ceil_tick(earliest) - first_tick(day)
    return (1 << bit) - 1 if bit > 0 else 0


def _slots(wish: Wish, day: date, starts: dict[Kind, int], modes: tuple[Mode, ...]) -> list[Slot]:
    base, length = first_tick(day), TICK * wish.ticks
    found = []
    for (mode, site), mask in starts.items():
        if mode in modes:
            for bit in bits(mask):
                start = instant_of(base + bit)
                found.append(Slot(start, start + length, mode, site))
    return found
