"""The calendar file of an appointment, the same bytes for the same facts. Nothing of the concern is in it.

RFC 5545 (iCalendar), RFC 5546 (iTIP): the UID stays, SEQUENCE grows with every move, METHOD:CANCEL takes the entry away.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from server.clock import BERLIN

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]

# Written out as yearly rules: several calendars in offices do not understand the lists of dates
# that are generated from the time zone data base. A test compares it with that data base.
BERLIN_RULES = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What a calendar may know. `attendee` is the citizen's address, in files that travel by mail only."""

    uid: str
    sequence: int
    start: datetime
    end: datetime
    summary: str
    description: str
    location: str
    url: str
    organizer_name: str
    organizer_mail: str
    attendee: str | None = None
    cancelled: bool = False

    @property
    def method(self) -> Method:
        """Without an attendee there is nobody to invite: the entry is published, to be taken over by hand."""
        if self.cancelled:
            return "CANCEL"
        return "REQUEST" if self.attendee else "PUBLISH"


def uid_of(appointment_id: str, host: str) -> str:
    """The same for one appointment through all its moves; tells nothing that opens anything."""
    return f"{hashlib.sha256(f'calendar|{appointment_id}'.encode()).hexdigest()[:32]}@{host}"


def calendar_file(entry: CalendarEntry, now: datetime) -> bytes:
    """The file as UTF-8 with CRLF. `now` is the stamp of this version."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Sprechzeit//Termine//DE")
    calendar.add("method", entry.method)
    calendar.add_component(Timezone.from_ical(BERLIN_RULES))
    calendar.add_component(_event(entry, now))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry, now: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", now)
    event.add("sequence", entry.sequence)
    event.add("dtstart", _on_the_clock(entry.start))
    event.add("dtend", _on_the_clock(entry.end))
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("location", entry.location)
    event.add("url", entry.url)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    organizer = vCalAddress(f"mailto:{entry.organizer_mail}")
    organizer.params["CN"] = vText(entry.organizer_name)
    event.add("organizer", organizer)
    if entry.attendee:
        event.add("attendee", _attendee(entry.attendee))
    return event


def _on_the_clock(instant: datetime) -> datetime:
    """The city's wall clock; in the hour that comes twice the second one can only be written in UTC (RFC 5545, 3.3.5)."""
    local = instant.astimezone(BERLIN)
    return instant.astimezone(UTC) if local.fold else local


def _attendee(mail: str) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{mail}")
    attendee.params["RSVP"] = vText("FALSE")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    return attendee
