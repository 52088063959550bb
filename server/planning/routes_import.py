"""Roster files by the API: send one and see what it would change, take it over, take it back."""

import asyncio
from datetime import timedelta
from typing import Any

from server.clock import berlin
from server.errors import TooLarge
from server.planning.roster_calendar import read_calendar
from server.planning.roster_file import MOST_BYTES, RosterRefused, kind_of, read_csv
from server.planning.roster_import import (
    NotInThisState,
    RosterChanged,
    apply,
    counts,
    load_import,
    load_imports,
    preview,
    undo,
)
from server.planning.shapes import ImportOut, ImportRowOut
from server.web.api import Endpoint, Reply
from server.web.call import Call
from server.web.file_form import read_file_form

SCHEDULER = frozenset({"scheduler", "admin"})
AHEAD = timedelta(days=400)


async def take_file(call: Call, *, csrf: bool) -> str:
    """Reads the file of a form and stores its preview; returns the import's id."""
    form = await read_file_form(call, MOST_BYTES, csrf=csrf)
    kind = kind_of(form.name, form.data)
    today = berlin(call.now).date()
    if kind == "ics":
        entries = await asyncio.to_thread(read_calendar, form.data, today, today + AHEAD)
    else:
        entries = await asyncio.to_thread(read_csv, form.data)
    office = call.office
    name = form.name.replace("\0", "") or "Dienstplan"
    return await preview(
        office.db, call.member, name, kind, entries, call.now, office.settings.assumption_day
    )


async def post_import(call: Call) -> Reply:
    import_id = await take_file(call, csrf=False)
    async with call.office.db.read() as tx:
        row, _ = await load_import(tx, import_id)
    return Reply(_out(row, []), 201)


async def list_imports(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        rows = await load_imports(tx)
    return Reply([_out(row, None, rows=False) for row in rows])


async def show_import(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        row, there = await load_import(tx, call.path("import"))
    return Reply(_out(row, there if row.state == "undone" else None))


async def apply_import(call: Call) -> Reply:
    office = call.office
    await apply(office.db, call.member, call.path("import"), call.now, office.settings.assumption_day)
    office.calendar.touch()
    return await show_import(call)


async def undo_import(call: Call) -> Reply:
    await undo(call.office.db, call.member, call.path("import"), call.now)
    call.office.calendar.touch()
    return await show_import(call)


def _out(row: Any, kept: list[int] | None, *, rows: bool = True) -> ImportOut:
    names = ("line", "state", "text", "login", "start", "end")
    shown = [ImportRowOut(**{k: one[k] for k in names if k in one}) for one in row.rows] if rows else None
    return ImportOut(
        id=row.id,
        name=row.name,
        kind=row.kind,
        state=row.state,
        by=row.display,
        created_at=row.created_at,
        applied_at=row.applied_at,
        undone_at=row.undone_at,
        counts=counts(row.rows),
        rows=shown,
        kept=kept,
    )


PATH = "/api/v1/office/roster-imports"
endpoints = [
    Endpoint(
        "POST",
        PATH,
        post_import,
        "Einen Dienstplan (CSV, iCalendar) zur Vorschau senden; geändert wird nichts",
        {201: ImportOut},
        refusals=(RosterRefused, TooLarge),
        roles=SCHEDULER,
        consumes="multipart/form-data",
    ),
    Endpoint("GET", PATH, list_imports, "Die letzten Importe", {200: list[ImportOut]}, roles=SCHEDULER),
    Endpoint(
        "GET",
        f"{PATH}/{{import}}",
        show_import,
        "Ein Import, Zeile für Zeile",
        {200: ImportOut},
        roles=SCHEDULER,
    ),
    Endpoint(
        "POST",
        f"{PATH}/{{import}}/apply",
        apply_import,
        "Genau das übernehmen, was die Vorschau zeigt",
        {200: ImportOut},
        refusals=(RosterChanged, NotInThisState),
        roles=SCHEDULER,
    ),
    Endpoint(
        "POST",
        f"{PATH}/{{import}}/undo",
        undo_import,
        "Den Import zurücknehmen; Dienste mit Terminen bleiben",
        {200: ImportOut},
        refusals=(NotInThisState,),
        roles=SCHEDULER,
    ),
]
