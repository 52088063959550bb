"""The shapes of the roster in the API. What they mean is in the verbs."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from server.web.api import Int, Model

Login = Annotated[str, Field(min_length=1, max_length=64)]
Desk = Annotated[str, Field(min_length=1, max_length=40)]
SiteId = Annotated[str, Field(min_length=1, max_length=64)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5][05]$|^24:00$")]


class PlaceBody(Model):
    """Without `site` at home."""

    login: Login
    site: SiteId | None = None
    desk: Desk | None = None
    takes_video: Annotated[bool, Field(strict=True)] = False


class DutyBody(PlaceBody):
    start: datetime
    end: datetime


class SeriesBody(PlaceBody):
    """`weekdays`: Monday is 0. `times`: spans of local time, what lies between is the break."""

    weekdays: Annotated[list[Annotated[Int, Field(ge=0, le=6)]], Field(min_length=1, max_length=7)]
    every_weeks: Annotated[Int, Field(ge=1, le=8)] = 1
    times: Annotated[list[tuple[Clock, Clock]], Field(min_length=1, max_length=6)]
    first_day: date
    last_day: date | None = None


class DutyOut(Model):
    id: int
    login: str
    place: Literal["home", "desk"]
    site: str | None = None
    desk: str | None = None
    takes_video: bool
    start: datetime
    end: datetime
    series: int | None = None
    appointments: int
    faults: list[str]


class AddedOut(Model):
    """`warnings` are duties that were made although their desk is used twice."""

    id: int
    duties: int
    warnings: list[str]


class KeptOut(Model):
    """What became of duties that were to go: those with appointments stay."""

    removed: int
    kept: list[int]


class SeriesOut(Model):
    id: int
    login: str
    place: Literal["home", "desk"]
    site: str | None = None
    desk: str | None = None
    takes_video: bool
    weekdays: list[int]
    every_weeks: int
    times: list[tuple[str, str]]
    first_day: date
    last_day: date | None = None
    planned_until: date | None = None


class WeekQuery(Model):
    """`week`: any day of it."""

    week: date | None = None
    site: SiteId | None = None


class EndQuery(Model):
    last_day: date | None = None


class ImportRowOut(Model):
    """`state`: new, same, conflict, closed, wrong. `line` is the line of the file."""

    line: int
    state: str
    text: str
    login: str | None = None
    start: datetime | None = None
    end: datetime | None = None


class ImportOut(Model):
    """`state`: previewed, applied, undone. `kept`: duties of the import that stayed because of appointments."""

    id: str
    name: str
    kind: str
    state: str
    by: str
    created_at: datetime
    applied_at: datetime | None = None
    undone_at: datetime | None = None
    counts: dict[str, int]
    rows: list[ImportRowOut] | None = None
    kept: list[int] | None = None
