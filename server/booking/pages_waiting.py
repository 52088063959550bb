"""The pages of the waiting list: the form with the window, and one's own place on the list. The rules are in the verbs."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from aiohttp import web
from multidict import MultiMapping

from server.access import waiting_token
from server.booking.pages_hold import CHECKS, LONGEST_NAME, WORDS
from server.booking.pages_parts import chosen_of, day_from, mode_of, pairs_of
from server.booking.routes_waiting import minutes_of
from server.booking.routing import Wish, wish_of
from server.booking.waiting_list import WaitAsk, accept, decline, join, leave, view_of
from server.clock import berlin
from server.errors import AlreadyWaiting, BadInput
from server.web.api import Page
from server.web.call import Call
from server.web.language import available
from server.web.render import render, said, see_other

FOUR_WEEKS = timedelta(days=28)
EARLIEST, LATEST = "07:00", "20:00"
HOURS = [f"{hour:02d}:00" for hour in range(6, 22)]


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed, shown again when something is wrong."""

    name: str = ""
    email: str = ""
    first: str = ""
    last: str = ""
    earliest: str = EARLIEST
    latest: str = LATEST
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    language: str = "de"


async def form(call: Call) -> web.Response:
    today = berlin(call.now).date()
    first = day_from(call.request.query.get("from", ""), today)
    typed = Typed(first=f"{first}", last=f"{first + FOUR_WEEKS}", language=call.language.code)
    return await _form(call, call.request.query, typed, {})


async def submit(call: Call) -> web.Response:
    fields = await call.request.post()
    typed = _typed(call, fields)
    errors = _faults(call, typed)
    if errors:
        return await _form(call, fields, typed, errors, 422)
    wish = await _wish(call, fields)
    office = call.office
    ask = WaitAsk(
        pairs_of(fields),
        wish.mode,
        wish.site,
        wish.language,
        date.fromisoformat(typed.first),
        date.fromisoformat(typed.last),
        typed.weekdays,
        minutes_of(typed.earliest),
        minutes_of(typed.latest),
        typed.name,
        typed.email,
        typed.language if typed.language in available() else call.language.code,
        call.client,
    )
    try:
        entry = await join(office.db, office.calendar, office.keyring, office.settings, ask, call.now)
    except (BadInput, AlreadyWaiting) as refusal:
        field = "email" if isinstance(refusal, AlreadyWaiting) else "last"
        words = said(call.language, refusal.message, refusal.params)
        return await _form(call, fields, typed, {field: words}, refusal.status)
    office.bell.ring()
    return see_other(f"/w/{waiting_token(office.secret, entry.id)}?joined=1")


def _typed(call: Call, fields: MultiMapping[Any]) -> Typed:
    text = {name: str(fields.get(name, ""))[:300].strip() for name in ("name", "email", "first", "last")}
    hours = {name: str(fields.get(name, "")) for name in ("earliest", "latest")}
    days = {str(value) for value in fields.getall("weekday", [])}
    weekdays = tuple(day for day in range(7) if str(day) in days)
    language = str(fields.get("language", "")) or call.language.code
    return Typed(**text, **hours, weekdays=weekdays, language=language)


def _faults(call: Call, typed: Typed) -> dict[str, str]:
    """What is wrong: field ► words."""
    found = {}
    for field in ("name", "email"):
        try:
            CHECKS[field].validate_python(getattr(typed, field))
        except ValueError:
            found[field] = said(call.language, WORDS[field], {"most": LONGEST_NAME})
    for field in ("first", "last"):
        try:
            date.fromisoformat(getattr(typed, field))
        except ValueError:
            found[field] = call.language.gettext("Bitte geben Sie einen Tag an.")
    if not typed.weekdays:
        found["weekday-0"] = call.language.gettext("Bitte wählen Sie mindestens einen Wochentag.")
    if typed.earliest not in HOURS or typed.latest not in HOURS or typed.earliest >= typed.latest:
        found["latest"] = call.language.gettext("Bitte prüfen Sie die Uhrzeiten.")
    return found


async def _wish(call: Call, fields: MultiMapping[Any]) -> Wish:
    site, spoken = str(fields.get("site", "")) or None, str(fields.get("spoken", ""))[:12] or None
    return wish_of(
        await call.catalogue(), pairs_of(fields), mode_of(str(fields.get("mode", ""))), site, spoken
    )


async def _form(
    call: Call, fields: MultiMapping[Any], typed: Typed, errors: dict[str, str], status: int = 200
) -> web.Response:
    wish = await _wish(call, fields)
    catalogue = await call.catalogue()
    return render(
        call,
        "booking/waiting_form.html",
        status,
        chosen=wish.services,
        wish=wish,
        site=catalogue.sites.get(wish.site or ""),
        values=typed,
        errors=errors,
        hours=HOURS,
        weekdays=_weekdays(call),
        today=berlin(call.now).date(),
        here="/",
    )


def _weekdays(call: Call) -> list[str]:
    """Their names, Monday first, in the reader's language."""
    monday = date(2027, 3, 1)
    return [call.language.weekday(monday + timedelta(days=day)) for day in range(7)]


async def place(call: Call) -> web.Response:
    async with call.office.db.read() as tx:
        view = await view_of(tx, call.path("entry"))
    catalogue = await call.catalogue()
    offered = view.offered
    return render(
        call,
        "booking/waiting.html",
        entry=view.entry,
        position=view.position,
        offered=offered,
        running=view.entry.state == "offered" and (view.entry.offer_until or call.now) > call.now,
        site=catalogue.sites.get(offered.site_id or "") if offered else None,
        chosen=chosen_of(catalogue, view.entry.services),
        base=f"/w/{call.path('entry')}",
        weekdays=[name for day, name in enumerate(_weekdays(call)) if day in view.entry.weekdays],
        every_day=len(view.entry.weekdays) == 7,
        joined="joined" in call.request.query,
        declined="declined" in call.request.query,
    )


async def accept_submit(call: Call) -> web.Response:
    office = call.office
    booked = await accept(office.db, office.calendar, office.settings, call.path("entry"), call.now)
    office.bell.ring()
    return see_other(f"/a/{booked.token}?booked=1")


async def decline_submit(call: Call) -> web.Response:
    await decline(call.office.db, call.office.calendar, call.path("entry"), call.now)
    return see_other(f"/w/{call.path('entry')}?declined=1")


async def leave_submit(call: Call) -> web.Response:
    await leave(call.office.db, call.office.calendar, call.path("entry"), call.now)
    return see_other(f"/w/{call.path('entry')}")


pages = [
    Page("GET", "/waiting-list", form),
    Page("POST", "/waiting-list", submit),
    Page("GET", "/w/{entry}", place),
    Page("POST", "/w/{entry}/accept", accept_submit),
    Page("POST", "/w/{entry}/decline", decline_submit),
    Page("POST", "/w/{entry}/leave", leave_submit),
]
