"""The data-protection officer's page of legal holds: which cases may not be deleted, since when and why. Without script."""

from aiohttp import web

from server.errors import BadInput, Conflict, Refusal
from server.privacy.hold import lift_hold, open_holds, place_hold
from server.privacy.rules import DECIDERS
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, said, see_other

HERE = "/office/privacy/holds"
WORDS = {
    "complaint": "Beschwerde oder Widerspruch",
    "court": "Gerichtliches Verfahren",
    "liability": "Haftung oder Schaden",
    "request": "Anordnung einer Behörde",
}


async def show(call: Call) -> web.Response:
    return await _page(call)


async def place(call: Call) -> web.Response:
    form = await call.request.post()
    number, reason = str(form.get("number", "")).strip()[:20], str(form.get("reason", ""))
    refusal: Refusal
    try:
        if reason not in WORDS:
            raise BadInput("Bitte wählen Sie einen Grund aus.")
        await place_hold(call.office.db, call.member, number, reason, call.now)
    except (BadInput, Conflict) as error:
        refusal = error
        field = "number" if reason in WORDS else "reason-complaint"
        errors = {field: said(call.language, refusal.message, refusal.params)}
        return await _page(call, refusal.status, errors, number, reason)
    return see_other(f"{HERE}?done=placed")


async def lift(call: Call) -> web.Response:
    await lift_hold(call.office.db, call.member, call.path("legal_hold"), call.now)
    return see_other(f"{HERE}?done=lifted")


async def _page(
    call: Call,
    status: int = 200,
    errors: dict[str, str] | None = None,
    number: str = "",
    reason: str = "",
) -> web.Response:
    async with call.office.db.read() as tx:
        holds = await open_holds(tx)
    return render(
        call,
        "office/holds.html",
        status,
        holds=holds,
        reasons={key: call.language.gettext(word) for key, word in WORDS.items()},
        errors=errors or {},
        number=number,
        reason=reason,
        done=call.request.query.get("done", ""),
        here=HERE,
    )


pages = [
    Page("GET", HERE, show, DECIDERS),
    Page("POST", HERE, place, DECIDERS),
    Page("POST", f"{HERE}/{{legal_hold}}/lift", lift, DECIDERS),
]
