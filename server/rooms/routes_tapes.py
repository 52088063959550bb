"""Recordings that are held, for the data-protection officer: pages without script, and the API. What is in them is nowhere here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from aiohttp import web

from server.catalog.model import Catalogue
from server.errors import BadInput, MustBeKept, Refusal
from server.rooms.oversee import WHYS, Tape, delete_at_once, tape, tapes
from server.web.api import Endpoint, Model, Page, Reply
from server.web.call import Call
from server.web.documents_list import size_of
from server.web.render import render, said, see_other

OFFICER = frozenset({"dpo"})
HOME: Final = "/office/privacy/recordings-held"
API: Final = "/api/v1/office/privacy/recordings-held"
WORDS = {
    "no-basis": "Die Rechtsgrundlage fehlt",
    "objection": "Jemand hat widersprochen",
    "mistake": "Versehentlich aufgezeichnet",
    "unneeded": "Wird nicht mehr gebraucht",
}


class TapeOut(Model):
    """A recording that is held. `ended_at` and `size` (bytes) are there once it is whole; `kept_by_law`: on legal hold."""

    id: str
    number: str
    services: list[str]
    state: Literal["running", "kept"]
    begun_at: datetime
    ended_at: datetime | None = None
    size: int | None = None
    expires_at: datetime
    kept_by_law: bool


class DeletionBody(Model):
    why: Literal["no-basis", "objection", "mistake", "unneeded"]


async def list_all(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        found = await tapes(tx)
    return Reply([TapeOut.model_validate(one, from_attributes=True) for one in found])


async def delete(call: Call) -> Reply:
    body: DeletionBody = call.body
    await delete_at_once(call.office.studio, call.member, call.path("recording"), body.why, call.now)
    return Reply(status=204)


async def show_all(call: Call) -> web.Response:
    async with call.office.db.read() as tx:
        found = await tapes(tx)
    catalogue = await call.catalogue()
    return render(
        call,
        "office/tapes.html",
        tapes=[(one, _services(catalogue, one), _extent(call, one)) for one in found],
        done=call.request.query.get("done", ""),
    )


async def show_one(call: Call) -> web.Response:
    return await _page(call)


async def submit(call: Call) -> web.Response:
    why = str((await call.request.post()).get("why", ""))
    try:
        if why not in WHYS:
            raise BadInput("Bitte wählen Sie einen Grund aus.")
        await delete_at_once(call.office.studio, call.member, call.path("recording"), why, call.now)
    except (BadInput, MustBeKept) as refusal:
        return await _page(call, refusal)
    return see_other(f"{HOME}?done=deleted")


async def _page(call: Call, refusal: Refusal | None = None) -> web.Response:
    async with call.office.db.read() as tx:
        one = await tape(tx, call.path("recording"))
    return render(
        call,
        "office/tape.html",
        refusal.status if refusal else 200,
        tape=one,
        services=_services(await call.catalogue(), one),
        extent=_extent(call, one),
        reasons={key: call.language.gettext(word) for key, word in WORDS.items()},
        errors={f"why-{WHYS[0]}": said(call.language, refusal.message, refusal.params)} if refusal else {},
        here=f"{HOME}/{one.id}",
    )


def _services(catalogue: Catalogue, one: Tape) -> list[Mapping[str, str]]:
    """Names in every language; a service that is no longer offered by its key."""
    known = catalogue.services
    return [known[id_].name if id_ in known else {"de": id_} for id_ in one.services]


def _extent(call: Call, one: Tape) -> str:
    """How long and how large, in words."""
    minutes = max(1, round(one.length(call.now).total_seconds() / 60))
    return f"{minutes} min, {size_of(one.size, call)}" if one.size else f"{minutes} min"


endpoints = [
    Endpoint(
        "GET",
        API,
        list_all,
        "Aufzeichnungen, die es gerade gibt",
        {200: list[TapeOut]},
        roles=OFFICER,
    ),
    Endpoint(
        "POST",
        f"{API}/{{recording}}/deletion",
        delete,
        "Eine Aufzeichnung sofort löschen, mit Grund",
        {204: None},
        body=DeletionBody,
        refusals=(MustBeKept,),
        roles=OFFICER,
    ),
]
pages = [
    Page("GET", HOME, show_all, OFFICER),
    Page("GET", f"{HOME}/{{recording}}", show_one, OFFICER),
    Page("POST", f"{HOME}/{{recording}}", submit, OFFICER),
]
