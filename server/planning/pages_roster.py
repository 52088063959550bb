"""The scheduler's roster: a week at a glance, single duties, duties that come back. Files are in `pages_import`."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from aiohttp import web

from server.clock import berlin, wall_span
from server.errors import NotFound, Refusal
from server.planning.crew import clerk_of, clerks, site_names
from server.planning.duties import Duty, DutyRefused
from server.planning.remove import remove_duty
from server.planning.series import Series, add_series, end_series, every_series, series_of
from server.planning.single import add_single
from server.planning.week import week
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, said, see_other

SCHEDULER = frozenset({"scheduler", "admin"})
SPANS = 3
ROSTER = "/office/roster"
SERIES = f"{ROSTER}/series"
WEEK = timedelta(days=7)
FIELDS = (
    "login",
    "place",
    "desk",
    "video",
    "day",
    "from",
    "to",
    "weekdays",
    "every_weeks",
    "first_day",
    "last_day",
)
EMPTY = dict.fromkeys([*FIELDS, *(f"{edge}{n}" for edge in ("from", "to") for n in range(1, SPANS + 1))], "")


async def roster(call: Call) -> web.Response:
    today = berlin(call.now).date()
    day = day_of(call.request.query.get("week", "")) or today
    day = day if abs(day - today) < timedelta(days=1000) else today
    monday = day - timedelta(days=day.weekday())
    catalogue = await call.catalogue()
    site = call.request.query.get("site", "")
    site = site if site in catalogue.sites or site == "home" else ""
    async with call.office.db.read() as tx:
        found = await week(tx, catalogue, monday, call.office.settings.assumption_day)
    days = [(one, [d for d in one.duties if site in ("", d.duty.site_id or "home")]) for one in found]
    return render(
        call,
        "office/roster.html",
        days=days,
        monday=monday,
        sunday=monday + timedelta(days=6),
        before=monday - WEEK,
        after=monday + WEEK,
        this_week=today - timedelta(days=today.weekday()),
        site=site,
        sites={key: one.name for key, one in catalogue.sites.items()},
        faults=sum(bool(duty.faults) for _, duties in days for duty in duties),
        done=call.request.query.get("done", ""),
    )


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def duty_form(call: Call) -> web.Response:
    return await _form(call, "office/roster_duty.html", {"day": call.request.query.get("day", "")[:10]}, {})


async def duty_submit(call: Call) -> web.Response:
    form = _texts(await call.request.post())
    try:
        async with call.office.db.read() as tx:
            staff_id = (await clerk_of(tx, form.get("login", ""))).id
        start, end = wall_span(_day(form, "day"), _clock(form.get("from", "")), _clock(form.get("to", "")))
        place, site, desk = _place(form)
        duty = Duty(staff_id, place, start, end, site, desk, "video" in form)
        _, warned = await add_single(call.office.db, call.member, duty, call.now)
    except DutyRefused as refusal:
        return await _form(call, "office/roster_duty.html", form, _told(call, refusal), refusal.status)
    call.office.calendar.touch()
    done = "desk" if warned else "added"
    return see_other(f"{ROSTER}?week={berlin(start).date()}&done={done}")


async def duty_remove(call: Call) -> web.Response:
    form = _texts(await call.request.post())
    await remove_duty(call.office.db, call.member, number_of(call.path("duty")), call.now)
    call.office.calendar.touch()
    back = day_of(form.get("week", ""))
    return see_other(f"{ROSTER}?done=removed" + (f"&week={back}" if back else ""))


async def series_page(call: Call) -> web.Response:
    given = {"first_day": f"{berlin(call.now).date() + timedelta(days=1)}", "every_weeks": "1"}
    return await _form(call, "office/roster_series.html", given, {})


async def series_submit(call: Call) -> web.Response:
    posted = await call.request.post()
    form = _texts(posted)
    weekdays = [str(value) for value in posted.getall("weekday", [])]
    form["weekdays"] = "".join(day for day in weekdays if day in "0123456" and len(day) == 1)
    try:
        async with call.office.db.read() as tx:
            staff_id = (await clerk_of(tx, form.get("login", ""))).id
        place, site, desk = _place(form)
        series = Series(
            staff_id=staff_id,
            place=place,
            site_id=site,
            desk=desk,
            takes_video="video" in form,
            weekdays=tuple(sorted({int(day) for day in form["weekdays"]})),
            every_weeks=int(form["every_weeks"]) if form.get("every_weeks", "") in "12345678" else 0,
            times=tuple(_spans(form)),
            first_day=_day(form, "first_day"),
            last_day=_day(form, "last_day") if form.get("last_day") else None,
        )
        _, _, warned = await add_series(
            call.office.db, call.member, series, call.now, call.office.settings.assumption_day
        )
    except DutyRefused as refusal:
        return await _form(call, "office/roster_series.html", form, _told(call, refusal), refusal.status)
    call.office.calendar.touch()
    return see_other(f"{SERIES}?done={'desk' if warned else 'added'}")


async def series_end(call: Call) -> web.Response:
    form = _texts(await call.request.post())
    last_day = day_of(form.get("last_day", "")) or berlin(call.now).date()
    series_id = number_of(call.path("series"))
    _, kept = await end_series(call.office.db, call.member, series_id, last_day, call.now)
    call.office.calendar.touch()
    return see_other(f"{SERIES}?done=ended&kept={len(kept)}")


async def _form(
    call: Call, template: str, given: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> web.Response:
    async with call.office.db.read() as tx:
        people, sites, known = await clerks(tx), await site_names(tx), await every_series(tx)
    kept = call.request.query.get("kept", "0")
    return render(
        call,
        template,
        status,
        given={**EMPTY, **given},
        errors=errors,
        clerks=people,
        sites=sites,
        rows=[(row, series_of(row)) for row in known],
        spans=range(1, SPANS + 1),
        weekdays=[date(2027, 3, 1) + timedelta(days=n) for n in range(7)],
        today=berlin(call.now).date(),
        done=call.request.query.get("done", ""),
        kept=int(kept) if kept.isascii() and kept.isdecimal() and len(kept) < 6 else 0,
    )


def _texts(posted: Mapping[str, Any]) -> dict[str, str]:
    return {name: value.strip()[:200] for name, value in posted.items() if isinstance(value, str)}


def _told(call: Call, refusal: Refusal) -> dict[str, str]:
    return {"login": said(call.language, refusal.message, refusal.params)}


def _day(form: Mapping[str, str], name: str) -> date:
    day = day_of(form.get(name, ""))
    if day is None or not 2000 <= day.year <= 2100:
        raise DutyRefused("Bitte geben Sie den Tag an.")
    return day


def _clock(text: str) -> time:
    try:
        return time(0) if text == "24:00" else datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007
    except ValueError:
        raise DutyRefused("Bitte geben Sie an, von wann bis wann der Dienst dauert.") from None


def _spans(form: Mapping[str, str]) -> list[tuple[time, time]]:
    pairs = [(form.get(f"from{n}", ""), form.get(f"to{n}", "")) for n in range(1, SPANS + 1)]
    return [(_clock(begins), _clock(ends)) for begins, ends in pairs if begins or ends]


def _place(form: Mapping[str, str]) -> tuple[Any, str | None, str | None]:
    site = form.get("place", "home")
    if site == "home":
        return "home", None, None
    desk = form.get("desk", "")[:40]
    return "desk", site, desk or None


def number_of(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise NotFound
    return int(text)


pages = [
    Page("GET", ROSTER, roster, SCHEDULER),
    Page("GET", f"{ROSTER}/duty", duty_form, SCHEDULER),
    Page("POST", f"{ROSTER}/duty", duty_submit, SCHEDULER),
    Page("POST", f"{ROSTER}/duties/{{duty}}/remove", duty_remove, SCHEDULER),
    Page("GET", SERIES, series_page, SCHEDULER),
    Page("POST", SERIES, series_submit, SCHEDULER),
    Page("POST", f"{SERIES}/{{series}}/end", series_end, SCHEDULER),
]
