"""The scheduler's pages of absences: list and form, who is concerned before it is carried out, and the report after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from aiohttp import web

from server.clock import berlin, wall_span
from server.planning.absence import AbsenceRefused, Ask, declare, end_early, tick_off
from server.planning.absence_report import heads, is_soon, preview, report
from server.planning.crew import clerks
from server.planning.routes_absence import desk_of
from server.web.api import Page
from server.web.call import Call
from server.web.problems import detail_of
from server.web.render import render, see_other

SCHEDULER = frozenset({"scheduler", "admin"})
KINDS = ("today", "days", "times")


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was filled in."""

    who: str
    kind: str
    first: str
    last: str
    day: str
    begin: str
    end: str


async def absences(call: Call) -> web.Response:
    return await _list(call, _typed(call.request.query, berlin(call.now).date()))


async def _list(call: Call, typed: Typed, error: str = "") -> web.Response:
    catalogue = await call.catalogue()
    async with call.office.db.read() as tx:
        found, crew = await heads(tx), await clerks(tx)
    return render(
        call,
        "office/absences.html",
        422 if error else 200,
        absences=found,
        clerks=crew,
        sites=list(catalogue.sites.values()),
        typed=typed,
        error=error,
        today=berlin(call.now).date(),
        here="/office/absences",
        done=call.request.query.get("done", ""),
    )


async def show_preview(call: Call) -> web.Response:
    typed = _typed(call.request.query, berlin(call.now).date())
    desk, catalogue = desk_of(call), await call.catalogue()
    try:
        ask = _asked(typed, call.now)
        lines = await preview(desk, catalogue, ask, call.now)
    except AbsenceRefused as refusal:
        return await _list(call, typed, detail_of(refusal, call.language))
    async with call.office.db.read() as tx:
        names = {clerk.id: clerk.display for clerk in await clerks(tx)}
    site = catalogue.sites.get(ask.site or "")
    return render(
        call,
        "office/absence_preview.html",
        who=site.name if site else names.get(ask.staff_id or 0, ""),
        ask=ask,
        typed=typed,
        lines=lines,
        counts=_counts(lines),
        soon={line.appointment.id for line in lines if is_soon(desk.settings, line.appointment, call.now)},
    )


async def carry_out(call: Call) -> web.Response:
    form = await call.request.post()
    fields = {name: str(value) for name, value in form.items()}
    typed = _typed(fields, berlin(call.now).date())
    try:
        ids = await declare(desk_of(call), call.member, _asked(typed, call.now), call.now)
    except AbsenceRefused as refusal:
        return await _list(call, typed, detail_of(refusal, call.language))
    call.office.bell.ring()
    return see_other(f"/office/absences/{ids[0]}" if len(ids) == 1 else f"/office/absences?done={len(ids)}")


async def show_report(call: Call) -> web.Response:
    head, lines = await report(desk_of(call), call.member, call.path("absence"), call.now)
    return render(
        call,
        "office/absence.html",
        head=head,
        lines=lines,
        counts=_counts(lines),
        to_call=[line for line in lines if line.contact],
        running=head.ends_at > max(call.now, head.starts_at),
    )


async def called(call: Call) -> web.Response:
    absence = call.path("absence")
    await tick_off(call.office.db, call.member, absence, call.path("visit"), call.now)
    return see_other(f"/office/absences/{absence}")


async def end(call: Call) -> web.Response:
    await end_early(desk_of(call), call.member, call.path("absence"), call.now)
    return see_other(f"/office/absences/{call.path('absence')}")


def _counts(lines: list[Any]) -> dict[str, int]:
    return {fate: sum(line.fate == fate for line in lines) for fate in ("colleague", "offered", "call")}


def _typed(given: Mapping[str, str], today: date) -> Typed:
    kind = given.get("kind", "")
    return Typed(
        given.get("who", "")[:80],
        kind if kind in KINDS else "today",
        given.get("first", "") or f"{today}",
        given.get("last", "") or f"{today}",
        given.get("day", "") or f"{today}",
        given.get("begin", "") or "08:00",
        given.get("end", "") or "12:00",
    )


def _asked(typed: Typed, now: datetime) -> Ask:
    """What the form means; `AbsenceRefused` for what no form of ours sends."""
    sort, _, which = typed.who.partition(":")
    starts_at, ends_at = _span(typed, now)
    if sort == "site" and which:
        return Ask(None, which, starts_at, ends_at)
    if sort != "clerk" or not which.isascii() or not which.isdigit() or len(which) > 9:
        raise AbsenceRefused("Bitte wählen Sie eine Person oder einen Standort.")
    return Ask(int(which), None, starts_at, ends_at)


def _span(typed: Typed, now: datetime) -> tuple[datetime, datetime]:
    midnight = time()
    if typed.kind == "today":
        return now, wall_span(berlin(now).date(), midnight, midnight)[1]
    try:
        if typed.kind == "days":
            first, last = _day(typed.first, now), _day(typed.last, now)
            return wall_span(first, midnight, midnight)[0], wall_span(last, midnight, midnight)[1]
        day, begin, end = _day(typed.day, now), time.fromisoformat(typed.begin), time.fromisoformat(typed.end)
    except ValueError:
        raise AbsenceRefused("Bitte prüfen Sie Tag und Uhrzeit.") from None
    if begin.tzinfo or end.tzinfo:
        raise AbsenceRefused("Bitte prüfen Sie Tag und Uhrzeit.")
    return wall_span(day, begin.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0))


def _day(text: str, now: datetime) -> date:
    day = date.fromisoformat(text)
    if abs(day - now.date()) > timedelta(days=1000):
        raise ValueError(text)
    return day


pages = [
    Page("GET", "/office/absences", absences, SCHEDULER),
    Page("GET", "/office/absences/preview", show_preview, SCHEDULER),
    Page("POST", "/office/absences", carry_out, SCHEDULER),
    Page("GET", "/office/absences/{absence}", show_report, SCHEDULER),
    Page("POST", "/office/absences/{absence}/called/{visit}", called, SCHEDULER),
    Page("POST", "/office/absences/{absence}/end", end, SCHEDULER),
]
