"""What everybody may know: which data is kept, why and how long (Art. 13 GDPR), and the picture of where it goes."""

from functools import partial

from aiohttp import web

from recordings_policy.data_class import Persons
from server.privacy.picture import picture, size
from server.privacy.record import entries
from server.privacy.rules import periods_in_force
from server.privacy.words import rule_words
from server.web.api import Page
from server.web.call import Call
from server.web.language import Language, available
from server.web.render import render

CITIZENS: tuple[Persons, ...] = ("citizens", "guests")


async def information(call: Call) -> web.Response:
    settings = call.office.settings
    periods = await periods_in_force(call.office.db, call.now)
    return render(
        call,
        "privacy/information.html",
        entries=entries(periods, CITIZENS),
        flow_size=size(entries(periods)),
        rule=partial(rule_words, call.language),
        officer=settings.privacy_officer,
        hold_minutes=settings.hold_minutes,
        sends_mail=settings.smtp_url is not None,
        sends_sms=settings.sms_url is not None,
    )


async def flow(call: Call) -> web.Response:
    """The language stands in the address: a picture does not know the page it is on."""
    periods = await periods_in_force(call.office.db, call.now)
    wanted = call.request.query.get("lang", "")
    language = Language(wanted) if wanted in available() else call.language
    return web.Response(
        text=picture(entries(periods), language),
        content_type="image/svg+xml",
        charset="utf-8",
        headers={"Cache-Control": "no-store"},
    )


pages = [
    Page("GET", "/datenschutz", information),
    Page("GET", "/datenschutz/datenfluss.svg", flow),
]
