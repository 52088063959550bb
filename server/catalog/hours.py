"""When a building is open: function times, Bavarian holidays, closing days, right over daylight saving. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from holidays import country_holidays

from server.catalog.model import Site
from server.clock import wall_span

Closures = frozenset[tuple[str | None, date]]
Span = tuple[datetime, datetime]

_WHOLE_DAY = ((time(0), time(0)),)


@lru_cache(maxsize=64)
def holidays_of(year: int, assumption_day: bool) -> frozenset[date]:
    """Public holidays in Bavaria (Art. 1 FTG); 15 August only where most people of the municipality are Catholic."""
    categories = ("public", "catholic") if assumption_day else ("public",)
    return frozenset(country_holidays("DE", subdiv="BY", years=year, categories=categories))


def is_closed(site_id: str | None, day: date, closures: Closures, assumption_day: bool) -> bool:
    """Whether nobody works at this site (None: at home) on this day; function times are not looked at."""
    if day in holidays_of(day.year, assumption_day) or (None, day) in closures:
        return True
    return site_id is not None and (site_id, day) in closures


def open_spans(
    site: Site | None, first: date, last: date, closures: Closures, assumption_day: bool
) -> list[Span]:
    """Spans in UTC in which the site is open, from the first day to the last, both included.

    `site` None is the home office: the whole local day (23, 24 or 25 hours), except on holidays and on
    closing days of the whole city.
    """
    site_id = site.id if site else None
    spans = []
    for day in days(first, last):
        if is_closed(site_id, day, closures, assumption_day):
            continue
        hours = site.hours[day.weekday()] if site else _WHOLE_DAY
        spans += [wall_span(day, opens, closes) for opens, closes in hours]
    return [span for span in spans if span[0] < span[1]]


def days(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
