"""Why a clerk opens a case long after its appointment: asked on a page without script, and by the API."""

from typing import Literal

from aiohttp import web

from server.access import appointment_for
from server.privacy.note_look import GIVEN, give_reason
from server.privacy.pages_access import WORDS
from server.web.api import Endpoint, Model, Page, Reply
from server.web.call import Call
from server.web.render import render, see_other

CLERK = frozenset({"clerk"})


class ReasonBody(Model):
    why: Literal["follow-up", "question", "complaint", "inspection"]


async def ask(call: Call) -> web.Response:
    return await _form(call)


async def _form(call: Call, status: int = 200, error: str = "") -> web.Response:
    async with call.office.db.read() as tx:
        appointment = await appointment_for(tx, call.member, call.path("appointment"))
    return render(
        call,
        "office/reason.html",
        status,
        appointment=appointment,
        reasons={key: call.language.gettext(WORDS[key]) for key in GIVEN},
        errors={f"why-{GIVEN[0]}": error} if error else {},
        here=f"/office/appointments/{appointment.id}/reason",
    )


async def submit(call: Call) -> web.Response:
    why = str((await call.request.post()).get("why", ""))
    if why not in GIVEN:
        return await _form(call, 422, call.language.gettext("Bitte wählen Sie einen Grund aus."))
    await give_reason(call.office.db, call.member, call.path("appointment"), why, call.now)
    return see_other(f"/office/appointments/{call.path('appointment')}")


async def give(call: Call) -> Reply:
    body: ReasonBody = call.body
    await give_reason(call.office.db, call.member, call.path("appointment"), body.why, call.now)
    return Reply(status=204)


endpoints = [
    Endpoint(
        "POST",
        "/api/v1/office/appointments/{appointment}/reason",
        give,
        "Nennen, warum ein Vorgang lange nach dem Termin geöffnet wird",
        {204: None},
        body=ReasonBody,
        roles=CLERK,
    )
]
pages = [
    Page("GET", "/office/appointments/{appointment}/reason", ask, CLERK),
    Page("POST", "/office/appointments/{appointment}/reason", submit, CLERK),
]
