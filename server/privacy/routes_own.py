"""What is stored about a citizen, for themselves: as JSON, as PDF, and all together with their documents. What it is is `collect.py`'s."""

from contextlib import aclosing
from datetime import datetime
from functools import partial
from typing import Any, Final

from aiohttp import web

from server.access import Appointment, appointment_by_token
from server.errors import TooMany
from server.privacy.collect import Collected, Kind, collect, note_collected
from server.privacy.labels import lines_of
from server.privacy.pack import packed
from server.privacy.routes import SUPERVISOR
from server.privacy.rules import periods_in_force
from server.web.api import Endpoint, Model, Reply
from server.web.call import Call
from server.web.render import environment

OWN: Final = "/api/v1/appointments/{token}/data"
BARRED: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class OwnRowOut(Model):
    """A row of the database, opened; who of the staff it was is told as "staff" alone."""

    table: str
    until: datetime | None = None
    values: dict[str, Any]


class OwnKindOut(Model):
    """A kind of data: what for, on which basis, and until when; no `until` where the end is not known yet."""

    kind: str
    name: str
    purpose: str
    legal_basis: str
    recipients: list[str]
    until: datetime | None = None
    entries: list[OwnRowOut]


class WithheldOut(Model):
    """What is not handed out, and why."""

    table: str
    column: str
    why: str


class OwnDataOut(Model):
    """All that is stored about a citizen (Art. 15 and 20 GDPR). `kept_by_law`: the case must not be deleted for now.

    `documents` are the names of the files in the ZIP.
    """

    controller: str
    officer: str
    supervisor: str
    number: str
    made_at: datetime
    kept_by_law: bool
    kinds: list[OwnKindOut]
    withheld: list[WithheldOut]
    documents: list[str]


async def own(call: Call) -> tuple[Appointment, Collected]:
    """All of it, for whoever has the link."""
    periods = await periods_in_force(call.office.db, call.now)
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
        return appointment, await collect(tx, call.office.keyring, appointment, periods)


async def _handed_out(call: Call) -> tuple[Appointment, Collected]:
    appointment, found = await own(call)
    await note_collected(call.office.db, appointment, call.now)
    return appointment, found


async def as_json(call: Call) -> Reply:
    appointment, found = await _handed_out(call)
    headers = BARRED | {"Content-Disposition": f'attachment; filename="daten-{appointment.number}.json"'}
    return Reply(own_data(call, appointment, found), headers=headers)


def own_data(call: Call, appointment: Appointment, found: Collected) -> OwnDataOut:
    settings = call.office.settings
    return OwnDataOut(
        controller=settings.city,
        officer=settings.privacy_officer,
        supervisor=SUPERVISOR,
        number=appointment.number,
        made_at=call.now,
        kept_by_law=found.held,
        kinds=[_kind(kind) for kind in found.kinds],
        withheld=[WithheldOut(table=table, column=column, why=why) for table, column, why in found.withheld],
        documents=[*found.files, *(one.name for one in found.stored)],
    )


def _kind(kind: Kind) -> OwnKindOut:
    one = kind.data_class
    return OwnKindOut(
        kind=one.key,
        name=one.name,
        purpose=one.purpose,
        legal_basis=one.legal_basis,
        recipients=list(one.given_to),
        until=kind.until,
        entries=[OwnRowOut(table=row.table, until=row.until, values=row.values) for row in kind.entries],
    )


async def as_pdf(call: Call) -> web.Response:
    appointment, found = await _handed_out(call)
    body = await _printed(call, appointment, found)
    headers = BARRED | {"Content-Disposition": f'attachment; filename="daten-{appointment.number}.pdf"'}
    return web.Response(body=body, content_type="application/pdf", headers=headers)


async def as_zip(call: Call) -> web.StreamResponse:
    appointment, found = await _handed_out(call)
    text = own_data(call, appointment, found).model_dump_json(indent=1)
    files = {"daten.json": text.encode(), "daten.pdf": await _printed(call, appointment, found)}
    disposition = f'attachment; filename="daten-{appointment.number}.zip"'
    answer = web.StreamResponse(
        headers=BARRED | {"Content-Type": "application/zip", "Content-Disposition": disposition}
    )
    await answer.prepare(call.request)
    pieces = packed(call.office.store, {**files, **found.files}, found.stored, call.now)
    async with aclosing(pieces):
        async for piece in pieces:
            await answer.write(piece)
    await answer.write_eof()
    return answer


async def _printed(call: Call, appointment: Appointment, found: Collected) -> bytes:
    template = environment(call.language.code).get_template("privacy/own_print.html")
    settings = call.office.settings
    html = template.render(
        language=call.language,
        city=settings.city,
        officer=settings.privacy_officer,
        number=appointment.number,
        now=call.now,
        found=found,
        lines=await lines_for(call),
    )
    return await call.office.press(html)


async def lines_for(call: Call) -> Any:
    """Turns an entry's values into what there is to read of them."""
    services = {
        id_: one.name.get(call.language.code) or one.name["de"]
        for id_, one in (await call.catalogue()).services.items()
    }
    return partial(lines_of, services=services, language=call.language)


endpoints = [
    Endpoint(
        "GET",
        OWN,
        as_json,
        "Alles, was über die eigene Person gespeichert ist (Art. 15 und 20 DSGVO)",
        {200: OwnDataOut},
        refusals=(TooMany,),
    ),
    Endpoint(
        "GET",
        f"{OWN}.pdf",
        as_pdf,
        "Dasselbe zum Lesen, als PDF",
        {200: None},
        refusals=(TooMany,),
        produces="application/pdf",
    ),
    Endpoint(
        "GET",
        f"{OWN}.zip",
        as_zip,
        "Dasselbe mit allen Unterlagen, als ZIP",
        {200: None},
        refusals=(TooMany,),
        produces="application/zip",
    ),
]
