"""Sending and taking back a document from the citizen's page, with script and without. The rules are in the verbs."""

from aiohttp import web

from server.access import Appointment, appointment_by_token
from server.documents.delete import take_back
from server.documents.routes import receive_form, send_document
from server.documents.view import open_document
from server.errors import Refusal
from server.web.api import Page
from server.web.call import Call
from server.web.manage_page import base_of, render_manage
from server.web.problems import as_problem
from server.web.render import said, see_other


async def _own(call: Call) -> Appointment:
    async with call.office.db.read() as tx:
        return await appointment_by_token(tx, call.path("token"))


async def send(call: Call) -> web.Response:
    """Back to the page with the new list; a refused file is explained beside the form, to a script as problem+json."""
    appointment = await _own(call)
    try:
        await receive_form(call, appointment)
    except Refusal as refusal:
        if "application/problem+json" in call.request.headers.get("Accept", ""):
            return as_problem(refusal, call.language)
        words = said(call.language, refusal.message, refusal.params)
        wrong_item = call.request.query.get("item", "")
        return await render_manage(
            call, appointment, error=words, status=refusal.status, wrong_item=wrong_item
        )
    return see_other(f"{base_of(call)}?sent=1")


async def remove(call: Call) -> web.Response:
    await take_back(call.office.db, await _own(call), call.path("document"), call.now)
    return see_other(f"{base_of(call)}?deleted=1")


async def download(call: Call) -> web.StreamResponse:
    """What the city sent, or an own file; what is over is told as a page."""
    office = call.office
    opened = await open_document(
        office.db,
        office.store,
        office.keyring,
        await _own(call),
        call.path("document"),
        by=None,
        now=call.now,
    )
    return await send_document(call, opened)


pages = [
    Page("GET", "/a/{token}/documents/{document}", download),
    Page("POST", "/a/{token}/documents", send, streams=True),
    Page("POST", "/a/{token}/documents/{document}/delete", remove),
]
