"""The pages of recordings: which services may be recorded, by whose decision, and the text that the officer signs."""

from aiohttp import web

from recordings_policy.policy_text import FINGERPRINT
from server.errors import BadInput, Refusal
from server.privacy.pages_rules import LONGEST_WORDS, VERDICTS, check_words
from server.privacy.permissions import decide, end, history, in_force, name_of, propose, services
from server.privacy.routes import READERS
from server.privacy.rules import DECIDERS, PROPOSERS
from server.privacy.show_policy import parts
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, said, see_other

HOME = "/office/privacy/recordings"


async def show_all(call: Call) -> web.Response:
    async with call.office.db.read() as tx:
        names = await services(tx)
        known = await history(tx)
    rows = []
    for service, name in names.items():
        versions = known.get(service, [])
        open_one = versions[0] if versions and versions[0].verdict is None else None
        rows.append((service, name, in_force(versions), open_one))
    return render(
        call,
        "office/recordings.html",
        rows=sorted(rows, key=lambda row: (row[3] is None, row[2] is None)),
        done=call.request.query.get("done", ""),
    )


async def show_one(call: Call) -> web.Response:
    return await _page(call)


async def submit_proposal(call: Call) -> web.Response:
    service = call.path("service")
    form = await call.request.post()
    basis = str(form.get("basis", "")).strip()[:600]
    if form.get("do") == "end":
        await end(call.office.db, call.member, service, call.now)
        return see_other(f"{HOME}?done=ended")
    try:
        check_words(basis)
    except BadInput as refusal:
        return await _page(call, basis, refusal)
    await propose(call.office.db, call.member, service, basis, call.now)
    return see_other(f"{HOME}?done=proposed")


async def submit_decision(call: Call) -> web.Response:
    service = call.path("service")
    form = await call.request.post()
    words, verdict = str(form.get("words", "")).strip()[:600], VERDICTS.get(str(form.get("do", "")))
    if form.get("do") == "end":
        await end(call.office.db, call.member, service, call.now)
        return see_other(f"{HOME}?done=ended")
    try:
        if verdict is None:
            raise BadInput("Bitte geben Sie frei oder lehnen Sie ab.")
        check_words(words)
    except BadInput as refusal:
        return await _page(call, words, refusal)
    which, read = str(form.get("permission", ""))[:40], str(form.get("policy", ""))[:64]
    await decide(call.office.db, call.member, service, which, verdict, words, read, call.now)
    return see_other(f"{HOME}?done={verdict}")


async def _page(call: Call, typed: str = "", refusal: Refusal | None = None) -> web.Response:
    service = call.path("service")
    async with call.office.db.read() as tx:
        name = await name_of(tx, service)
        versions = (await history(tx, service)).get(service, [])
    open_one = versions[0] if versions and versions[0].verdict is None else None
    return render(
        call,
        "office/recording_service.html",
        422 if refusal else 200,
        service=service,
        name=name,
        current=in_force(versions),
        proposed=open_one,
        versions=[one for one in versions if one.verdict],
        policy=parts(),
        fingerprint=FINGERPRINT,
        typed=typed,
        error=said(call.language, refusal.message, refusal.params) if refusal else "",
        may_propose=bool(call.member.roles & PROPOSERS) and open_one is None,
        may_decide=bool(call.member.roles & DECIDERS),
        longest=LONGEST_WORDS,
        here=f"{HOME}/{service}",
    )


pages = [
    Page("GET", HOME, show_all, READERS),
    Page("GET", f"{HOME}/{{service}}", show_one, READERS),
    Page("POST", f"{HOME}/{{service}}", submit_proposal, PROPOSERS),
    Page("POST", f"{HOME}/{{service}}/decision", submit_decision, DECIDERS),
]
