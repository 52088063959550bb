"""Is this PDF sealed by this city, and unchanged? For everybody, by page and by API. Nothing of the file is kept."""

from datetime import datetime

from aiohttp import web

from server.errors import Refusal, TooLarge, TooMany, TypeNotAllowed
from server.signing.verify import MOST, Answer, verify
from server.web.api import Endpoint, Model, Page, Reply
from server.web.call import Call
from server.web.file_form import read_file_form
from server.web.render import render, said


class SealVerdictOut(Model):
    """`sealed`, `changed` (sealed by the city, not as it was), `foreign` (by somebody else), `none`. `at`: when, by the seal."""

    answer: Answer
    at: datetime | None = None


async def check(call: Call) -> Reply:
    form = await read_file_form(call, MOST)
    verdict = await verify(call.office.settings, form.data)
    return Reply(SealVerdictOut(answer=verdict.answer, at=verdict.at))


async def show(call: Call) -> web.Response:
    return render(call, "signing/verify.html", verdict=None, errors={}, here="/pruefen")


async def show_checked(call: Call) -> web.Response:
    try:
        form = await read_file_form(call, MOST)
        verdict = await verify(call.office.settings, form.data)
    except Refusal as refusal:
        words = said(call.language, refusal.message, refusal.params)
        errors = {"file": words}
        return render(
            call, "signing/verify.html", refusal.status, verdict=None, errors=errors, here="/pruefen"
        )
    return render(call, "signing/verify.html", verdict=verdict, errors={}, here="/pruefen")


endpoints = [
    Endpoint(
        "POST",
        "/api/v1/seal-checks",
        check,
        "Prüfen, ob die Stadt eine PDF-Datei besiegelt hat",
        {200: SealVerdictOut},
        refusals=(TooLarge, TypeNotAllowed, TooMany),
        consumes="multipart/form-data",
    ),
]
pages = [
    Page("GET", "/pruefen", show),
    Page("POST", "/pruefen", show_checked, streams=True),
]
