"""What is stored about a citizen, for themselves: as JSON, as PDF, and all together with their documents. What it is is `collect.py`'s."""

from collections.abc import Mapping
from contextlib import aclosing
from datetime import datetime
from functools import partial
from typing import Any, Final

from aiohttp import web

from server.errors import TooMany
from server.privacy.collect import Collected, Kind, collect, note_collected
from server.privacy.labels import lines_of
from server.privacy.pack import packed
from server.privacy.routes import SUPERVISOR
from server.privacy.rules import periods_in_force
from server.privacy.whose import Link, Subject, subject_by
from server.web.api import Endpoint, Model, Reply
from server.web.call import Call
from server.web.render import environment

OWN: Final[Mapping[Link, str]] = {
    "token": "/api/v1/appointments/{token}",
    "entry": "/api/v1/waiting-list/{entry}",
    "knock": "/api/v1/knock/{knock}",
}
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

    `documents` are the names of the files in the ZIP. A place on the waiting list has no `number`.
    """

    controller: str
    officer: str
    supervisor: str
    number: str | None = None
    made_at: datetime
    kept_by_law: bool
    kinds: list[OwnKindOut]
    withheld: list[WithheldOut]
    documents: list[str]


async def own(call: Call) -> tuple[Subject, Collected]:
    """All of it, for whoever has the link."""
    periods = await periods_in_force(call.office.db, call.now)
    link = link_of(call)
    async with call.office.db.read() as tx:
        subject = await subject_by(tx, link, call.path(link))
        return subject, await collect(tx, call.office.keyring, subject, periods)


def link_of(call: Call) -> Link:
    """Which kind of link was called: named as in the address."""
    return next(link for link in OWN if link in call.request.match_info)


def _name(subject: Subject) -> str:
    return subject.number or "warteliste"


async def _handed_out(call: Call) -> tuple[Subject, Collected]:
    subject, found = await own(call)
    await note_collected(call.office.db, subject, call.now)
    return subject, found


async def as_json(call: Call) -> Reply:
    subject, found = await _handed_out(call)
    headers = BARRED | {"Content-Disposition": f'attachment; filename="daten-{_name(subject)}.json"'}
    return Reply(own_data(call, subject, found), headers=headers)


def own_data(call: Call, subject: Subject, found: Collected) -> OwnDataOut:
    settings = call.office.settings
    return OwnDataOut(
        controller=settings.city,
        officer=settings.privacy_officer,
        supervisor=SUPERVISOR,
        number=subject.number,
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
    subject, found = await _handed_out(call)
    body = await _printed(call, subject, found)
    headers = BARRED | {"Content-Disposition": f'attachment; filename="daten-{_name(subject)}.pdf"'}
    return web.Response(body=body, content_type="application/pdf", headers=headers)


async def as_zip(call: Call) -> web.StreamResponse:
    subject, found = await _handed_out(call)
    text = own_data(call, subject, found).model_dump_json(indent=1)
    files = {"daten.json": text.encode(), "daten.pdf": await _printed(call, subject, found)}
    disposition = f'attachment; filename="daten-{_name(subject)}.zip"'
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


async def _printed(call: Call, subject: Subject, found: Collected) -> bytes:
    template = environment(call.language.code).get_template("privacy/own_print.html")
    settings = call.office.settings
    html = template.render(
        language=call.language,
        city=settings.city,
        officer=settings.privacy_officer,
        number=subject.number,
        link=link_of(call),
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


def _endpoints(path: str, whose: str) -> list[Endpoint]:
    shared: dict[str, Any] = {"refusals": (TooMany,)}
    return [
        Endpoint(
            "GET",
            f"{path}/data",
            as_json,
            f"Alles, was über die eigene Person {whose} gespeichert ist (Art. 15 und 20 DSGVO)",
            {200: OwnDataOut},
            **shared,
        ),
        Endpoint(
            "GET",
            f"{path}/data.pdf",
            as_pdf,
            "Dasselbe zum Lesen, als PDF",
            {200: None},
            produces="application/pdf",
            **shared,
        ),
        Endpoint(
            "GET",
            f"{path}/data.zip",
            as_zip,
            "Dasselbe mit allen Unterlagen, als ZIP",
            {200: None},
            produces="application/zip",
            **shared,
        ),
    ]


endpoints = [
    *_endpoints(OWN["token"], "zu einem Termin"),
    *_endpoints(OWN["entry"], "zu einem Platz auf der Warteliste"),
    *_endpoints(OWN["knock"], "zu einem Besuch ohne Termin"),
]
