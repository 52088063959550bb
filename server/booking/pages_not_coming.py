"""The page behind "I am not coming" in reminders: one button. Cancelling itself is `cancel.py`."""

from aiohttp import web

from server.access import appointment_by_token
from server.booking.cancel import cancel, check_cancellable
from server.web.call import Call
from server.web.manage_page import base_of, place_of
from server.web.render import render, see_other


async def not_coming(call: Call) -> web.Response:
    """Changes nothing: mail scanners open links too."""
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
    if appointment.state == "cancelled":
        return see_other(base_of(call))
    check_cancellable(appointment, call.now)
    site = place_of(await call.catalogue(), appointment)
    return render(call, "booking/not_coming.html", appointment=appointment, base=base_of(call), site=site)


async def not_coming_submit(call: Call) -> web.Response:
    office = call.office
    await cancel(office.db, office.calendar, office.settings, call.path("token"), call.now)
    office.bell.ring()
    return see_other(base_of(call))
