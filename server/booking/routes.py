"""Booking by the API: free times, holds, appointments. What the citizen sees is in `pages.py`."""

from datetime import date, timedelta

from aiohttp import web

from server.access import appointment_by_token
from server.booking.activate import activate
from server.booking.cancel import cancel
from server.booking.confirm import ConfirmAsk, confirm
from server.booking.hold import HoldAsk, hold, release
from server.booking.move import move
from server.booking.routing import Offers, wish_of
from server.booking.shapes import (
    AppointmentBody,
    AppointmentOut,
    AvailabilityOut,
    AvailabilityQuery,
    DayOut,
    HoldBody,
    HoldOut,
    MoveBody,
    NextOut,
    ReasonOut,
    SlotOut,
)
from server.booking.show import appointment_out
from server.clock import berlin
from server.errors import (
    ActivationExpired,
    AlreadyExtended,
    BadInput,
    HoldExpired,
    ProofRequired,
    ServicesExclude,
    SlotTaken,
    TooLate,
    TooManyAppointments,
    TooManyHolds,
    VideoExcluded,
)
from server.web.api import Endpoint, Reply
from server.web.call import Call
from server.web.render import said

LONGEST = timedelta(days=92)
FOUR_WEEKS = timedelta(days=28)
KEY = "Idempotency-Key"


async def availability(call: Call) -> web.Response:
    return await free_times(call, "online")


async def free_times(call: Call, channel: str) -> web.Response:
    """What the query asks for, as far as this channel may have it; the same question is worked out once."""
    calendar = call.office.calendar
    key = (channel, call.language.code, call.request.query_string)
    await calendar.snapshot(call.now)
    body = calendar.answers.find(key, calendar.version, call.now)
    if body is None:
        body = (await _free_times(call, channel)).model_dump_json(exclude_none=True, by_alias=True).encode()
        calendar.keep(key, body, call.now)
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=body, content_type="application/json", charset="utf-8", headers=headers)


async def _free_times(call: Call, channel: str) -> AvailabilityOut:
    query: AvailabilityQuery = call.query
    services = query.pairs()
    wish = wish_of(await call.catalogue(), services, query.mode, query.site, query.lang, channel)
    first = query.from_ or berlin(call.now).date()
    last = query.to or min(first, date.max - FOUR_WEEKS) + FOUR_WEEKS
    check_range(first, last)
    offers = await call.office.calendar.offers(wish, first, last, call.now, call.language.code)
    return _availability(offers, call)


def check_range(first: date, last: date) -> None:
    """At most 92 days, and not backwards."""
    if last < first or last - first > LONGEST or not 2000 < first.year < 2200:
        raise BadInput("Bitte fragen Sie höchstens 92 Tage auf einmal ab.")


def _availability(offers: Offers, call: Call) -> AvailabilityOut:
    return AvailabilityOut(
        days=[
            DayOut(
                date=day.date,
                slots=[SlotOut(start=s.start, end=s.end, mode=s.mode, site=s.site) for s in day.slots],
            )
            for day in offers.days
        ],
        next=NextOut(video=offers.next_video, onsite=offers.next_onsite),
        reasons=[
            ReasonOut(code=reason.code, text=said(call.language, reason.text, reason.params))
            for reason in offers.reasons
        ],
    )


async def create_hold(call: Call) -> Reply:
    return await hold_for(call, "online", call.client)


async def hold_for(call: Call, channel: str, client: str) -> Reply:
    """Holds the time that the body asks for on this channel; without `client` no limit of open holds applies."""
    body: HoldBody = call.body
    pairs = tuple((item.id, item.count) for item in body.services)
    ask = HoldAsk(pairs, body.mode, body.site, body.start, body.language, channel, client, body.must_speak)
    office = call.office
    key = call.request.headers.get(KEY)
    held = await hold(office.db, office.calendar, office.settings, ask, key, call.now)
    out = HoldOut(
        hold=held.token,
        start=held.start,
        end=held.end,
        mode=held.mode,
        site=held.site,
        expires_at=held.expires_at,
    )
    return Reply(out, 201)


async def drop_hold(call: Call) -> Reply:
    await release(call.office.db, call.office.calendar, call.path("hold"), call.now)
    return Reply(status=204)


async def create_appointment(call: Call) -> Reply:
    body: AppointmentBody = call.body
    office = call.office
    language = body.language or call.language.code
    answers = dict(body.answers or {})
    ask = ConfirmAsk(
        body.hold, body.name, body.email, body.phone, language, answers, body.remind, body.altcha
    )
    key = call.request.headers.get(KEY)
    booked = await confirm(office.db, office.calendar, office.keyring, office.settings, ask, key, call.now)
    office.bell.ring()
    return Reply(await appointment_out(call, booked.appointment, booked.token), 201)


async def show_appointment(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
    return Reply(await appointment_out(call, appointment, call.path("token")))


async def move_appointment(call: Call) -> Reply:
    body: MoveBody = call.body
    office, token = call.office, call.path("token")
    moved = await move(
        office.db, office.calendar, office.settings, token, body.start, body.mode, body.site, call.now
    )
    office.bell.ring()
    return Reply(await appointment_out(call, moved, token))


async def activate_appointment(call: Call) -> Reply:
    office, token = call.office, call.path("token")
    activated = await activate(office.db, office.calendar, token, call.now)
    office.bell.ring()
    return Reply(await appointment_out(call, activated, token))


async def cancel_appointment(call: Call) -> web.StreamResponse | Reply:
    await cancel(call.office.db, call.office.calendar, call.office.settings, call.path("token"), call.now)
    call.office.bell.ring()
    return Reply(status=204)


endpoints = [
    Endpoint(
        "GET",
        "/api/v1/availability",
        availability,
        "Freie Zeiten",
        {200: AvailabilityOut},
        query=AvailabilityQuery,
        refusals=(ServicesExclude,),
    ),
    Endpoint(
        "POST",
        "/api/v1/holds",
        create_hold,
        "Eine Zeit reservieren",
        {201: HoldOut},
        body=HoldBody,
        headers=(KEY,),
        refusals=(SlotTaken, TooManyHolds),
    ),
    Endpoint("DELETE", "/api/v1/holds/{hold}", drop_hold, "Eine Reservierung freigeben", {204: None}),
    Endpoint(
        "POST",
        "/api/v1/appointments",
        create_appointment,
        "Aus der Reservierung einen Termin machen",
        {201: AppointmentOut},
        body=AppointmentBody,
        headers=(KEY,),
        refusals=(HoldExpired, AlreadyExtended, ProofRequired, TooManyAppointments, VideoExcluded),
    ),
    Endpoint(
        "POST",
        "/api/v1/appointments/{token}/activate",
        activate_appointment,
        "Den Termin bestätigen (Link aus der E-Mail)",
        {200: AppointmentOut},
        refusals=(ActivationExpired,),
    ),
    Endpoint(
        "GET", "/api/v1/appointments/{token}", show_appointment, "Den Termin ansehen", {200: AppointmentOut}
    ),
    Endpoint(
        "POST",
        "/api/v1/appointments/{token}/move",
        move_appointment,
        "Den Termin verschieben",
        {200: AppointmentOut},
        body=MoveBody,
        refusals=(SlotTaken, TooLate, VideoExcluded),
    ),
    Endpoint(
        "DELETE",
        "/api/v1/appointments/{token}",
        cancel_appointment,
        "Den Termin absagen",
        {204: None},
        refusals=(TooLate,),
    ),
]
