"""Catalogue files on the scheduler's pages: sent, looked at, taken over, given back."""

from aiohttp import web

from server.catalog.import_preview import apply, load_import, load_imports, undo
from server.catalog.routes_import import shown, take_file
from server.errors import Refusal
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, said, see_other

SCHEDULER = frozenset({"scheduler", "admin"})
IMPORTS = "/office/catalogue/imports"


async def imports(call: Call, error: str = "", status: int = 200) -> web.Response:
    async with call.office.db.read() as tx:
        rows = await load_imports(tx)
    history = [shown(row) for row in rows]
    return render(call, "office/catalogue_imports.html", status, history=history, error=error)


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
        row = await load_import(tx, call.path("import"))
    return render(call, "office/catalogue_import.html", status, one=shown(row), error=error)


async def take_over(call: Call) -> web.Response:
    try:
        await apply(call.office.db, call.member, call.path("import"), call.now)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return await show(call, said(call.language, refusal.message, refusal.params), refusal.status)
    call.office.calendar.catalogue_changed()
    return see_other(f"{IMPORTS}/{call.path('import')}")


async def give_back(call: Call) -> web.Response:
    try:
        await undo(call.office.db, call.member, call.path("import"), call.now)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return await show(call, said(call.language, refusal.message, refusal.params), refusal.status)
    call.office.calendar.catalogue_changed()
    return see_other(f"{IMPORTS}/{call.path('import')}")


pages = [
    Page("GET", IMPORTS, imports, SCHEDULER),
    Page("POST", IMPORTS, upload, SCHEDULER, streams=True),
    Page("GET", f"{IMPORTS}/{{import}}", show, SCHEDULER),
    Page("POST", f"{IMPORTS}/{{import}}/apply", take_over, SCHEDULER),
    Page("POST", f"{IMPORTS}/{{import}}/undo", give_back, SCHEDULER),
]
