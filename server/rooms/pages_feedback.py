"""Feedback on a page, without script: the question after the conversation, and what was said for those who read it."""

from contextlib import suppress

from aiohttp import web

from server.access import appointment_by_token
from server.catalog.model import in_language
from server.clock import berlin
from server.rooms.feedback import (
    FEWEST,
    FeedbackGiven,
    check_feedback,
    give_feedback,
    has_given,
    read_feedback,
)
from server.rooms.routes_feedback import LONGEST, READERS, plain_text
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, see_other

WORDS = {5: "Sehr gut", 4: "Gut", 3: "Geht so", 2: "Schlecht", 1: "Sehr schlecht"}


async def ask(call: Call) -> web.Response:
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
    given = await has_given(call.office.db, appointment)
    if not given:
        check_feedback(appointment, given, call.now)
    return _form(call, given=given)


async def submit(call: Call) -> web.Response:
    form = await call.request.post()
    score, text = str(form.get("score", "")), str(form.get("text", "")).strip()
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
    errors = {}
    if score not in {str(one) for one in WORDS}:
        errors["score-5"] = call.language.gettext("Bitte wählen Sie eine Antwort.")
    try:
        plain_text(text)
    except ValueError as error:
        errors["text"] = call.language.gettext(str(error))
    if len(text) > LONGEST:
        errors["text"] = call.language.gettext("Bitte kürzen Sie den Text auf 1000 Zeichen.")
    if errors:
        return _form(call, errors=errors, score=score, text=text[:LONGEST], status=422)
    with suppress(FeedbackGiven):  # pressed twice: the first one counts
        await give_feedback(call.office.db, appointment, int(score), text, call.now)
    return see_other(f"/a/{call.path('token')}/feedback")


def _form(
    call: Call,
    *,
    given: bool = False,
    errors: dict[str, str] | None = None,
    score: str = "",
    text: str = "",
    status: int = 200,
) -> web.Response:
    base = f"/a/{call.path('token')}"
    return render(
        call,
        "rooms/feedback.html",
        status,
        base=base,
        here=f"{base}/feedback",
        given=given,
        errors=errors or {},
        score=score,
        text=text,
        longest=LONGEST,
        words={key: call.language.gettext(word) for key, word in WORDS.items()},
    )


async def show(call: Call) -> web.Response:
    catalogue = await call.catalogue()
    said = await read_feedback(call.office.db, berlin(call.now).date())
    rows = []
    for one in said:
        service = catalogue.services.get(one.service)
        name = in_language(service.name, call.language.code) if service else one.service
        rows.append((name, one))
    words = [call.language.gettext(WORDS[score]) for score in range(1, 6)]
    return render(call, "office/feedback.html", rows=rows, fewest=FEWEST, words=words)


pages = [
    Page("GET", "/a/{token}/feedback", ask),
    Page("POST", "/a/{token}/feedback", submit),
    Page("GET", "/office/feedback", show, READERS),
]
