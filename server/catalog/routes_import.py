"""Catalogue files by the API: send one and see what it would change, take it over, give back the state before."""

import asyncio
from typing import Any

from server.catalog.import_preview import (
    CatalogueChanged,
    CatalogueImportDone,
    FileHasFaults,
    apply,
    load_import,
    load_imports,
    preview,
    undo,
)
from server.catalog.read_upload import MOST_BYTES, read_text
from server.catalog.shapes import CatalogueImportOut, ChangeOut
from server.errors import TooLarge
from server.web.api import Endpoint, Reply
from server.web.call import Call
from server.web.file_form import read_file_form

SCHEDULER = frozenset({"scheduler", "admin"})
PATH = "/api/v1/office/catalogue-imports"


async def take_file(call: Call, *, csrf: bool) -> str:
    """Reads the file of a form and stores its preview; returns the import's id."""
    form = await read_file_form(call, MOST_BYTES, csrf=csrf)
    data = await asyncio.to_thread(read_text, form.data)
    name = form.name.replace("\0", "") or "Katalog"
    return await preview(call.office.db, call.member, name, data, call.now)


async def post_import(call: Call) -> Reply:
    import_id = await take_file(call, csrf=False)
    return Reply(await _out(call, import_id), 201)


async def list_imports(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        rows = await load_imports(tx)
    return Reply([shown(row) for row in rows])


async def show_import(call: Call) -> Reply:
    return Reply(await _out(call, call.path("import")))


async def apply_import(call: Call) -> Reply:
    await apply(call.office.db, call.member, call.path("import"), call.now)
    call.office.calendar.catalogue_changed()
    return await show_import(call)


async def undo_import(call: Call) -> Reply:
    await undo(call.office.db, call.member, call.path("import"), call.now)
    call.office.calendar.catalogue_changed()
    return await show_import(call)


async def _out(call: Call, import_id: str) -> CatalogueImportOut:
    async with call.office.db.read() as tx:
        return shown(await load_import(tx, import_id))


def shown(row: Any) -> CatalogueImportOut:
    """An import without the file itself."""
    found = row.rows[0]
    return CatalogueImportOut(
        id=row.id,
        name=row.name,
        state=row.state,
        by=row.display,
        created_at=row.created_at,
        applied_at=row.applied_at,
        undone_at=row.undone_at,
        wrong=found["wrong"],
        changes=[ChangeOut(**change) for change in found["changes"]],
    )


endpoints = [
    Endpoint(
        "POST",
        PATH,
        post_import,
        "Einen Katalog (YAML) zur Vorschau senden; geändert wird nichts",
        {201: CatalogueImportOut},
        refusals=(TooLarge,),
        roles=SCHEDULER,
        consumes="multipart/form-data",
    ),
    Endpoint(
        "GET", PATH, list_imports, "Die letzten Importe", {200: list[CatalogueImportOut]}, roles=SCHEDULER
    ),
    Endpoint(
        "GET",
        f"{PATH}/{{import}}",
        show_import,
        "Ein Import mit dem, was er ändert",
        {200: CatalogueImportOut},
        roles=SCHEDULER,
    ),
    Endpoint(
        "POST",
        f"{PATH}/{{import}}/apply",
        apply_import,
        "Genau das übernehmen, was die Vorschau zeigt",
        {200: CatalogueImportOut},
        refusals=(CatalogueChanged, CatalogueImportDone, FileHasFaults),
        roles=SCHEDULER,
    ),
    Endpoint(
        "POST",
        f"{PATH}/{{import}}/undo",
        undo_import,
        "Den Katalog von vorher zurückgeben",
        {200: CatalogueImportOut},
        refusals=(CatalogueChanged, CatalogueImportDone),
        roles=SCHEDULER,
    ),
]
