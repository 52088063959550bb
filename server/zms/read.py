"""What comes in, read strictly: each field that is wrong has its code, all of them told at once. Decides nothing."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from server.booking.routing import LONGEST_VISIT_MINUTES
from server.booking.shapes import Answer, Mail, Name, Phone
from server.catalog.model import Mode
from server.zms.directory import Choice, Directory, Office
from server.zms.errors import Declined
from server.zms.ids import whole

LONGEST = timedelta(days=365)
NAME, MAIL, PHONE, TEXT = (TypeAdapter[Any](kind) for kind in (Name, Mail, Phone, Answer))


@dataclass(frozen=True, slots=True)
class Visit:
    """What is asked for, in which way, and the offices asked about that do all of it."""

    choices: tuple[tuple[Choice, int], ...]
    mode: Mode
    offices: tuple[Office, ...]

    @property
    def services(self) -> tuple[tuple[str, int], ...]:
        return tuple((choice.service.id, count) for choice, count in self.choices)


@dataclass(frozen=True, slots=True)
class Person:
    """What a citizen tells of themselves."""

    name: str
    email: str
    phone: str | None
    answers: dict[str, str]


async def body_of(request: web.Request) -> Mapping[str, Any]:
    """The JSON object of a body; anything else counts as an empty one, so that what is missing gets named."""
    try:
        found = json.loads(await request.read()) if request.content_type == "application/json" else {}
    except (ValueError, RecursionError, web.RequestPayloadError):
        return {}
    return found if isinstance(found, dict) else {}


def several(value: Any) -> list[Any]:
    """A list, or one written with commas, or a single value."""
    if isinstance(value, list):
        return value[:50]
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()][:50]
    return [] if value is None else [value]


def visit_of(directory: Directory, offices: Any, services: Any, counts: Any) -> Visit:
    """The visit asked for; `noAppointmentForThisScope` where none of the offices does all of it."""
    known = [directory.offices.get(whole(office) or 0) for office in several(offices)]
    chosen = [directory.choices.get(whole(service) or 0) for service in several(services)]
    found = [office for office in known if office]
    picked = [choice for choice in chosen if choice]
    wrong = []
    if not found or len(found) != len(known):
        wrong.append("invalidOfficeId")
    if not picked or len(picked) != len(chosen) or len(picked) > 5 or not _fit(picked):
        wrong.append("invalidServiceId")
    numbers = [whole(count) or 0 for count in several(counts)]
    numbers += [1] * (len(chosen) - len(numbers))
    if len(numbers) != len(chosen) or not all(
        1 <= number <= choice.service.max_count
        for number, choice in zip(numbers, chosen, strict=False)
        if choice
    ):
        wrong.append("invalidServiceCount")
    if wrong:
        raise Declined(*wrong)
    pairs = tuple(zip(picked, numbers, strict=True))
    if sum(choice.service.minutes * number for choice, number in pairs) > LONGEST_VISIT_MINUTES:
        raise Declined("tooManySlotsPerAppointment")
    able = directory.common_offices(picked)
    here = tuple(dict.fromkeys(office for office in found if office.id in able))
    if not here or not all(choice.mode in choice.service.offered_modes for choice in picked):
        raise Declined("noAppointmentForThisScope")
    return Visit(pairs, picked[0].mode, here)


def _fit(picked: list[Choice]) -> bool:
    """One way of doing it for all, nothing twice, nothing that excludes the other."""
    if len({choice.service.id for choice in picked}) != len(picked) or len({c.mode for c in picked}) > 1:
        return False
    return not any(one.service.excludes & {other.service.id for other in picked} for one in picked)


def days_of(values: Mapping[str, Any], first: str = "startDate", last: str = "endDate") -> tuple[date, date]:
    """A span of at most 365 days."""
    start, end = day_of(values.get(first)), day_of(values.get(last))
    wrong = [code for code, day in (("invalidStartDate", start), ("invalidEndDate", end)) if day is None]
    if start and end and not timedelta(0) <= end - start <= LONGEST:
        wrong.append("invalidEndDate")
    if wrong or start is None or end is None:
        raise Declined(*wrong)
    return start, end


def day_of(value: Any) -> date | None:
    """A day as written "2027-03-01", within our times."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if 2000 < day.year < 2200 else None


def instant_of(value: Any) -> datetime:
    seconds = whole(value)
    if seconds is None or not 0 < seconds < 7_000_000_000:
        raise Declined("invalidTimestamp")
    return datetime.fromtimestamp(seconds, UTC)


def key_of(values: Mapping[str, Any]) -> tuple[int, str]:
    """Process id and key, well formed; whether they belong together is not looked at."""
    process, key = whole(values.get("processId")), values.get("authKey")
    wrong = []
    if process is None or not 0 < process < 10**9:
        wrong.append("invalidProcessId")
    if not isinstance(key, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", key, re.ASCII):
        wrong.append("invalidAuthKey")
    if wrong or process is None or not isinstance(key, str):
        raise Declined(*wrong)
    return process, key.lower()


def person_of(values: Mapping[str, Any]) -> Person:
    """The citizen's own words; `emailIsRequired` when all else is right and there is no address."""
    wrong: list[str] = []
    name = _checked(NAME, values.get("familyName"), "invalidFamilyName", wrong)
    email = _checked(MAIL, values.get("email") or None, "invalidEmail", wrong, optional=True)
    phone = _checked(PHONE, values.get("telephone") or None, "invalidTelephone", wrong, optional=True)
    answers = {}
    for field in ("customTextfield", "customTextfield2"):
        text = _checked(TEXT, values.get(field) or None, "invalidCustomTextfield", wrong, optional=True)
        if text:
            answers[field] = text
    if wrong:
        raise Declined(*dict.fromkeys(wrong))
    if email is None:
        raise Declined("emailIsRequired")
    return Person(name or "", email, phone, answers)


def _checked(
    kind: TypeAdapter[Any], value: Any, code: str, wrong: list[str], *, optional: bool = False
) -> str | None:
    if value is None and optional:
        return None
    try:
        return str(kind.validate_python(value.strip() if isinstance(value, str) else value, strict=True))
    except ValidationError:
        wrong.append(code)
        return None
