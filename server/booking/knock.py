"""Knocking: a video consultation without an appointment. Come, wait, leave; calling somebody in is `knock_take.py`."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings_policy.classes import KNOCK
from recordings_policy.retention import DEFAULTS, Periods
from server.access import Knock, knock_by_token, knocks
from server.audit import record
from server.booking.availability import Calendar
from server.booking.confirm import open_case
from server.booking.knock_rules import MOST_PER_CLIENT, PATIENCE, Desk, Outlook, desks_now, outlook
from server.booking.model import CaseRow
from server.booking.model_knock import KnockRow
from server.booking.number import new_number
from server.booking.routing import Slot, Wish, wish_of
from server.clock import BERLIN, TICK, berlin, instant_of, tick_of
from server.contact import Contact
from server.db import Database
from server.errors import BadInput, Conflict, TooMany, VideoExcluded
from server.privacy.model_report import swept
from server.rooms.model_incident import excluded
from server.sealing import Keyring, derived_token, fingerprint
from server.settings import Settings

State = Literal["waiting", "called", "gone"]
SEEN_EVERY = timedelta(seconds=10)


class KnockClosed(Conflict):
    type = "closed"
    title = "Gerade ist niemand frei"
    detail = "Im Moment können wir niemanden ohne Termin sprechen. Sie können eine der nächsten freien Zeiten buchen."


class TooManyKnocks(TooMany):
    type = "too-many-knocks"
    detail = "Von hier warten schon mehrere. Bitte warten Sie, bis jemand von ihnen an der Reihe war."


@dataclass(frozen=True, slots=True)
class KnockAsk:
    """Who knocks and what for. `caller` is a keyed hash of network and browser, `client` of the network alone."""

    service: str
    name: str
    language: str
    spoken: str | None
    client: str
    caller: str


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in the line; `position` is 0 once it is over."""

    knock: Knock
    state: State
    position: int
    expected_minutes: int | None


def knock_token(secret: str, knock_id: str) -> str:
    """The token in the address of the waiting page."""
    return derived_token(secret, "knock", knock_id)


def needed_ticks(wish: Wish) -> int:
    """What a conversation takes of a duty from now on: preparing ahead is not possible any more."""
    return wish.ticks + wish.buffer_ticks


async def wish_to_knock(calendar: Calendar, service: str, spoken: str | None, now: datetime) -> Wish:
    """`BadInput` for a service that is unknown or does not go by video."""
    wish = wish_of(await calendar.catalogue(now), [(service, 1)], "video", None, spoken)
    if not wish.video:
        raise BadInput("Dieses Anliegen geht nicht per Video. Bitte wählen Sie einen Termin vor Ort.")
    return wish


async def desks_for(calendar: Calendar, wish: Wish, now: datetime) -> list[Desk]:
    snapshot = await calendar.snapshot(now)
    duties = snapshot.days.get(now.astimezone(BERLIN).date(), {}).values()
    [service] = wish.service_ids
    return desks_now(duties, snapshot.crews, service, needed_ticks(wish), wish.language, now)


def still_waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (KnockRow.state == "waiting", KnockRow.seen_at > now - PATIENCE)


async def outlook_of(
    db: Database, calendar: Calendar, service: str, spoken: str | None, now: datetime
) -> Outlook:
    """Whether one may knock for this now, how many wait, and how long it takes."""
    wish = await wish_to_knock(calendar, service, spoken, now)
    desks = await desks_for(calendar, wish, now)
    async with db.read() as tx:
        ahead = await _count(tx, now, KnockRow.service_id == service)
    return outlook(desks, ahead, needed_ticks(wish))


async def next_times(calendar: Calendar, service: str, spoken: str | None, now: datetime) -> list[Slot]:
    """The next free times for this by video or on site, for whoever finds the door closed."""
    wish = wish_of(await calendar.catalogue(now), [(service, 1)], "any", None, spoken)
    start = instant_of(tick_of(now))
    wanted = Slot(start, start + TICK * wish.ticks, "video", None)
    return await calendar.alternatives(wish, wanted, now, at_least=3)


async def opens_at(calendar: Calendar, service: str, spoken: str | None, now: datetime) -> datetime | None:
    """The next time by video within a week: about when somebody who knocks can be taken in."""
    wish = await wish_to_knock(calendar, service, spoken, now)
    today = berlin(now).date()
    return (await calendar.offers(wish, today, today + timedelta(days=7), now)).next_video


