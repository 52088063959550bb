"""The form with the citizen's own details while a time is held, up to the confirmed appointment."""

from dataclasses import dataclass
from functools import wraps
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from server.access import appointment_by_hold, appointment_by_token, manage_token
from server.booking.confirm import ConfirmAsk, confirm
from server.booking.hold import Held, extend, held, release
from server.booking.pages_parts import DAY, about, chosen_of, times_address
from server.booking.routing import wish_of
from server.booking.shapes import Mail, Name, Phone
from server.contact import mobile_of
from server.errors import (
    AlreadyExtended,
    HoldExpired,
    KeyReused,
    MailNeeded,
    NotFound,
    ProofRequired,
    Refusal,
)
from server.web.api import Handler, Reply
from server.web.call import Call
from server.web.language import available
from server.web.render import render, said, see_other

LONGEST_NAME = 200
REMIND = ("mail", "sms", "both", "none")
ALREADY = "/a/{}?already=1"
CHECKS: dict[str, TypeAdapter[str]] = {
    "name": TypeAdapter(Name),
    "email": TypeAdapter(Mail),
    "phone": TypeAdapter(Phone),
}
WORDS = {
    "name": "Bitte geben Sie Ihren Namen ein, höchstens {most} Zeichen.",
    "email": "Bitte prüfen Sie die E-Mail-Adresse. Sie sieht zum Beispiel so aus: name@beispiel.de",
    "phone": "Bitte prüfen Sie die Telefonnummer. Sie sieht zum Beispiel so aus: 0831 123456",
    "mobile": "Für die Erinnerung per SMS brauchen wir eine Handynummer. Sie sieht zum Beispiel so aus: 0151 12345678",
}


@dataclass(frozen=True, slots=True)
class Details:
    """What was typed, shown again when something is wrong."""

    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = "de"
    remind: str = "mail"
    altcha: str = ""


def _or_what_it_became(page: Handler) -> Handler:
    """Whoever comes back to a hold that is booked by now is led to the appointment, with nothing changed there."""

    @wraps(page)
    async def handle(call: Call) -> web.StreamResponse | Reply:
        try:
            return await page(call)
        except (HoldExpired, KeyReused):
            booked = await _booked(call)
            if booked is None:
                raise
            return see_other(ALREADY.format(booked))

    return handle


async def _booked(call: Call) -> str | None:
    """The link token of what this hold became: its holder has booked it. None once it is over for a day."""
    secret = call.office.settings.secret.get_secret_value()
    async with call.office.db.read() as tx:
        try:
            token = manage_token(secret, (await appointment_by_hold(tx, call.path("hold"))).id)
            appointment = await appointment_by_token(tx, token)
        except NotFound:
            return None
    return token if call.now < appointment.ends_at + DAY else None


@_or_what_it_became
async def show_hold(call: Call) -> web.Response:
    time = await held(call.office.db, call.office.settings, call.path("hold"), call.now)
    return await _form(call, time, Details(language=call.language.code), {})


@_or_what_it_became
async def extend_hold(call: Call) -> web.Response:
    """More time, and the form as it was left: nothing has to be typed again (WCAG 2.2, 3.3.7)."""
    office, token, details = call.office, call.path("hold"), await _typed(call)
    try:
        time = await extend(office.db, office.calendar, office.settings, token, call.now)
    except AlreadyExtended as refusal:
        time = await held(office.db, office.settings, token, call.now)
        return await _form(call, time, details, {}, refusal)
    return await _form(call, time, details, {}, more_time=True)


async def release_hold(call: Call) -> web.Response:
    office, token = call.office, call.path("hold")
    try:
        time = await held(office.db, office.settings, token, call.now)
    except HoldExpired:
        booked = await _booked(call)
        return see_other(ALREADY.format(booked) if booked else "/")
    await release(office.db, office.calendar, token, call.now)
    wish = wish_of(await call.catalogue(), time.services)
    return see_other(times_address(wish, "any", None))


@_or_what_it_became
async def confirm_hold(call: Call) -> web.Response:
    details = await _typed(call)
    errors = faults(details)
    office, token = call.office, call.path("hold")
    if errors:
        time = await held(office.db, office.settings, token, call.now)
        translated = {
            field: said(call.language, text, {"most": LONGEST_NAME}) for field, text in errors.items()
        }
        return await _form(call, time, details, translated, status=422)
    language = details.language if details.language in available() else call.language.code
    email, phone = details.email or None, details.phone or None
    ask = ConfirmAsk(token, details.name, email, phone, language, {}, details.remind, details.altcha or None)
    try:
        booked = await confirm(
            office.db, office.calendar, office.keyring, office.settings, ask, f"page.{token}", call.now
        )
    except ProofRequired as refusal:
        time = await held(office.db, office.settings, token, call.now)
        return await _form(call, time, details, {}, refusal)
    except MailNeeded as refusal:
        time = await held(office.db, office.settings, token, call.now)
        text = said(call.language, refusal.message, {})
        return await _form(call, time, details, {"email": text}, status=422)
    office.bell.ring()
    return see_other(f"/a/{booked.token}?booked=1")


async def _typed(call: Call) -> Details:
    form = await call.request.post()
    typed = {name: str(form.get(name, ""))[:1000].strip() for name in ("name", "email", "phone", "language")}
    remind = str(form.get("remind", "mail"))
    remind = remind if remind in REMIND else "mail"
    return Details(
        **{**typed, "language": typed["language"] or call.language.code},
        remind=remind,
        altcha=str(form.get("altcha", ""))[:4000],
    )


def faults(details: Details) -> dict[str, str]:
    """What is wrong with the typed details: field ► message id. The same checks as the API's."""
    found = {}
    for field, check in CHECKS.items():
        typed = getattr(details, field)
        if not typed and field != "name":
            continue
        try:
            check.validate_python(typed)
        except ValidationError:
            found[field] = WORDS[field]
    if details.remind in ("sms", "both") and "phone" not in found and mobile_of(details.phone) is None:
        found["phone"] = WORDS["mobile"]
    return found


async def _form(
    call: Call,
    time: Held,
    details: Details,
    errors: dict[str, str],
    refusal: Refusal | None = None,
    status: int = 200,
    more_time: bool = False,
) -> web.Response:
    catalogue = await call.catalogue()
    chosen = chosen_of(catalogue, time.services)
    context: dict[str, Any] = {
        "here": f"/holds/{time.token}",
        "held": time,
        "site": catalogue.sites.get(time.site or ""),
        "chosen": chosen,
        "values": details,
        "errors": errors,
        "must_mail": any(service.activation for service, _ in chosen),
        "more_time": more_time,
        "proof": isinstance(refusal, ProofRequired),
        "notice": said(call.language, refusal.message, refusal.params) if refusal else "",
        **about(chosen),
    }
    return render(call, "booking/hold.html", refusal.status if refusal else status, **context)
