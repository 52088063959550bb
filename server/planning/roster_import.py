"""A roster file: shown first, taken over as it was shown, and taken back. Reading files is in `roster_file`.

What a preview shows is stored; taking it over asks again for every line whether it still is as shown, and else
changes nothing.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Staff
from server.audit import record
from server.booking.model import DutyRow, RosterImportRow
from server.catalog.hours import Closures, is_closed
from server.clock import berlin
from server.db import Database
from server.errors import Conflict, NotFound
from server.people.model import StaffRow
from server.planning.crew import clerks, closures, site_names
from server.planning.duties import Duty, add_duties, known_duties, lock_clerks
from server.planning.remove import remove_unused
from server.planning.roster_file import Entry, Line, Wrong

STATES = ("new", "same", "conflict", "closed", "wrong")
CATALOGUE = "katalog"
REACH = timedelta(days=400)


class RosterChanged(Conflict):
    """Between preview and taking over somebody changed the roster."""

    type = "roster-changed"
    title = "Der Dienstplan hat sich geändert"
    detail = "Seit der Vorschau wurde der Dienstplan geändert. Es wurde nichts übernommen. Bitte laden Sie die Datei noch einmal."


class NotInThisState(Conflict):
    """An import is taken over once, and taken back once."""

    type = "import-state"
    detail = "Dieser Import ist schon erledigt. Bitte laden Sie die Seite neu."


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file and what taking it over would do."""

    number: int
    state: str
    text: str
    duty: Duty | None = None
    login: str = ""


async def preview(
    db: Database,
    staff: Staff,
    name: str,
    kind: str,
    entries: Sequence[Entry],
    now: datetime,
    assumption_day: bool,
) -> str:
    """Stores what the file would change, and changes nothing else; returns the import's id."""
    import_id = secrets.token_hex(16)
    async with db.write() as tx:
        rows = await resolve(tx, entries, now, assumption_day)
        values = {
            "id": import_id,
            "staff_id": staff.id,
            "kind": kind,
            "name": name,
            "state": "previewed",
            "rows": [_stored(row) for row in rows],
            "created_at": now,
        }
        await tx.execute(insert(RosterImportRow), values)
    return import_id


async def apply(db: Database, staff: Staff, import_id: str, now: datetime, assumption_day: bool) -> int:
    """Makes the duties that the preview showed as new; returns how many.

    Raises `NotFound`, `NotInThisState`, and `RosterChanged` when a line no longer is what it was.
    """
    async with db.write() as tx:
        await _step(tx, import_id, "previewed", "applied", applied_at=now)
        shown = await _rows(tx, import_id)
        planned = [row for row in shown if row.duty is not None]
        await lock_clerks(tx, [row.duty.staff_id for row in planned if row.duty])
        again = await judge(tx, planned, now, assumption_day)
        if [row.state for row in again] != [row.state for row in planned]:
            raise RosterChanged
        fresh = [replace(row.duty, import_id=import_id) for row in again if row.duty and row.state == "new"]
        await add_duties(tx, fresh, now)
        await record(tx, now, staff.actor, "roster.apply", import_id, duties=len(fresh))
    return len(fresh)


async def undo(db: Database, staff: Staff, import_id: str, now: datetime) -> list[int]:
    """Removes the duties of this import that hold no appointment; returns the ids of the others."""
    async with db.write() as tx:
        await _step(tx, import_id, "applied", "undone", undone_at=now)
        mine = select(DutyRow.id).where(DutyRow.import_id == import_id, DutyRow.starts_at < DutyRow.ends_at)
        kept = await remove_unused(tx, set(await tx.scalars(mine)), now)
        await record(tx, now, staff.actor, "roster.undo", import_id, kept=len(kept))
    return kept


async def load_import(tx: AsyncConnection, import_id: str) -> tuple[Any, list[int]]:
    """The row with who made it, and the duties of it that are still there. Raises `NotFound`."""
    query = select(RosterImportRow, StaffRow.display).join(StaffRow, StaffRow.id == RosterImportRow.staff_id)
    one = query.where(RosterImportRow.id == import_id, RosterImportRow.kind != CATALOGUE)
    row = (await tx.execute(one)).first()
    if row is None:
        raise NotFound
    mine = (DutyRow.import_id == import_id, DutyRow.starts_at < DutyRow.ends_at)
    there = await tx.scalars(select(DutyRow.id).where(*mine).order_by(DutyRow.starts_at))
    return row, list(there)


async def load_imports(tx: AsyncConnection, most: int = 50) -> list[Any]:
    """The history, newest first."""
    query = select(RosterImportRow, StaffRow.display).join(StaffRow, StaffRow.id == RosterImportRow.staff_id)
    newest = query.where(RosterImportRow.kind != CATALOGUE).order_by(RosterImportRow.created_at.desc())
    return list((await tx.execute(newest.limit(most))).all())


async def _step(tx: AsyncConnection, import_id: str, old: str, new: str, **at: datetime) -> None:
    one = (RosterImportRow.id == import_id, RosterImportRow.kind != CATALOGUE)
    taken = await tx.execute(
        update(RosterImportRow).where(*one, RosterImportRow.state == old).values(state=new, **at)
    )
    if taken.rowcount == 1:
        return
    if await tx.scalar(select(RosterImportRow.id).where(*one)) is None:
        raise NotFound
    raise NotInThisState


