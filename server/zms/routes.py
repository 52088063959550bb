"""The addresses of that API, each with and without a slash at its end. The contract: `docs/decisions/0010`."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from server.access import Appointment, appointment_by_hold
from server.booking.hold import HoldAsk, hold
from server.booking.proof import check as check_proof
from server.booking.proof import fresh_challenge, is_asked_for, use_proof
from server.errors import NotFound, ProofRequired
from server.web.call import Call
from server.zms.book import (
    ask_for_confirmation,
    confirm_pending,
    contact_of,
    give_back,
    look_up,
    tell,
)
from server.zms.errors import Declined
from server.zms.front import Answer, Front, books_of, handler_of, preflight, words_of
from server.zms.process import process_json, status_of
from server.zms.read import Visit, body_of, instant_of, key_of, person_of, visit_of
from server.zms.times import available_appointments, available_calendar, available_days

BASE = "/api/citizen"


async def offices_and_services(call: Call, front: Front) -> str:
    return await front.listing(call)


async def calendar(call: Call, front: Front) -> dict[str, Any]:
    visit = await _visit(call, front, "officeIds", "serviceIds", "serviceCounts")
    return await available_calendar(call.office.calendar, visit, call.request.query, call.now)


async def days_by_office(call: Call, front: Front) -> dict[str, Any]:
    visit = await _visit(call, front, "officeId", "serviceId", "serviceCount")
    return await available_days(call.office.calendar, visit, call.request.query, call.now)


async def appointments_by_office(call: Call, front: Front) -> dict[str, Any]:
    visit = await _visit(call, front, "officeId", "serviceId", "serviceCount")
    return await available_appointments(call.office.calendar, visit, call.request.query, call.now)


async def _visit(call: Call, front: Front, *names: str) -> Visit:
    """Lists come with commas; some clients repeat the name instead."""
    offices, services, counts = (",".join(call.request.query.getall(name, [])) for name in names)
    return visit_of(await front.directory(call), offices, services, counts)


async def reserve(call: Call, front: Front) -> dict[str, Any]:
    body = await body_of(call.request)
    asked = (body.get("officeId"), body.get("serviceId"), body.get("serviceCount"))
    visit = visit_of(await front.directory(call), *asked)
    if len(visit.offices) != 1:
        raise Declined("invalidOfficeId")
    language = call.language.code
    async with call.office.db.write() as tx:
        if await is_asked_for(tx, call.office.settings, call.client, call.now):
            await use_proof(tx, call.office.settings, _captcha_of(body), call.now)
    ask = HoldAsk(
        visit.services,
        visit.mode,
        visit.offices[0].site,
        instant_of(body.get("timestamp")),
        None if language.startswith("de") else language,
        "online",
        call.client,
    )
    office, key = call.office, call.request.headers.get("Idempotency-Key")
    held = await hold(office.db, office.calendar, office.settings, ask, key, call.now)
    async with office.db.read() as tx:
        appointment = await appointment_by_hold(tx, held.token)
    return await _process(call, front, appointment)


async def update(call: Call, front: Front) -> dict[str, Any]:
    body = await body_of(call.request)
    key, person = key_of(body), person_of(body)
    return await _process(call, front, await tell(books_of(call), key, person, call.language.code, call.now))


async def preconfirm(call: Call, front: Front) -> dict[str, Any]:
    key = key_of(await body_of(call.request))
    pending = await ask_for_confirmation(books_of(call), key, call.client, call.now)
    call.office.bell.ring()
    return await _process(call, front, pending)


async def confirm(call: Call, front: Front) -> dict[str, Any]:
    confirmed = await confirm_pending(books_of(call), key_of(await body_of(call.request)), call.now)
    call.office.bell.ring()
    return await _process(call, front, confirmed)


async def cancel(call: Call, front: Front) -> dict[str, Any]:
    gone = await give_back(books_of(call), key_of(await body_of(call.request)), call.now)
    call.office.bell.ring()
    return await _process(call, front, gone)


async def show(call: Call, front: Front) -> dict[str, Any]:
    books, key = books_of(call), key_of(call.request.query)
    async with books.db.read() as tx:
        appointment = await look_up(books, tx, key)
    # the same before and after the house has tidied up behind it
    over = appointment.expires_at is not None and appointment.expires_at <= call.now
    if over and status_of(appointment, call.now) == "deleted":
        raise NotFound
    return await _process(call, front, appointment)


async def captcha_details(call: Call, _front: Front) -> dict[str, Any]:
    """A proof is asked for only above a rate; clients that show it always may get one here."""
    base = f"{call.office.settings.public_url.rstrip('/')}{BASE}"
    async with call.office.db.read() as tx:
        wanted = await is_asked_for(tx, call.office.settings, call.client, call.now)
    return {
        "siteKey": "",
        "captchaChallenge": f"{base}/captcha-challenge/",
        "captchaVerify": f"{base}/captcha-verify/",
        "captchaEnabled": wanted,
    }


async def captcha_challenge(call: Call, _front: Front) -> dict[str, Any]:
    return fresh_challenge(call.office.settings, call.now)


async def captcha_verify(call: Call, _front: Front) -> dict[str, Any]:
    """Says whether the solution is right; it counts, once, when a time is reserved with it as `captchaToken`."""
    payload = _captcha_of(await body_of(call.request))
    if payload is None:
        raise Declined("captchaMissing")
    try:
        check_proof(call.office.settings, payload, call.now)
    except ProofRequired as refusal:
        raise Declined("captchaExpired" if refusal.extra.get("expired") else "captchaInvalid") from None
    return {"meta": {"success": True}, "data": {"valid": True}, "token": payload}


def _captcha_of(body: Mapping[str, Any]) -> str | None:
    found = body.get("captchaToken") or body.get("payload")
    return found if isinstance(found, str) and len(found) <= 4000 else None


async def _process(call: Call, front: Front, appointment: Appointment) -> dict[str, Any]:
    books, directory = books_of(call), await front.directory(call)
    async with books.db.read() as tx:
        contact = await contact_of(books, tx, appointment)
    catalogue = await call.catalogue()
    words = words_of(call)
    return process_json(appointment, contact, catalogue, directory, words, call.language, call.now)


ROUTES: dict[tuple[str, str], Answer] = {
    ("GET", "offices-and-services"): offices_and_services,
    ("GET", "available-calendar"): calendar,
    ("GET", "available-days-by-office"): days_by_office,
    ("GET", "available-appointments-by-office"): appointments_by_office,
    ("POST", "reserve-appointment"): reserve,
    ("POST", "update-appointment"): update,
    ("POST", "preconfirm-appointment"): preconfirm,
    ("POST", "confirm-appointment"): confirm,
    ("POST", "cancel-appointment"): cancel,
    ("GET", "appointment"): show,
    ("GET", "captcha-details"): captcha_details,
    ("GET", "captcha-challenge"): captcha_challenge,
    ("POST", "captcha-verify"): captcha_verify,
}


def add_citizen_api(app: web.Application) -> None:
    """Makes the API reachable; nothing of it is shared with the house's own API but the verbs of booking."""
    front = Front()
    for (method, name), answer in ROUTES.items():
        for path in (f"{BASE}/{name}", f"{BASE}/{name}/"):
            handler = handler_of(front, answer)
            if method == "GET":
                app.router.add_get(path, handler, allow_head=True)
            else:
                app.router.add_post(path, handler)
            app.router.add_route("OPTIONS", path, preflight)
