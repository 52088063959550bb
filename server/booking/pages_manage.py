"""The citizen's page of one appointment: see, move, cancel. Documents and room have pages of their own."""

from datetime import date
from typing import Any

from aiohttp import web

from server.access import Appointment, appointment_by_token
from server.booking.activate import activate
from server.booking.cancel import cancel, check_cancellable
from server.booking.move import check_movable, move
from server.booking.pages_parts import chosen_of, picked
from server.booking.pages_times import offers_on_page, paging, render_taken
from server.booking.routing import WishMode, wish_of
from server.clock import berlin
from server.errors import SlotTaken
from server.web.call import Call
from server.web.manage_page import base_of, place_of, render_manage
from server.web.render import render, see_other

NOTICES = ("activated", "booked", "already", "moved", "sent", "deleted", "unrecorded")


async def manage(call: Call) -> web.Response:
    appointment = await own_appointment(call)
    notice = next((name for name in NOTICES if name in call.request.query), "")
    return await render_manage(call, appointment, notice)


async def own_appointment(call: Call) -> Appointment:
    async with call.office.db.read() as tx:
        return await appointment_by_token(tx, call.path("token"))


async def move_page(call: Call) -> web.Response:
    appointment = await own_appointment(call)
    check_movable(appointment, call.office.settings, call.now)
    catalogue = await call.catalogue()
    onsite = appointment.starts_at <= call.now or call.request.query.get("mode") == "onsite"
    mode: WishMode = "onsite" if onsite else "any"
    wish = wish_of(catalogue, appointment.services, mode, language=appointment.spoken)
    today = berlin(call.now).date()
    shown, offers = await offers_on_page(call, wish, today)

    def address(first: date, *, one_day: bool = False) -> str:
        query = f"{'day' if one_day else 'from'}={first.isoformat()}"
        return f"{base_of(call)}/move?{query}{'&mode=onsite' if onsite else ''}"

    return render(
        call,
        "booking/move.html",
        reasons=offers.reasons,
        onsite=onsite,
        **paging(call, catalogue, offers, shown, today, address),
        **await _facts(call, appointment),
    )


async def move_submit(call: Call) -> web.Response:
    form = await call.request.post()
    slot, office, token = picked(str(form.get("slot", ""))), call.office, call.path("token")
    try:
        await move(
            office.db, office.calendar, office.settings, token, slot.start, slot.mode, slot.site, call.now
        )
    except SlotTaken as taken:
        catalogue = await call.catalogue()
        wish = wish_of(catalogue, (await own_appointment(call)).services, slot.mode, slot.site)
        return render_taken(call, catalogue, wish, slot, taken, f"{base_of(call)}/move", kept=True)
    office.bell.ring()
    return see_other(f"{base_of(call)}?moved=1")


async def cancel_page(call: Call) -> web.Response:
    appointment = await own_appointment(call)
    if appointment.state == "cancelled":
        return see_other(base_of(call))
    check_cancellable(appointment, call.now)
    return render(call, "booking/cancel.html", **await _facts(call, appointment))


async def cancel_submit(call: Call) -> web.Response:
    await cancel(call.office.db, call.office.calendar, call.office.settings, call.path("token"), call.now)
    call.office.bell.ring()
    return see_other(base_of(call))


async def activate_submit(call: Call) -> web.Response:
    await activate(call.office.db, call.office.calendar, call.path("token"), call.now)
    call.office.bell.ring()
    return see_other(f"{base_of(call)}?activated=1")


async def _facts(call: Call, appointment: Appointment) -> dict[str, Any]:
    catalogue = await call.catalogue()
    return {
        "appointment": appointment,
        "base": base_of(call),
        "site": place_of(catalogue, appointment),
        "chosen": chosen_of(catalogue, appointment.services),
    }
