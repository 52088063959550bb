"""The shapes of booking's bodies and answers in the API, checked for form. What they mean is in the verbs."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, model_validator

from server.catalog.model import Mode
from server.contact import mobile_of
from server.web.api import Int, Model

MAIL = re.compile(r"[^@\s,;<>\"]{1,64}@(?:[^@\s.,;<>\"]{1,63}\.)+[^@\s.,;<>\"]{2,63}")
PHONE = re.compile(r"\+?[0-9 ()/.-]{5,30}")


def _visible(text: str) -> str:
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Zl", "Zp") for char in text):
        raise ValueError("Bitte keine Steuerzeichen.")
    return text


def _name(text: str) -> str:
    if not any(char.isalnum() for char in text):
        raise ValueError("Bitte geben Sie einen Namen an.")
    return _visible(text)


def _mail(text: str) -> str:
    if not MAIL.fullmatch(text):
        raise ValueError("Bitte prüfen Sie die E-Mail-Adresse.")
    return _visible(text)


def _phone(text: str) -> str:
    if not PHONE.fullmatch(text) or sum(char.isdigit() for char in text) < 5:
        raise ValueError("Bitte prüfen Sie die Telefonnummer.")
    return text


def _written(value: Any) -> Any:
    """A number of seconds would be an instant too, but is no ISO 8601."""
    if isinstance(value, str) and not re.match(r"\d{4}-", value):
        raise ValueError("Bitte als ISO 8601 mit Zeitzone.")
    if not isinstance(value, (str, datetime)):
        raise ValueError("Bitte als ISO 8601 mit Zeitzone.")
    return value


def _of_our_days(value: datetime) -> datetime:
    """At the edges of the calendar another time zone is another year, and that year does not exist."""
    if not 1900 <= value.year <= 9000:
        raise ValueError("Dieses Jahr gibt es hier nicht.")
    return value


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_name)]
Mail = Annotated[str, Field(min_length=3, max_length=254), AfterValidator(_mail)]
Phone = Annotated[str, Field(min_length=5, max_length=30), AfterValidator(_phone)]
Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Instant = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_of_our_days)]
Answer = Annotated[str, Field(max_length=1000), AfterValidator(_visible)]
Language = Annotated[
    str, Field(min_length=2, max_length=12, pattern=r"^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})?$")
]


class AvailabilityQuery(Model):
    """`service` and `count` repeat in pairs; a missing count means one."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    service: list[Word] = Field(min_length=1, max_length=5)
    count: list[Annotated[int, Field(ge=1, le=20)]] = Field(default_factory=list, max_length=5)
    mode: Literal["video", "onsite", "any"] = "any"
    site: Word | None = None
    lang: Language | None = None
    from_: date | None = Field(None, alias="from")
    to: date | None = None

    @model_validator(mode="after")
    def counts_belong_to_services(self) -> Self:
        if len(self.count) > len(self.service):
            raise ValueError("Zu jedem Anliegen gehört höchstens eine Anzahl.")
        return self

    def pairs(self) -> list[tuple[str, int]]:
        counts = [*self.count, *[1] * (len(self.service) - len(self.count))]
        return list(zip(self.service, counts, strict=True))


Channel = Literal["phone", "onsite", "walk-in"]


class OfficeQuery(AvailabilityQuery):
    """The same for staff, who book for people on the telephone, at the counter, at the door."""

    channel: Channel


class SlotOut(Model):
    start: datetime
    end: datetime
    mode: Mode
    site: str | None = None


class DayOut(Model):
    date: date
    slots: list[SlotOut]


class NextOut(Model):
    video: datetime | None = None
    onsite: dict[str, datetime]


class ReasonOut(Model):
    code: str
    text: str


class AvailabilityOut(Model):
    days: list[DayOut]
    next: NextOut
    reasons: list[ReasonOut]


class Item(Model):
    id: Word
    count: Annotated[Int, Field(ge=1, le=20)] = 1


class HoldBody(Model):
    services: list[Item] = Field(min_length=1, max_length=5)
    mode: Mode
    site: Word | None = None
    start: Instant
    language: Language | None = None
    must_speak: bool = False


class OfficeHoldBody(HoldBody):
    channel: Channel


class PartBody(Model):
    """A share in per cent; `days` before the day it opens; `late` hours before, what is left opens to all."""

    share: Annotated[Int, Field(ge=1, le=100)]
    channel: Literal["online", "phone", "onsite", "walk-in"]
    days: Annotated[Int, Field(ge=0, le=92)]
    late: Annotated[Int, Field(ge=0, le=240)] | None = None


class PlanBody(Model):
    """No parts: everything is open at once."""

    parts: list[PartBody] = Field(max_length=12)


class PlanOut(Model):
    scope: str
    parts: list[PartBody]


class HoldOut(Model):
    hold: str
    start: datetime
    end: datetime
    mode: Mode
    site: str | None = None
    expires_at: datetime


class AppointmentBody(Model):
    hold: str = Field(min_length=1, max_length=100)
    name: Name
    email: Mail | None = None
    phone: Phone | None = None
    language: Language | None = None
    answers: dict[Word, Answer] | None = Field(None, max_length=20)
    remind: Literal["mail", "sms", "both", "none"] = "mail"
    altcha: str | None = Field(None, max_length=4000)

    @model_validator(mode="after")
    def text_messages_need_a_mobile(self) -> Self:
        if self.remind in ("sms", "both") and mobile_of(self.phone or "") is None:
            raise ValueError("Für eine SMS brauchen wir eine Handynummer.")
        return self


class ChallengeOut(Model):
    """ALTCHA: which number up to `maxnumber`, written after the salt, has this SHA-256?"""

    algorithm: Literal["SHA-256"]
    challenge: str
    maxnumber: int
    salt: str
    signature: str


class MoveBody(Model):
    start: Instant
    mode: Mode
    site: Word | None = None


class ChosenOut(Model):
    id: str
    count: int
    name: str


class CheckOut(Model):
    key: str
    state: str


class AppointmentOut(Model):
    """An appointment as its citizen sees it. `fee` in cents; times in the city's zone."""

    number: str
    token: str
    state: str
    mode: Mode
    start: datetime
    end: datetime
    site: str | None = None
    services: list[ChosenOut]
    checklist: list[CheckOut]
    stations: list[dict[str, Any]]
    fee: int
    links: dict[str, str]
