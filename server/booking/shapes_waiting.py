"""The shapes of the waiting list's bodies and answers, checked for form."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from server.booking.shapes import Item, Language, Mail, Name, Word
from server.web.api import Int, Model

ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Annotated[Int, Field(ge=0, le=6)]


class WaitBody(Model):
    """A wish without a time. `from` and `to` are days, `earliest` and `latest` times of the local day."""

    services: list[Item] = Field(min_length=1, max_length=5)
    mode: Literal["video", "onsite", "any"] = "any"
    site: Word | None = None
    spoken: Language | None = None
    from_: date | None = Field(None, alias="from")
    to: date
    weekdays: list[Weekday] = Field(default_factory=lambda: list(range(7)), min_length=1, max_length=7)
    earliest: ClockTime = "00:00"
    latest: ClockTime = "23:59"
    name: Name
    email: Mail
    language: Language | None = None


class OfferOut(Model):
    """The time that is kept until `until`."""

    start: datetime
    end: datetime
    mode: Literal["video", "onsite"]
    site: str | None = None
    until: datetime


class WaitOut(Model):
    """A place on the list as its citizen sees it; `position` while it is open."""

    token: str
    state: Literal["waiting", "offered", "booked", "left", "over"]
    position: int | None = None
    services: list[Item]
    mode: Literal["video", "onsite", "any"]
    site: str | None = None
    from_: date = Field(serialization_alias="from")
    to: date
    offer: OfferOut | None = None
    links: dict[str, str]
