"""What the booking pages share: reading a wish from an address or form, and laying out days and times."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from multidict import MultiMapping

from server.booking.routing import Day, Slot, Wish, WishMode
from server.catalog.model import Catalogue, Mode, Service, Site
from server.clock import BERLIN, berlin
from server.errors import BadInput
from server.web.call import Call

DAY = timedelta(days=1)
WEEK = 7 * DAY
SHOWN_AT_ONCE = 12
MOST_AT_ONCE = 18
MOST_SERVICES = 5

Pairs = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SlotView:
    """A time as a button: what it says and what it sends."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """The times of one day by one way; `all` is how many there are when only a selection is shown, else 0."""

    mode: Mode
    site: Site | None
    slots: list[SlotView]
    all: int


@dataclass(frozen=True, slots=True)
class DayView:
    """A day on the page; `href` leads to all of its times."""

    date: date
    short: str
    count: int
    href: str
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Shown:
    """Which days a page shows: a week with a selection of times, or one day with all of them."""

    first: date
    one_day: bool

    @property
    def last(self) -> date:
        return self.first if self.one_day else self.first + WEEK - DAY


@dataclass(frozen=True, slots=True)
class Picked:
    """The time behind a pressed button."""

    start: datetime
    mode: Mode
    site: str | None


def pairs_of(values: MultiMapping[Any]) -> Pairs:
    """Services with their counts from `service`, `count` (side by side) and `also-ID` (how many)."""
    ids = [str(value) for value in values.getall("service", [])]
    counts = [str(value) for value in values.getall("count", [])]
    counts += ["1"] * (len(ids) - len(counts))
    pairs = [(service, _number(count)) for service, count in zip(ids, counts, strict=False)]
    extra = [(name[5:], _number(str(value))) for name, value in values.items() if name.startswith("also-")]
    pairs += [pair for pair in extra if pair[1]]
    if not pairs:
        raise BadInput("Bitte wählen Sie mindestens ein Anliegen.")
    if len(pairs) > MOST_SERVICES:
        raise BadInput("Das ist für einen Termin zu viel. Bitte teilen Sie die Anliegen auf.")
    return tuple(pairs)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        raise BadInput
    return int(text)


def mode_of(text: str) -> WishMode:
    modes: dict[str, WishMode] = {"video": "video", "onsite": "onsite"}
    return modes.get(text, "any")


def day_from(text: str, earliest: date) -> date:
    """The day in an address, never before the earliest; anything else means the earliest."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return earliest
    return min(max(day, earliest), earliest + timedelta(days=370))


def slot_value(slot: Slot) -> str:
    return f"{int(slot.start.timestamp())}.{slot.mode}.{slot.site or ''}"


def picked(text: str) -> Picked:
    """The slot that a button sent; `BadInput` for anything that no button of ours sends."""
    second, _, rest = text.partition(".")
    mode, _, site = rest.partition(".")
    if mode not in ("video", "onsite") or not second.isascii() or not second.isdigit() or len(second) > 11:
        raise BadInput("Bitte wählen Sie eine der angebotenen Zeiten.")
    return Picked(
        datetime.fromtimestamp(int(second), UTC), "video" if mode == "video" else "onsite", site or None
    )


def slots_from(alternatives: Iterable[Mapping[str, Any]]) -> list[Slot]:
    """The alternatives that a `SlotTaken` carries."""
    return [
        Slot(datetime.fromisoformat(a["start"]), datetime.fromisoformat(a["end"]), a["mode"], a.get("site"))
        for a in alternatives
    ]


def by_day(slots: Iterable[Slot]) -> list[Day]:
    days: dict[date, list[Slot]] = {}
    for slot in sorted(slots, key=lambda slot: slot.start):
        days.setdefault(berlin(slot.start).date(), []).append(slot)
    return [Day(day, found) for day, found in days.items()]


def shown_days(query: Mapping[str, str], today: date) -> Shown:
    """From `day` (one day) or `from` (a week) in the address; never before today."""
    one_day = bool(query.get("day"))
    return Shown(day_from(query.get("day") or query.get("from", ""), today), one_day)


def day_views(
    days: Sequence[Day], catalogue: Catalogue, call: Call, href: Callable[[date], str] | None = None
) -> list[DayView]:
    """Days as the page shows them; with `href` (address of a day's page) long lists are cut to a selection."""
    return [
        DayView(
            day.date,
            _short(day.date, call),
            len(day.slots),
            href(day.date) if href else "",
            _groups(day, catalogue, cut=href is not None),
        )
        for day in days
    ]


def _short(day: date, call: Call) -> str:
    pattern = "EEE d. MMM" if call.language.babel == "de" else "EEE d MMM"
    return format_date(day, pattern, locale=call.language.babel)


def _groups(day: Day, catalogue: Catalogue, *, cut: bool) -> list[Group]:
    found: dict[tuple[Mode, str | None], list[Slot]] = {}
    for slot in day.slots:
        found.setdefault((slot.mode, slot.site), []).append(slot)
    groups = []
    for (mode, site), slots in found.items():
        picked_out = selection(slots) if cut else slots
        views = [SlotView(slot_value(slot), f"{slot.start.astimezone(BERLIN):%H:%M}") for slot in picked_out]
        hidden = len(slots) if len(picked_out) < len(slots) else 0
        groups.append(Group(mode, catalogue.sites[site] if site else None, views, hidden))
    return groups


def selection(slots: Sequence[Slot]) -> Sequence[Slot]:
    """The first time and round ones spread over the day, so that a week fits on a page a telephone can show."""
    if len(slots) <= MOST_AT_ONCE:
        return slots
    first, others = slots[0], list(slots[1:])
    for minutes in (15, 30, 60):
        if len(others) >= MOST_AT_ONCE:
            others = [slot for slot in others if slot.start.minute % minutes == 0] or others
    count = len(others) if len(others) < MOST_AT_ONCE else SHOWN_AT_ONCE - 1
    return [first, *(others[n * len(others) // count] for n in range(count))]


def times_address(
    wish: Wish, mode: str, site: str | None, first: date | None = None, *, one_day: bool = False
) -> str:
    """The address of the page of times for the same wish."""
    query: list[tuple[str, str]] = []
    for service, count in wish.services:
        query += [("service", service.id), ("count", str(count))]
    query.append(("mode", mode))
    if site:
        query.append(("site", site))
    if wish.language:
        query.append(("spoken", wish.language))
    if first:
        query.append(("day" if one_day else "from", first.isoformat()))
    return f"/times?{urlencode(query)}"


def chosen_of(catalogue: Catalogue, pairs: Iterable[tuple[str, int]]) -> list[tuple[Service, int]]:
    """The services of an appointment that the catalogue still knows."""
    return [(catalogue.services[service], count) for service, count in pairs if service in catalogue.services]


def about(chosen: Iterable[tuple[Service, int]]) -> dict[str, int]:
    """Length and fee of a visit, for the page."""
    pairs = list(chosen)
    return {
        "minutes": sum(service.minutes * count for service, count in pairs),
        "fee": sum(service.fee_cents * count for service, count in pairs),
    }


def fresh_nonce() -> str:
    """Makes a form's idempotency key its own: the same button pressed twice holds once."""
    return secrets.token_urlsafe(12)
