"""The clerk's pages about documents: one as its pages with the decision on it, and sending one of the city's, without script."""

from datetime import datetime

from aiohttp import web

from server.access import appointment_for
from server.documents.decide import checked_decision, decide
from server.documents.delete import withdraw
from server.documents.routes_office import of_clerk, send_form
from server.documents.view import documents_of
from server.errors import BadInput, NotFound, Refusal
from server.web.api import Page
from server.web.call import Call
from server.web.documents_list import reasons_on_page, shown_alone
from server.web.render import render, said, see_other

CLERK = frozenset({"clerk"})
CASE = "/office/appointments/{appointment}"
WORDS = {
    "javascript": "Skripte",
    "starts-by-itself": "Aktionen, die beim Öffnen von selbst beginnen",
    "starts-programs": "Befehle, die andere Programme starten",
    "attachments": "angehängte Dateien",
    "form": "ein Formular mit eigener Logik",
    "films": "Filme oder Töne",
    "links": "Verweise ins Internet",
}


async def show(call: Call, error: str = "", status: int = 200) -> web.Response:
    """A document as its pages; the original is one deliberate step further. `error` is what is wrong with a decision."""
    async with call.office.db.read() as tx:
        appointment = await appointment_for(tx, call.member, call.path("appointment"))
        documents = await documents_of(tx, appointment, call.office.keyring)
    document = next((one for one in documents if one.id == call.path("document")), None)
    if document is None:
        raise NotFound
    base = f"/api/v1/office/appointments/{appointment.id}/documents/{document.id}"
    form = await call.request.post() if error else {}
    return render(
        call,
        "office/document.html",
        status,
        document=document,
        shown=shown_alone(call, document),
        case=_case(call),
        original=base,
        active=[call.language.gettext(WORDS[one]) for one in document.active if one in WORDS],
        reasons=reasons_on_page(call),
        error=error,
        reason=str(form.get("reason", "")),
        text=str(form.get("text", ""))[:2000],
        here=call.request.path_qs.removesuffix("/decision"),
    )


def _case(call: Call) -> str:
    return CASE.format(appointment=call.path("appointment"))


async def decision(call: Call) -> web.Response:
    """Back to the case; what is missing, or was decided meanwhile, is told beside the form with the new state."""
    form = await call.request.post()
    office, verdict = call.office, str(form.get("decision", ""))
    yes = verdict == "accepted"  # the field of the reason may hold what was picked before
    given = (None, None) if yes else (str(form.get("reason", "")) or None, str(form.get("text", "")))
    try:
        await decide(
            office.db,
            office.keyring,
            call.member,
            call.path("appointment"),
            call.path("document"),
            checked_decision(verdict, *given),
            seen=_seen(str(form.get("seen", ""))),
            now=call.now,
        )
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return await show(call, said(call.language, refusal.message, refusal.params), refusal.status)
    return see_other(f"{_case(call)}?decided=1")


def _seen(text: str) -> datetime | None:
    try:
        seen = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput from None
    if seen is not None and seen.tzinfo is None:
        raise BadInput
    return seen


async def send(call: Call) -> web.Response:
    """Back to the case with the new list; a file that can't be sent is explained beside the form."""
    appointment = await of_clerk(call, "appointment")
    try:
        await send_form(call, appointment, csrf=True)
    except Refusal as refusal:
        if refusal.status in (401, 403, 404):
            raise
        words = said(call.language, refusal.message, refusal.params)
        limit = call.office.settings.upload_limit_mb
        about = {"appointment": appointment, "case": _case(call), "here": _case(call)}
        return render(
            call, "office/send_out.html", refusal.status, **about, error=words, upload_limit_mb=limit
        )
    return see_other(f"{_case(call)}?sent=1")


async def take_away(call: Call) -> web.Response:
    appointment = await of_clerk(call, "appointment")
    await withdraw(call.office.db, call.member, appointment, call.path("document"), call.now)
    return see_other(f"{_case(call)}?withdrawn=1")


pages = [
    Page("GET", f"{CASE}/documents/{{document}}", show, CLERK),
    Page("POST", f"{CASE}/documents/{{document}}/decision", decision, CLERK),
    Page("POST", f"{CASE}/documents/{{document}}/withdraw", take_away, CLERK),
    Page("POST", f"{CASE}/documents", send, CLERK, streams=True),
]
