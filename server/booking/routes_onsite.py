"""From the video meeting to a desk, by the API: free times on site for the citizen's concern, and booking one of them."""

from datetime import date, datetime, timedelta

from pydantic import ConfigDict, Field

from server.access import Appointment, appointment_for, follow_ups
from server.booking.onsite import OnsiteAsk, book_onsite, onsite_wish
from server.booking.routes import KEY, check_range
from server.booking.shapes import DayOut, Instant, SlotOut, Word
from server.catalog.model import Catalogue
from server.clock import berlin
from server.errors import NotVideo, ServicesExclude, SlotTaken, TooLate
from server.web.api import Endpoint, Model, Reply
from server.web.call import Call
from server.web.language import Language

CLERK = frozenset({"clerk"})
AHEAD = timedelta(days=28)
PATH = "/api/v1/office/appointments/{appointment}"


class OnsiteQuery(Model):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    from_: date | None = Field(None, alias="from")
    to: date | None = None
    site: Word | None = None


class PlaceOut(Model):
    id: str
    name: str
    address: str


class OnsiteOut(Model):
    """A time on site that was booked out of this meeting; `when` and `where` in words."""

    id: str
    number: str
    start: datetime
    end: datetime
    site: str
    when: str
    where: str


class OnsiteTimesOut(Model):
    """Free times on site; `booked` is what was booked out of this meeting already and not cancelled."""

    sites: list[PlaceOut]
    days: list[DayOut]
    next: dict[str, datetime]
    booked: list[OnsiteOut]


class OnsiteBody(Model):
    start: Instant
    site: Word


async def onsite_times(call: Call) -> Reply:
    query: OnsiteQuery = call.query
    async with call.office.db.read() as tx:
        meeting = await appointment_for(tx, call.member, call.path("appointment"))
        booked = await follow_ups(tx, meeting)
    catalogue = await call.catalogue()
    wish = onsite_wish(catalogue, meeting, query.site)
    first = max(query.from_ or date.min, berlin(call.now).date())
    last = query.to or min(first, date.max - AHEAD) + AHEAD
    check_range(first, last)
    offers = await call.office.calendar.offers(wish, first, last, call.now, call.language.code)
    days = [
        DayOut(
            date=day.date,
            slots=[SlotOut(start=s.start, end=s.end, mode=s.mode, site=s.site) for s in day.slots],
        )
        for day in offers.days
    ]
    places = [catalogue.sites[site] for site in wish.sites if site in catalogue.sites]
    out = OnsiteTimesOut(
        sites=[PlaceOut(id=site.id, name=site.name, address=site.address) for site in places],
        days=days,
        next=offers.next_onsite,
        booked=[_shown(catalogue, one) for one in booked if one.state != "cancelled"],
    )
    return Reply(out)


def _shown(catalogue: Catalogue, one: Appointment) -> OnsiteOut:
    """`when` is in the citizen's language, since the clerk's page passes it on."""
    site = catalogue.sites.get(one.site_id or "")
    return OnsiteOut(
        id=one.id,
        number=one.number,
        start=one.starts_at,
        end=one.ends_at,
        site=one.site_id or "",
        when=Language(one.language).moment(one.starts_at),
        where=f"{site.name}, {site.address}" if site else "",
    )


async def book(call: Call) -> Reply:
    body: OnsiteBody = call.body
    office = call.office
    ask = OnsiteAsk(call.path("appointment"), body.start, body.site)
    key = call.request.headers.get(KEY)
    booked = await book_onsite(office.db, office.calendar, office.settings, call.member, ask, key, call.now)
    office.bell.ring()
    return Reply(_shown(await call.catalogue(), booked), 201)


endpoints = [
    Endpoint(
        "GET",
        f"{PATH}/onsite-times",
        onsite_times,
        "Freie Zeiten vor Ort für dieses Anliegen",
        {200: OnsiteTimesOut},
        query=OnsiteQuery,
        refusals=(NotVideo, TooLate, ServicesExclude),
        roles=CLERK,
    ),
    Endpoint(
        "POST",
        f"{PATH}/onsite",
        book,
        "Aus dem Gespräch einen Termin vor Ort buchen; die Unterlagen gehen mit",
        {201: OnsiteOut},
        body=OnsiteBody,
        headers=(KEY,),
        refusals=(SlotTaken, NotVideo, TooLate, ServicesExclude),
        roles=CLERK,
    ),
]
