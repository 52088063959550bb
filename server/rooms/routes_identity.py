"""The identity check by the API, and the form on the clerk's page of the case for those without script."""

from datetime import datetime

from aiohttp import web
from pydantic import ValidationError

from server.access import appointment_for
from server.errors import BadInput, NotFound, TooLate
from server.rooms.check_identity import (
    IdentityCheck,
    Level,
    LevelNotReached,
    Method,
    identity_of,
    note_identity,
)
from server.web.api import Endpoint, Model, Page, Reply
from server.web.call import Call
from server.web.render import see_other

CLERK = frozenset({"clerk"})
PATH = "/api/v1/office/appointments/{appointment}/identity"


class IdentityBody(Model):
    """Never a number or a date of the document: there is no field for it."""

    level: Level
    method: Method


class IdentityOut(Model):
    level: Level
    method: Method
    by: str
    checked_at: datetime


async def note(call: Call) -> Reply:
    return Reply(_out(await _note(call, call.body)), 201)


async def newest(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        meeting = await appointment_for(tx, call.member, call.path("appointment"))
        found = await identity_of(tx, meeting)
    if found is None:
        raise NotFound
    return Reply(_out(found))


async def note_submit(call: Call) -> web.Response:
    form = await call.request.post()
    try:
        body = IdentityBody.model_validate({name: form.get(name) for name in IdentityBody.model_fields})
    except ValidationError:
        raise BadInput from None
    await _note(call, body)
    return see_other(f"/office/appointments/{call.path('appointment')}#identitaet")


async def _note(call: Call, body: IdentityBody) -> IdentityCheck:
    id_ = call.path("appointment")
    return await note_identity(call.office.db, call.member, id_, body.level, body.method, call.now)


def _out(found: IdentityCheck) -> IdentityOut:
    return IdentityOut.model_validate(found, from_attributes=True)


endpoints = [
    Endpoint(
        "POST",
        PATH,
        note,
        "Festhalten, wie sicher die Identität festgestellt wurde",
        {201: IdentityOut},
        body=IdentityBody,
        refusals=(LevelNotReached, TooLate),
        roles=CLERK,
    ),
    Endpoint(
        "GET", PATH, newest, "Was zur Identität zuletzt festgehalten ist", {200: IdentityOut}, roles=CLERK
    ),
]
pages = [Page("POST", "/office/appointments/{appointment}/identity", note_submit, CLERK)]
