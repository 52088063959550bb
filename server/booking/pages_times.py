"""The page of days and times, and holding the time that was picked there. The rules are in `routing.py` and `hold.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aiohttp import web

from server.booking.hold import HoldAsk, hold
from server.booking.pages_parts import (
    DAY,
    WEEK,
    Picked,
    Shown,
    about,
    by_day,
    day_views,
    fresh_nonce,
    mode_of,
    pairs_of,
    picked,
    shown_days,
    slots_from,
    times_address,
)
from server.booking.routing import Offers, Wish, wish_of
from server.booking.spoken import code_of
from server.catalog.model import Catalogue, Mode, Site
from server.clock import berlin
from server.errors import SlotTaken
from server.web.call import Call
from server.web.language import own_name
from server.web.render import render, see_other


@dataclass(frozen=True, slots=True)
class NextFree:
    mode: Mode
    site: Site | None
    at: datetime
    href: str


async def times(call: Call) -> web.Response:
    query = call.request.query
    catalogue = await call.catalogue()
    mode, site = mode_of(query.get("mode", "")), query.get("site") or None
    wish = wish_of(catalogue, pairs_of(query), mode, site, code_of(query.get("spoken", "")))
    today = berlin(call.now).date()
    shown, offers = await offers_on_page(call, wish, today)

    def address(first: date, *, one_day: bool = False) -> str:
        return times_address(wish, mode, site, first, one_day=one_day)

    return render(
        call,
        "booking/times.html",
        chosen=wish.services,
        reasons=offers.reasons,
        next_free=_next_free(offers, wish, catalogue),
        modes=[name for name in ("video", "onsite") if (wish.video if name == "video" else wish.onsite)],
        sites=[catalogue.sites[name] for name in wish.sites] if wish.onsite else [],
        mode=mode,
        site_id=site,
        today=today,
        spoken=wish.language or "",
        must_speak=offers.spoken is not None,
        spoken_choices=await _spoken_choices(call, wish),
        nonce=fresh_nonce(),
        **paging(call, catalogue, offers, shown, today, address),
        **about(wish.services),
    )


async def _spoken_choices(call: Call, wish: Wish) -> list[tuple[str, str]]:
    """(code, own name) of what can be spoken; the language that is wished now among them."""
    codes = await call.office.calendar.languages(wish, call.now)
    wished = (wish.language,) if wish.language and wish.language not in codes else ()
    return [(code, own_name(code)) for code in (*codes, *wished)]


async def offers_on_page(call: Call, wish: Wish, today: date) -> tuple[Shown, Offers]:
    """What the address asks for; without a day in it the first week in which something is free."""
    shown = shown_days(call.request.query, today)
    offers = await _offers(call, wish, shown)
    asked = "from" in call.request.query or shown.one_day
    if not offers.days and not asked and (free := _soonest(offers, wish)):
        shown = Shown(berlin(free).date(), one_day=False)
        offers = await _offers(call, wish, shown)
    return shown, offers


async def _offers(call: Call, wish: Wish, shown: Shown) -> Offers:
    return await call.office.calendar.offers(wish, shown.first, shown.last, call.now, call.language.code)


def paging(
    call: Call, catalogue: Catalogue, offers: Offers, shown: Shown, today: date, address: Callable[..., str]
) -> dict[str, Any]:
    """The days of a page and the ways from it to earlier and later ones; `address` makes links."""
    step = DAY if shown.one_day else WEEK

    def of_day(day: date) -> str:
        return address(day, one_day=True)

    earlier = address(max(shown.first - step, today), one_day=shown.one_day) if shown.first > today else None
    return {
        "days": day_views(offers.days, catalogue, call, None if shown.one_day else of_day),
        "one_day": shown.one_day,
        "first": shown.first,
        "last": shown.last,
        "earlier": earlier,
        "later": address(shown.first + step, one_day=shown.one_day),
        "week": address(shown.first),
    }


def _soonest(offers: Offers, wish: Wish) -> datetime | None:
    wanted = []
    if wish.mode != "onsite" and offers.next_video:
        wanted.append(offers.next_video)
    if wish.mode != "video" or not wanted:
        wanted += [at for site, at in offers.next_onsite.items() if wish.site in (None, site)]
    return min(wanted, default=None)


def _next_free(offers: Offers, wish: Wish, catalogue: Catalogue) -> list[NextFree]:
    found = []
    if offers.next_video:
        day = berlin(offers.next_video).date()
        found.append(NextFree("video", None, offers.next_video, times_address(wish, "video", None, day)))
    for site, at in sorted(offers.next_onsite.items(), key=lambda item: item[1]):
        href = times_address(wish, "onsite", site, berlin(at).date())
        found.append(NextFree("onsite", catalogue.sites[site], at, href))
    return found


async def hold_picked(call: Call) -> web.Response:
    form = await call.request.post()
    pairs, slot = pairs_of(form), picked(str(form.get("slot", "")))
    nonce = str(form.get("key", ""))[:64]
    key = f"page.{nonce}.{form.get('slot', '')}" if nonce else None
    office = call.office
    spoken, must_speak = code_of(str(form.get("spoken", ""))), bool(form.get("must_speak"))
    ask = HoldAsk(pairs, slot.mode, slot.site, slot.start, spoken, client=call.client, must_speak=must_speak)
    try:
        held = await hold(office.db, office.calendar, office.settings, ask, key, call.now)
    except SlotTaken as taken:
        catalogue = await call.catalogue()
        wish = wish_of(catalogue, pairs, slot.mode, slot.site, spoken, must_speak=must_speak)
        return render_taken(call, catalogue, wish, slot, taken, "/holds")
    return see_other(f"/holds/{held.token}")


def render_taken(
    call: Call,
    catalogue: Catalogue,
    wish: Wish,
    slot: Picked,
    taken: SlotTaken,
    action: str,
    *,
    kept: bool = False,
) -> web.Response:
    """Somebody was quicker: near alternatives, each bookable with one press."""
    days = by_day(slots_from(taken.extra.get("alternatives", ())))
    day = max(berlin(slot.start).date(), berlin(call.now).date())
    all_times = action if kept else times_address(wish, "any", None, day)
    return render(
        call,
        "booking/taken.html",
        409,
        days=day_views(days, catalogue, call),
        chosen=wish.services,
        action=action,
        all_times=all_times,
        here=all_times,
        kept=kept,
        spoken=wish.language or "",
        must_speak=wish.must_speak,
        nonce=fresh_nonce(),
    )
