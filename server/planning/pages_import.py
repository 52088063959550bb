"""Roster files on the scheduler's pages: sent, looked at, taken over, taken back."""

from aiohttp import web

from server.errors import Refusal
from server.planning.roster_import import apply, counts, load_import, load_imports, row_of, undo
from server.planning.routes_import import take_file
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, said, see_other

SCHEDULER = frozenset({"scheduler", "admin"})
IMPORTS = "/office/roster/imports"
MOST_SHOWN = 500
WORDS = {
    "previewed": "Vorschau",
    "applied": "Übernommen",
    "undone": "Zurückgenommen",
    "new": "Neu",
    "same": "Schon da",
    "conflict": "Konflikt",
    "closed": "Geschlossen",
    "wrong": "Nicht verstanden",
}


async def imports(call: Call, error: str = "", status: int = 200) -> web.Response:
    async with call.office.db.read() as tx:
        rows = await load_imports(tx)
    history = [(row, counts(row.rows)) for row in rows]
    return render(
        call, "office/roster_imports.html", status, history=history, words=_words(call), error=error
    )


async def upload(call: Call) -> web.Response:
    try:
        import_id = await take_file(call, csrf=True)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return await imports(call, said(call.language, refusal.message, refusal.params), refusal.status)
    return see_other(f"{IMPORTS}/{import_id}")


async def show(call: Call, error: str = "", status: int = 200) -> web.Response:
    async with call.office.db.read() as tx:
        row, there = await load_import(tx, call.path("import"))
    stored = [row_of(one) for one in row.rows]
    order = ("wrong", "conflict", "closed", "new", "same")
    groups = {state: [one for one in stored if one.state == state] for state in order}
    return render(
        call,
        "office/roster_import.html",
        status,
        row=row,
        groups=groups,
        counts=counts(row.rows),
        kept=there if row.state == "undone" else [],
        words=_words(call),
        most=MOST_SHOWN,
        error=error,
    )


def _words(call: Call) -> dict[str, str]:
    return {state: call.language.gettext(text) for state, text in WORDS.items()}


async def take_over(call: Call) -> web.Response:
    office, import_id = call.office, call.path("import")
    try:
        await apply(office.db, call.member, import_id, call.now, office.settings.assumption_day)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return await show(call, said(call.language, refusal.message, refusal.params), refusal.status)
    office.calendar.touch()
    return see_other(f"{IMPORTS}/{import_id}")


async def take_back(call: Call) -> web.Response:
    await undo(call.office.db, call.member, call.path("import"), call.now)
    call.office.calendar.touch()
    return see_other(f"{IMPORTS}/{call.path('import')}")


pages = [
    Page("GET", IMPORTS, imports, SCHEDULER),
    Page("POST", IMPORTS, upload, SCHEDULER, streams=True),
    Page("GET", f"{IMPORTS}/{{import}}", show, SCHEDULER),
    Page("POST", f"{IMPORTS}/{{import}}/apply", take_over, SCHEDULER),
    Page("POST", f"{IMPORTS}/{{import}}/undo", take_back, SCHEDULER),
]
