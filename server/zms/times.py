"""Free times in that API's shapes, both generations. What is free is `booking/availability.py`'s word."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from server.booking.availability import Calendar
from server.booking.routing import Day, wish_of
from server.clock import berlin
from server.zms.errors import Declined
from server.zms.read import Visit, day_of, days_of

HORIZON = timedelta(days=93)

# Per day: office number ► start times in seconds.
Free = dict[date, dict[int, list[int]]]


async def free_times(calendar: Calendar, visit: Visit, first: date, last: date, now: datetime) -> Free:
    """Start times from `first` to `last` at the visit's offices; days without any are left out."""
    today = berlin(now).date()
    first, last = max(first, today), min(last, today + HORIZON)
    if last < first:
        return {}
    catalogue = await calendar.catalogue(now)
    site = visit.offices[0].site if len(visit.offices) == 1 else None
    wish = wish_of(catalogue, visit.services, visit.mode, site)
    offers = await calendar.offers(wish, first, last, now)
    free = {day.date: _by_office(visit, day) for day in offers.days}
    return {day: offices for day, offices in sorted(free.items()) if offices}


def _by_office(visit: Visit, day: Day) -> dict[int, list[int]]:
    numbers = {office.site: office.id for office in visit.offices}
    found: dict[int, set[int]] = {}
    for slot in day.slots:
        if slot.mode == visit.mode and slot.site in numbers:
            found.setdefault(numbers[slot.site], set()).add(int(slot.start.timestamp()))
    return {office: sorted(found[office]) for office in numbers.values() if office in found}


async def available_calendar(
    calendar: Calendar, visit: Visit, asked: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Days over the whole span, times only within the slots' window, and the nearest days around that window."""
    first, last = days_of(asked)
    window_first = day_of(asked["slotsStartDate"]) if asked.get("slotsStartDate") else first
    window_last = day_of(asked["slotsEndDate"]) if asked.get("slotsEndDate") else last
    if window_first is None:
        raise Declined("invalidStartDate")
    if window_last is None or window_last < window_first:
        raise Declined("invalidEndDate")
    free = await free_times(calendar, visit, first, last, now)
    before = [day for day in free if day < window_first]
    after = [day for day in free if day > window_last]
    return {
        "startDate": str(first),
        "endDate": str(last),
        "slotsStartDate": str(window_first),
        "slotsEndDate": str(window_last),
        "prevBookableDate": str(before[-1]) if before else None,
        "nextBookableDate": str(after[0]) if after else None,
        "availableDays": [
            {
                "date": str(day),
                "providerIDs": _csv(offices),
                "offices": _offices(offices) if window_first <= day <= window_last else [],
            }
            for day, offices in free.items()
        ],
    }


async def available_days(
    calendar: Calendar, visit: Visit, asked: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Days alone; `noAppointmentForThisScope` when there is none."""
    first, last = days_of(asked)
    free = await free_times(calendar, visit, first, last, now)
    if not free:
        raise Declined("noAppointmentForThisScope")
    days = [{"time": str(day), "providerIDs": _csv(offices)} for day, offices in free.items()]
    return {"availableDays": days}


async def available_appointments(
    calendar: Calendar, visit: Visit, asked: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """The times of one day, every office named."""
    day = day_of(asked.get("date"))
    if day is None:
        raise Declined("invalidDate")
    free = (await free_times(calendar, visit, day, day, now)).get(day, {})
    return {"offices": _offices({office.id: free.get(office.id, []) for office in visit.offices})}


def _csv(offices: Mapping[int, Any]) -> str:
    return ",".join(str(office) for office in offices)


def _offices(offices: Mapping[int, list[int]]) -> list[dict[str, Any]]:
    return [{"officeId": office, "appointments": starts} for office, starts in offices.items()]
