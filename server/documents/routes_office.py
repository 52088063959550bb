"""The clerk decides on documents and sends the city's own, by the API. The rules are in `decide.py` and `send_out.py`."""

import hmac
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field

from server.access import Appointment, appointment_for
from server.documents.checking import Infected
from server.documents.decide import (
    LONGEST_WORDS,
    AlreadyDecided,
    NotYetChecked,
    TakenBack,
    Verdict,
    checked_decision,
    decide,
)
from server.documents.delete import withdraw
from server.documents.routes import MEGABYTE, OFFICE, refuse_announced, up_to_the_file
from server.documents.routes_stream import file_of
from server.documents.show import DocumentOut, document_out
from server.documents.upload import StoredDocument
from server.documents.view import documents_of
from server.errors import BadInput, Conflict, ForeignOrigin, NotFound, TooLarge, TooLate, TypeNotAllowed
from server.web.api import Endpoint, Model, Reply
from server.web.call import Call

CLERK = frozenset({"clerk"})
MOST_DAYS = 180
HOW_LONG = "Bitte geben Sie an, für wie viele Tage: 1 bis 180."


class DecisionBody(Model):
    """A "no" needs a reason; `seen` is the `decided_at` of the decision that this one replaces."""

    decision: Verdict
    reason_key: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    text: Annotated[str, Field(max_length=LONGEST_WORDS)] | None = None
    seen: AwareDatetime | None = None


async def post_decision(call: Call) -> Reply:
    body: DecisionBody = call.body
    decision = checked_decision(body.decision, body.reason_key, body.text)
    office = call.office
    await decide(
        office.db,
        office.keyring,
        call.member,
        call.path("id"),
        call.path("document"),
        decision,
        seen=body.seen,
        now=call.now,
    )
    return Reply(document_out(await _one(call), call.language))


async def _one(call: Call) -> StoredDocument:
    async with call.office.db.read() as tx:
        appointment = await appointment_for(tx, call.member, call.path("id"))
        documents = await documents_of(tx, appointment, call.office.keyring)
    found = next((one for one in documents if one.id == call.path("document")), None)
    if found is None:
        raise NotFound
    return found


async def send_form(call: Call, appointment: Appointment, *, csrf: bool = False) -> StoredDocument:
    """Reads a form with `days` (empty: until the case closes) before the file `file`; for the API and for the page."""
    limit = call.office.settings.upload_limit_mb * MEGABYTE
    refuse_announced(call.request, limit)
    fields, part, filename = await up_to_the_file(call.request)
    if csrf and not hmac.compare_digest(fields.get("csrf", "").encode(), call.member.csrf.encode()):
        raise ForeignOrigin("Die Sitzung passt nicht mehr zu dieser Seite. Bitte laden Sie sie neu.")
    async with aclosing(file_of(part, filename)) as chunks:
        sent = await call.office.sending.put_in(
            appointment,
            chunks,
            name=filename,
            by=call.member.actor,
            now=call.now,
            expires_at=_until(fields.get("days", ""), call.now),
        )
    call.office.bell.ring()
    return sent


def _until(days: str, now: datetime) -> datetime | None:
    if not days:
        return None
    if not (days.isascii() and days.isdecimal() and len(days) <= 3 and 1 <= int(days) <= MOST_DAYS):
        raise BadInput(HOW_LONG)
    return now + timedelta(days=int(days))


async def of_clerk(call: Call, name: str = "id") -> Appointment:
    async with call.office.db.read() as tx:
        return await appointment_for(tx, call.member, call.path(name))


async def post_document(call: Call) -> Reply:
    return Reply(document_out(await send_form(call, await of_clerk(call)), call.language), status=201)


async def delete_document(call: Call) -> Reply:
    await withdraw(call.office.db, call.member, await of_clerk(call), call.path("document"), call.now)
    return Reply(status=204)


endpoints = [
    Endpoint(
        "POST",
        f"{OFFICE}/{{document}}/decision",
        post_decision,
        "Eine Unterlage annehmen, noch einmal anfordern oder ablehnen",
        {200: DocumentOut},
        body=DecisionBody,
        refusals=(AlreadyDecided, NotYetChecked, TakenBack, TooLate),
        roles=CLERK,
    ),
    Endpoint(
        "POST",
        OFFICE,
        post_document,
        "Ein Dokument der Stadt bereitlegen (Felder: days, file)",
        {201: DocumentOut},
        refusals=(BadInput, Infected, TooLarge, TypeNotAllowed, Conflict, TooLate),
        roles=CLERK,
        consumes="multipart/form-data",
    ),
    Endpoint(
        "DELETE",
        f"{OFFICE}/{{document}}",
        delete_document,
        "Ein Dokument der Stadt zurückziehen",
        {204: None},
        roles=CLERK,
    ),
]
