"""The page of days and times, and holding the time that was picked there. The rules are in `routing.py` and `hold.py`."""

from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web

from server.booking.hold import HoldAsk, hold
from server.booking.pages_parts import (
    WEEK,
    Picked,
    about,
    by_day,
    day_from,
    day_views,
    fresh_nonce,
    mode_of,
    pairs_of,
    picked,
    slots_from,
    times_address,
)
from server.booking.routing import Offers, Wish, wish_of
from server.catalog.model import Catalogue, Mode, Site
from server.clock import berlin
from server.errors import SlotTaken
from server.web.call import Call
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
    wish = wish_of(catalogue, pairs_of(query), mode, site)
    today = berlin(call.now).date()
    first = day_from(query.get("from", ""), today)
    offers = await week_of(call, wish, first)
    if not offers.days and not query.get("from") and (free := _soonest(offers, wish)):
        first = berlin(free).date()
        offers = await week_of(call, wish, first)
    return render(
        call,
        "booking/times.html",
        chosen=wish.services,
        days=day_views(offers.days, catalogue, call),
        reasons=offers.reasons,
        next_free=_next_free(offers, wish, catalogue),
        modes=[name for name in ("video", "onsite") if (wish.video if name == "video" else wish.onsite)],
        sites=[catalogue.sites[name] for name in wish.sites] if wish.onsite else [],
        mode=mode,
        site_id=site,
        first=first,
        last=first + WEEK - WEEK / 7,
        today=today,
        earlier=times_address(wish, mode, site, max(first - WEEK, today)) if first > today else None,
        later=times_address(wish, mode, site, first + WEEK),
        nonce=fresh_nonce(),
        **about(wish.services),
    )


async def week_of(call: Call, wish: Wish, first: date) -> Offers:
    """Seven days of free times: a page stays light, and what it says of "this period" is what it shows."""
    return await call.office.calendar.offers(
        wish, first, first + WEEK - WEEK / 7, call.now, call.language.code
    )


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
    ask = HoldAsk(pairs, slot.mode, slot.site, slot.start, client=call.client)
    try:
        held = await hold(office.db, office.calendar, office.settings, ask, key, call.now)
    except SlotTaken as taken:
        catalogue = await call.catalogue()
        wish = wish_of(catalogue, pairs, slot.mode, slot.site)
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
    return render(
        call,
        "booking/taken.html",
        409,
        days=day_views(days, catalogue, call),
        chosen=wish.services,
        action=action,
        all_times=action if kept else times_address(wish, "any", None, day),
        kept=kept,
        nonce=fresh_nonce(),
    )
