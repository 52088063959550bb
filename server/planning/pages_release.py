"""The scheduler's page of release plans: shares by channel and stage, with their effect shown before they are saved."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiohttp import web
from multidict import MultiMapping

from server.booking.release import CHANNELS, PlanRefused, check, usable
from server.booking.set_release import places, set_release
from server.booking.snapshot import Snapshot
from server.catalog.model import Catalogue, ReleasePart
from server.clock import berlin
from server.errors import NotFound
from server.planning.pages import SCHEDULER
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, said, see_other

WEEKS = 13
ROWS = 6
LOOKS = (0, 1, 7, 14, 28)
"""In how many days somebody looks at the offer, for the table of what they would see."""

Plan = tuple[ReleasePart, ...]


@dataclass(frozen=True, slots=True)
class WeekEffect:
    """Free hours of a week: by channel today, with the plan as it is and as it would be."""

    monday: date
    before: dict[str, float]
    after: dict[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the form as it was typed."""

    share: str = ""
    channel: str = "online"
    days: str = ""
    late: str = ""


async def list_plans(call: Call) -> web.Response:
    catalogue = await call.catalogue()
    plans = [
        (scope, _name(call, catalogue, scope), catalogue.release.get(scope, ()))
        for scope in _scopes(catalogue)
    ]
    return render(
        call,
        "office/releases.html",
        plans=plans,
        saved=call.request.query.get("saved", ""),
        labels=_labels(call),
    )


async def edit_plan(call: Call) -> web.Response:
    catalogue, scope = await _place(call)
    rows = [_row(part) for part in catalogue.release.get(scope, ())]
    return await _page(call, catalogue, scope, rows)


async def submit_plan(call: Call) -> web.Response:
    catalogue, scope = await _place(call)
    form = await call.request.post()
    action = str(form.get("do", "preview"))
    if action == "reset":
        return await _save(call, scope, ())
    rows = _rows(form)
    try:
        plan = _plan(rows)
        check(plan)
    except PlanRefused as refusal:
        words = said(call.language, refusal.message, refusal.params)
        return await _page(call, catalogue, scope, rows, error=words, status=422)
    if action == "save":
        return await _save(call, scope, plan)
    return await _page(call, catalogue, scope, rows, plan)


async def _save(call: Call, scope: str, plan: Plan) -> web.Response:
    office = call.office
    await set_release(office.db, office.calendar, call.member, scope, plan, call.now)
    return see_other(f"/office/release?saved={scope}")


async def _page(
    call: Call,
    catalogue: Catalogue,
    scope: str,
    rows: list[Row],
    plan: Plan | None = None,
    error: str = "",
    status: int = 200,
) -> web.Response:
    snapshot = await call.office.calendar.snapshot(call.now)
    old = catalogue.release.get(scope, ())
    return render(
        call,
        "office/release.html",
        status,
        scope=scope,
        name=_name(call, catalogue, scope),
        rows=[*rows, *[Row() for _ in range(max(ROWS - len(rows), 1))]],
        channels=_labels(call),
        error=error,
        effects=effects(snapshot, scope, old, plan, call.now) if plan is not None else [],
        looks=looks(snapshot, scope, old, plan, call.now) if plan is not None else [],
        has_plan=bool(old),
    )


def effects(snapshot: Snapshot, scope: str, old: Plan, new: Plan, now: datetime) -> list[WeekEffect]:
    """Free hours per week and channel today, as it is and as it would be."""
    today = berlin(now).date()
    monday = today - timedelta(days=today.weekday())
    weeks = [monday + timedelta(weeks=number) for number in range(WEEKS)]
    return [
        WeekEffect(
            week,
            {channel: open_hours(snapshot, scope, old, channel, week, now) for channel in CHANNELS},
            {channel: open_hours(snapshot, scope, new, channel, week, now) for channel in CHANNELS},
        )
        for week in weeks
    ]


def looks(
    snapshot: Snapshot, scope: str, old: Plan, new: Plan, now: datetime
) -> list[tuple[int, float, float]]:
    """What somebody sees online of the week that begins in 28 days, looking at it today and later."""
    week = berlin(now).date() + timedelta(days=28)
    return [
        (
            days,
            open_hours(snapshot, scope, old, "online", week, now + timedelta(days=days)),
            open_hours(snapshot, scope, new, "online", week, now + timedelta(days=days)),
        )
        for days in LOOKS
    ]


def open_hours(snapshot: Snapshot, scope: str, plan: Plan, channel: str, week: date, now: datetime) -> float:
    """Hours in a week that are free at this place and open to the channel, by this plan."""
    ticks = 0
    for day in (week + timedelta(days=number) for number in range(7)):
        for duty in snapshot.days.get(day, {}).values():
            if duty.demo or not _concerned(snapshot.catalogue, scope, duty.site):
                continue
            free = duty.free_at(now)
            if plan:
                free &= usable(plan, duty.duty_id, day, duty.span, channel, now).mask
            ticks += free.bit_count()
    return round(ticks / 12, 1)


def _concerned(catalogue: Catalogue, scope: str, site: str | None) -> bool:
    place = site or "home"
    return place == scope if scope != "*" else place not in catalogue.release


def _rows(form: MultiMapping[object]) -> list[Row]:
    columns = [
        [str(value).strip()[:10] for value in form.getall(name, [])]
        for name in ("share", "channel", "days", "late")
    ]
    rows = [Row(*cells) for cells in zip(*columns, strict=False)]
    return [row for row in rows if row.share][:12]


def _plan(rows: list[Row]) -> Plan:
    """What was typed, as numbers; `PlanRefused` names what is no number."""
    return tuple(
        ReleasePart(
            _number(row.share),
            row.channel,
            _number(row.days or "92"),
            _number(row.late) if row.late else None,
        )
        for row in rows
    )


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        raise PlanRefused("Bitte geben Sie ganze Zahlen ein.")
    return int(text)


def _row(part: ReleasePart) -> Row:
    return Row(str(part.share), part.channel, str(part.days), "" if part.late is None else str(part.late))


def _scopes(catalogue: Catalogue) -> list[str]:
    return ["*", *places(catalogue)]


async def _place(call: Call) -> tuple[Catalogue, str]:
    catalogue, scope = await call.catalogue(), call.path("scope")
    if scope not in _scopes(catalogue):
        raise NotFound
    return catalogue, scope


def _name(call: Call, catalogue: Catalogue, scope: str) -> str:
    _ = call.language.gettext
    own = {"*": _("Alle Orte ohne eigenen Plan"), "home": _("Homeoffice (Video)")}
    return own[scope] if scope in own else catalogue.sites[scope].name


def _labels(call: Call) -> dict[str, str]:
    _ = call.language.gettext
    return {
        "online": _("Online"),
        "phone": _("Telefon"),
        "onsite": _("Schalter"),
        "walk-in": _("Ohne Termin"),
    }


pages = [
    Page("GET", "/office/release", list_plans, SCHEDULER),
    Page("GET", "/office/release/{scope}", edit_plan, SCHEDULER),
    Page("POST", "/office/release/{scope}", submit_plan, SCHEDULER),
]