async def knock(
    db: Database, calendar: Calendar, keyring: Keyring, settings: Settings, ask: KnockAsk, now: datetime
) -> str:
    """Gets in line; the token of the own place. `KnockClosed` with the next free times, `VideoExcluded`, `TooManyKnocks`."""
    async with db.read() as tx:
        if await excluded(tx, [ask.caller], now):
            raise VideoExcluded(settings.phone)
        if await _count(tx, now, KnockRow.client_key == ask.client) >= MOST_PER_CLIENT:
            raise TooManyKnocks
    if not (await outlook_of(db, calendar, ask.service, ask.spoken, now)).open:
        free = await next_times(calendar, ask.service, ask.spoken, now)
        raise KnockClosed(next=[slot.as_json() for slot in free])
    knock_id = secrets.token_hex(16)
    token = knock_token(settings.secret.get_secret_value(), knock_id)
    async with db.write() as tx:
        row = {
            "id": knock_id,
            "token_hash": fingerprint(token),
            "number": new_number(),
            "state": "waiting",
            "service_id": ask.service,
            "language": ask.language,
            "spoken": ask.spoken,
            "case_id": await open_case(tx, keyring, Contact(ask.name, None, None, {}), now),
            "client_key": ask.client,
            "created_at": now,
            "seen_at": now,
        }
        await tx.execute(insert(KnockRow).values(**row))
        await record(tx, now, "citizen", "knock.waiting", knock_id)
    return token


async def look(db: Database, calendar: Calendar, token: str, now: datetime) -> Place:
    """The own place in the line. Looking is what keeps it: who does not look for long has gone."""
    async with db.read() as tx:
        own = await knock_by_token(tx, token)
        position = await position_of(tx, own, now)
    if own.state != "waiting" or own.seen_at <= now - PATIENCE:
        return Place(own, "called" if own.state == "called" else "gone", 0, None)
    if own.seen_at <= now - SEEN_EVERY:
        async with db.write() as tx:
            mine = update(KnockRow).where(KnockRow.id == own.id, KnockRow.state == "waiting")
            await tx.execute(mine.values(seen_at=now))
    wish = await wish_to_knock(calendar, own.service_id, own.spoken, now)
    ahead = outlook(await desks_for(calendar, wish, now), position - 1, needed_ticks(wish))
    return Place(own, "waiting", position, ahead.expected_minutes)


async def position_of(tx: AsyncConnection, own: Knock, now: datetime) -> int:
    """1 for who is next with this concern and language."""
    earlier = (KnockRow.created_at < own.created_at) | (
        (KnockRow.created_at == own.created_at) & (KnockRow.id < own.id)
    )
    alike = (KnockRow.service_id == own.service_id, KnockRow.spoken.is_not_distinct_from(own.spoken))
    return 1 + await _count(tx, now, earlier, *alike)


async def leave(db: Database, token: str, now: datetime) -> None:
    """The citizen goes; safe to repeat. Who was called in the same moment has an appointment."""
    async with db.write() as tx:
        own = await knock_by_token(tx, token)
        await _end(tx, [own], now)


async def tidy_knocks(db: Database, now: datetime, periods: Periods = DEFAULTS) -> None:
    """Who has not looked for long is gone with all that is personal; in its time the row goes too."""
    async with db.write() as tx:
        silent = await knocks(tx, KnockRow.state == "waiting", KnockRow.seen_at <= now - PATIENCE)
        await _end(tx, silent, now)
        old = KnockRow.created_at <= now - periods.of(KNOCK)
        cases = list(await tx.scalars(select(KnockRow.case_id).where(old, KnockRow.state == "gone")))
        gone = await tx.execute(delete(KnockRow).where(old))
        await swept(tx, KNOCK, gone.rowcount, now)
        await tx.execute(delete(CaseRow).where(CaseRow.id.in_(cases)))


async def _end(tx: AsyncConnection, some: list[Knock], now: datetime) -> None:
    """Out of the line, and the case's key destroyed with the name in it."""
    for one in some:
        mine = update(KnockRow).where(KnockRow.id == one.id, KnockRow.state == "waiting")
        if (await tx.execute(mine.values(state="gone", ended_at=now, client_key=""))).rowcount:
            emptied = {"wrapped_key": None, "contact_sealed": None, "closed_at": now}
            await tx.execute(update(CaseRow).where(CaseRow.id == one.case_id).values(**emptied))


async def _count(tx: AsyncConnection, now: datetime, *which: ColumnElement[bool]) -> int:
    return await tx.scalar(select(func.count()).where(*still_waiting(now), *which)) or 0
