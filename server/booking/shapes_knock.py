"""The shapes of knocking in the API, checked for form."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from server.booking.shapes import Language, Name, Word
from server.web.api import Model


class KnockQuery(Model):
    """`language` is the one to speak."""

    service: Word
    language: Language | None = None


class KnockBody(Model):
    """`language` is the one to speak."""

    service: Word
    name: Name
    language: Language | None = None


class DoorOut(Model):
    """Whether one may knock for this now. `opens_at`: about when, where it is closed."""

    open: bool
    waiting: int
    expected_minutes: int | None = None
    opens_at: datetime | None = None


class KnockedOut(Model):
    """`token` is the only way back to the own place: keep it. `number` is the one to name on the telephone."""

    token: str
    number: str
    position: int
    expected_minutes: int | None = None


class InLineOut(Model):
    """`position` 0 once it is over; `room` is the page to go to when called."""

    state: Literal["waiting", "called", "gone"]
    number: str
    position: int
    expected_minutes: int | None = None
    room: str | None = None


class KnockingOut(Model):
    """Somebody whom the signed-in clerk can call in; `first`: nobody with this concern and language waits longer."""

    knock: str
    name: str
    service: str
    spoken: str | None = None
    since: datetime
    first: bool


class KnockingListOut(Model):
    knocks: list[KnockingOut] = Field(default_factory=list)


class TakenOut(Model):
    """The id of the appointment, as in the addresses of the clerk's own pages."""

    appointment: str