async def _rows(tx: AsyncConnection, import_id: str) -> list[Row]:
    stored = await tx.scalar(select(RosterImportRow.rows).where(RosterImportRow.id == import_id))
    return [row_of(one) for one in stored or []]


async def resolve(
    tx: AsyncConnection, entries: Sequence[Entry], now: datetime, assumption_day: bool
) -> list[Row]:
    """Names become clerks and sites; then each line is judged."""
    people: dict[str, Any] = {}
    for clerk in await clerks(tx):
        people.setdefault(clerk.display.casefold(), clerk)
    people |= {clerk.login.casefold(): clerk for clerk in await clerks(tx)}
    names = await site_names(tx)
    sites = {name.casefold(): site_id for site_id, name in names.items()} | {name: name for name in names}
    rows = [_resolve(entry, people, sites, now) for entry in entries]
    judged = iter(await judge(tx, [row for row in rows if row.duty], now, assumption_day))
    return [next(judged) if row.duty else row for row in rows]


def _resolve(entry: Entry, people: dict[str, Any], sites: dict[str, str], now: datetime) -> Row:
    if isinstance(entry, Wrong):
        return Row(entry.number, "wrong", entry.why)
    clerk = next((people[name.casefold()] for name in entry.who if name.casefold() in people), None)
    if clerk is None:
        return Row(entry.number, "wrong", f"„{entry.who[0]}“ kann keinen Dienst übernehmen.")
    site = sites.get((entry.place or "").casefold())
    if entry.place is not None and site is None:
        return Row(entry.number, "wrong", f"Den Standort „{entry.place[:64]}“ gibt es nicht.")
    if entry.ends_at <= now or entry.starts_at > now + REACH:
        return Row(entry.number, "wrong", "Der Dienst ist vorbei oder liegt mehr als 400 Tage voraus.")
    return Row(entry.number, "new", "", _duty(entry, clerk.id, site), clerk.login)


def _duty(line: Line, staff_id: int, site: str | None) -> Duty:
    place: Any = "desk" if site else "home"
    return Duty(staff_id, place, line.starts_at, line.ends_at, site, line.desk, line.video or site is None)


async def judge(tx: AsyncConnection, rows: Sequence[Row], now: datetime, assumption_day: bool) -> list[Row]:
    """What each duty would be today: new, there already, in conflict, or on a closed day."""
    duties = [row.duty for row in rows if row.duty]
    known: dict[int, list[Duty]] = {}
    for duty in await known_duties(tx, duties) if duties else []:
        known.setdefault(duty.staff_id, []).append(duty)
    closed = await closures(tx)
    judged = []
    for row in rows:
        assert row.duty is not None
        state, text = _judge(row.duty, known.get(row.duty.staff_id, []), closed, assumption_day)
        if row.duty.ends_at <= now:
            state, text = "wrong", "Der Dienst ist inzwischen vorbei."
        if state == "new":  # the next line of this file meets it
            known.setdefault(row.duty.staff_id, []).append(row.duty)
        judged.append(replace(row, state=state, text=text))
    return judged


def _judge(duty: Duty, known: list[Duty], closed: Closures, assumption_day: bool) -> tuple[str, str]:
    meets = [one for one in known if one.starts_at < duty.ends_at and duty.starts_at < one.ends_at]
    if any(_what(one) == _what(duty) for one in meets):
        return "same", "Dieser Dienst ist schon geplant."
    if meets:
        spans = ", ".join(f"{berlin(d.starts_at):%H:%M}–{berlin(d.ends_at):%H:%M}" for d in meets[:3])
        return "conflict", f"Überschneidet sich mit einem anderen Dienst dieser Person ({spans})."
    if is_closed(duty.site_id, berlin(duty.starts_at).date(), closed, assumption_day):
        return "closed", "Feiertag oder Schließtag: An diesem Tag wird kein Dienst angelegt."
    return "new", ""


def _what(duty: Duty) -> tuple[Any, ...]:
    return duty.starts_at, duty.ends_at, duty.place, duty.site_id, duty.desk


def counts(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How many lines are in which state."""
    found = Counter(row["state"] for row in rows)
    return {state: found.get(state, 0) for state in STATES}


def _stored(row: Row) -> dict[str, Any]:
    stored: dict[str, Any] = {"line": row.number, "state": row.state, "text": row.text}
    if row.duty is None:
        return stored
    duty = row.duty
    return {
        **stored,
        "login": row.login,
        "staff_id": duty.staff_id,
        "start": duty.starts_at.isoformat(),
        "end": duty.ends_at.isoformat(),
        "site": duty.site_id,
        "desk": duty.desk,
        "video": duty.takes_video,
    }


def row_of(stored: dict[str, Any]) -> Row:
    """A stored line as it was judged."""
    line, state, text = stored["line"], stored["state"], stored["text"]
    if "staff_id" not in stored:
        return Row(line, state, text)
    start, end = (datetime.fromisoformat(stored[edge]) for edge in ("start", "end"))
    place: Any = "desk" if stored["site"] else "home"
    duty = Duty(stored["staff_id"], place, start, end, stored["site"], stored["desk"], stored["video"])
    return Row(line, state, text, duty, stored["login"])
