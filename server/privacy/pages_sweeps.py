"""The report of deletion for the officer: what went by rule on which day, and what is due right now."""

from aiohttp import web

from server.privacy.report_sweeps import due_now, lines
from server.privacy.routes import READERS
from server.web.api import Page
from server.web.call import Call
from server.web.render import render


async def show(call: Call) -> web.Response:
    db = call.office.db
    return render(
        call,
        "office/privacy_sweeps.html",
        lines=await lines(db, call.now),
        due=await due_now(db, call.now),
    )


pages = [Page("GET", "/office/privacy/sweeps", show, READERS)]
