"""The citizen's page "Meine Daten": what is stored about them, for what, until when, and the ways to take it along."""

from typing import Final

from aiohttp import web

from server.privacy.routes_own import OWN, lines_for, link_of, own
from server.privacy.whose import Link
from server.web.api import Page
from server.web.call import Call
from server.web.render import render

HOME: Final[dict[Link, str]] = {"token": "/a", "entry": "/w", "knock": "/k"}


async def show(call: Call) -> web.Response:
    subject, found = await own(call)
    link = link_of(call)
    return render(
        call,
        "privacy/own.html",
        link=link,
        subject=subject,
        found=found,
        lines=await lines_for(call),
        officer=call.office.settings.privacy_officer,
        base=f"{HOME[link]}/{call.path(link)}",
        api=f"{OWN[link].format(**{link: call.path(link)})}/data",
    )


pages = [Page("GET", f"{home}/{{{link}}}/data", show) for link, home in HOME.items()]
