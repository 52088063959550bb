"""The roster by the API: duties of a week, single duties, duties that come back. Files are in `routes_import.py`."""

from datetime import time, timedelta
from typing import Any

from server.clock import berlin
from server.errors import NotFound
from server.planning.crew import clerk_of, clerks
from server.planning.duties import Duty, DutyRefused
from server.planning.remove import DutyInUse, remove_duty
from server.planning.routes_import import endpoints as import_endpoints
from server.planning.series import Series, add_series, end_series, every_series
from server.planning.shapes import (
    AddedOut,
    DutyBody,
    DutyOut,
    EndQuery,
    KeptOut,
    SeriesBody,
    SeriesOut,
    WeekQuery,
)
from server.planning.single import add_single
from server.planning.week import week
from server.web.api import Endpoint, Reply
from server.web.call import Call

SCHEDULER = frozenset({"scheduler", "admin"})


async def list_duties(call: Call) -> Reply:
    query: WeekQuery = call.query
    today = berlin(call.now).date()
    day = query.week if query.week and abs(query.week - today) < timedelta(days=1000) else today
    monday = day - timedelta(days=day.weekday())
    catalogue = await call.catalogue()
    async with call.office.db.read() as tx:
        logins = {clerk.id: clerk.login for clerk in await clerks(tx)}
        found = await week(tx, catalogue, monday, call.office.settings.assumption_day)
    return Reply(
        [
            DutyOut(
                id=one.id,
                login=logins.get(one.duty.staff_id, "–"),
                place=one.duty.place,
                site=one.duty.site_id,
                desk=one.duty.desk,
                takes_video=one.duty.takes_video,
                start=one.duty.starts_at,
                end=one.duty.ends_at,
                series=one.series_id,
                appointments=one.appointments,
                faults=list(one.faults),
            )
            for day_ in found
            for one in day_.duties
            if query.site is None or one.duty.site_id == query.site
        ]
    )


async def post_duty(call: Call) -> Reply:
    body: DutyBody = call.body
    if body.start.tzinfo is None or body.end.tzinfo is None:
        raise DutyRefused("Die Zeiten brauchen einen Zeitzonenversatz, zum Beispiel +01:00.")
    async with call.office.db.read() as tx:
        staff_id = (await clerk_of(tx, body.login)).id
    place = "desk" if body.site else "home"
    duty = Duty(staff_id, place, body.start, body.end, body.site, body.desk, body.takes_video)  # type: ignore[arg-type]
    duty_id, warned = await add_single(call.office.db, call.member, duty, call.now)
    call.office.calendar.touch()
    return Reply(AddedOut(id=duty_id, duties=1, warnings=_said(warned)), 201)


async def delete_duty(call: Call) -> Reply:
    await remove_duty(call.office.db, call.member, _number(call.path("duty")), call.now)
    call.office.calendar.touch()
    return Reply(status=204)


async def list_series(call: Call) -> Reply:
    async with call.office.db.read() as tx:
        rows = await every_series(tx)
    return Reply([_series(row) for row in rows])


async def post_series(call: Call) -> Reply:
    body: SeriesBody = call.body
    async with call.office.db.read() as tx:
        staff_id = (await clerk_of(tx, body.login)).id
    series = Series(
        staff_id=staff_id,
        place="desk" if body.site else "home",
        site_id=body.site,
        desk=body.desk,
        takes_video=body.takes_video,
        weekdays=tuple(sorted(set(body.weekdays))),
        every_weeks=body.every_weeks,
        times=tuple((clock_of(begins), clock_of(ends)) for begins, ends in body.times),
        first_day=body.first_day,
        last_day=body.last_day,
    )
    assumption_day = call.office.settings.assumption_day
    series_id, count, warned = await add_series(call.office.db, call.member, series, call.now, assumption_day)
    call.office.calendar.touch()
    return Reply(AddedOut(id=series_id, duties=count, warnings=_said(warned)), 201)


async def delete_series(call: Call) -> Reply:
    query: EndQuery = call.query
    last_day = query.last_day or berlin(call.now).date()
    series_id = _number(call.path("series"))
    removed, kept = await end_series(call.office.db, call.member, series_id, last_day, call.now)
    call.office.calendar.touch()
    return Reply(KeptOut(removed=removed, kept=kept))


def clock_of(text: str) -> time:
    """07:30, or 24:00 as the end of the day."""
    return time(0) if text == "24:00" else time.fromisoformat(text)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise NotFound
    return int(text)


def _said(duties: list[Duty]) -> list[str]:
    return [f"{berlin(duty.starts_at):%d.%m.%Y %H:%M}: {duty.desk}" for duty in duties[:50]]


def _series(row: Any) -> SeriesOut:
    return SeriesOut(
        id=row.id,
        login=row.login,
        place=row.place,
        site=row.site_id,
        desk=row.desk,
        takes_video=row.takes_video,
        weekdays=row.weekdays,
        every_weeks=row.every_weeks,
        times=[(begins, "24:00" if ends == "00:00" else ends) for begins, ends in row.times],
        first_day=row.first_day,
        last_day=row.last_day,
        planned_until=row.planned_until,
    )


DUTIES, SERIES = "/api/v1/office/duties", "/api/v1/office/duty-series"
endpoints = [
    Endpoint(
        "GET",
        DUTIES,
        list_duties,
        "Der Dienstplan einer Woche, mit dem, was nicht passt",
        {200: list[DutyOut]},
        query=WeekQuery,
        roles=SCHEDULER,
    ),
    Endpoint(
        "POST",
        DUTIES,
        post_duty,
        "Einen einzelnen Dienst planen",
        {201: AddedOut},
        body=DutyBody,
        refusals=(DutyRefused,),
        roles=SCHEDULER,
    ),
    Endpoint(
        "DELETE",
        f"{DUTIES}/{{duty}}",
        delete_duty,
        "Einen Dienst ohne Termine streichen",
        {204: None},
        refusals=(NotFound, DutyInUse),
        roles=SCHEDULER,
    ),
    Endpoint(
        "GET",
        SERIES,
        list_series,
        "Alle wiederkehrenden Dienste",
        {200: list[SeriesOut]},
        roles=SCHEDULER,
    ),
    Endpoint(
        "POST",
        SERIES,
        post_series,
        "Einen wiederkehrenden Dienst planen",
        {201: AddedOut},
        body=SeriesBody,
        refusals=(DutyRefused,),
        roles=SCHEDULER,
    ),
    Endpoint(
        "DELETE",
        f"{SERIES}/{{series}}",
        delete_series,
        "Einen wiederkehrenden Dienst beenden; Dienste mit Terminen bleiben",
        {200: KeptOut},
        query=EndQuery,
        refusals=(NotFound,),
        roles=SCHEDULER,
    ),
    *import_endpoints,
]
