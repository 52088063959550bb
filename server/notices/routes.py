"""The calendar file for download. Mails bring the same entry along; what is in it is in `calendar_file.py`."""

from aiohttp import web

from server.access import appointment_by_token
from server.errors import NotFound
from server.notices.calendar_file import calendar_file
from server.notices.facts import facts_from
from server.notices.links import manage_link, sender_of
from server.notices.mail import calendar_entry
from server.notices.outbox import facts_of
from server.web.api import Endpoint
from server.web.call import Call


async def get_calendar_file(call: Call) -> web.StreamResponse:
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
    settings = call.office.settings
    facts = facts_from(facts_of(appointment), await call.catalogue(), call.language)
    entry = calendar_entry(
        appointment.id,
        facts,
        manage_link(settings, appointment.id),
        sender_of(settings),
        call.language,
        cancelled=appointment.state == "cancelled",
    )
    headers = {"Content-Disposition": 'attachment; filename="termin.ics"', "Cache-Control": "no-store"}
    body = calendar_file(entry, call.now)
    return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=headers)


endpoints: list[Endpoint] = [
    Endpoint(
        "GET",
        "/api/v1/appointments/{token}/calendar.ics",
        get_calendar_file,
        "Der Termin als Kalenderdatei; nach der Absage mit METHOD:CANCEL",
        returns={200: None},
        refusals=(NotFound,),
        produces="text/calendar",
    ),
]
