"""Odd bodies and odd addresses: a clear no, never a fault; and what the description forbids is never taken."""

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientResponse
from hypothesis import HealthCheck, given, settings
from yarl import URL

from recordings_policy.consent import VERSION
from server.app import ENDPOINTS, PAGES
from server.web.api import Endpoint, Page
from tests.http.described import OPERATIONS, check, validator
from tests.http.matrix_world import a_file
from tests.http.meeting import id_of
from tests.http.odd_input import RAW, SEGMENTS, Change, changes
from tests.office.city import City, Client

DESK = "/api/v1/office/appointments/{appointment}"
GOOD: dict[str, dict[str, Any]] = {
    "POST /api/v1/holds": {
        "services": [{"id": "bauberatung", "count": 1}],
        "mode": "onsite",
        "site": "kronenstrasse",
        "start": "2027-03-10T08:00:00Z",
        "language": "de",
    },
    "POST /api/v1/appointments": {
        "hold": "x",
        "name": "Erika",
        "email": "erika@example.org",
        "phone": "0831 123456",
        "answers": {"frage": "Antwort"},
        "language": "de",
    },
    "POST /api/v1/appointments/{token}/move": {
        "start": "2027-03-10T08:00:00Z",
        "mode": "video",
        "site": None,
    },
    "PATCH /api/v1/office/services/{service}": {"online_capable": True},
    "POST /api/v1/office/absences": {
        "staff_id": 2,
        "starts_at": "2027-03-24T08:00:00Z",
        "ends_at": "2027-03-24T12:00:00Z",
    },
    "POST /api/v1/office/holds": {
        "services": [{"id": "bauberatung", "count": 1}],
        "mode": "onsite",
        "site": "kronenstrasse",
        "start": "2027-03-11T08:00:00Z",
        "channel": "phone",
    },
    "PUT /api/v1/office/release/{scope}": {
        "parts": [{"share": 100, "channel": "online", "days": 92, "late": None}]
    },
    "POST /api/v1/office/duties": {
        "login": "clerk2",
        "takes_video": True,
        "start": "2027-03-25T12:00:00Z",
        "end": "2027-03-25T14:00:00Z",
    },
    "POST /api/v1/office/duty-series": {
        "login": "clerk2",
        "weekdays": [4],
        "every_weeks": 2,
        "times": [["08:00", "10:00"]],
        "first_day": "2027-04-02",
        "last_day": "2027-04-30",
    },
    "POST /api/v1/waiting-list": {
        "services": [{"id": "bauberatung", "count": 1}],
        "to": "2027-03-20",
        "earliest": "08:00",
        "latest": "12:00",
        "name": "Erika",
        "email": "erika@example.org",
    },
    "POST /api/v1/office/privacy/recordings-held/{recording}/deletion": {"why": "objection"},
    f"POST {DESK}/reason": {"why": "complaint"},
    f"POST {DESK}/identity": {"level": "low", "method": "card"},
    "POST /api/v1/office/appointments/{id}/documents/{document}/decision": {
        "decision": "resend",
        "reason_key": "own-words",
        "text": "Bitte die ganze Seite",
        "seen": "2027-03-01T08:00:00Z",
    },
    f"POST {DESK}/onsite": {"start": "2027-03-10T08:00:00Z", "site": "kronenstrasse"},
    f"POST {DESK}/incident": {"kind": "other", "note": "laut", "exclude_days": 1},
    f"POST {DESK}/transfer": {"colleague": 4, "note": "Bitte übernehmen"},
    f"POST {DESK}/invitations": {"part": "sign", "name": "Gesa", "email": "gesa@example.org"},
    "POST /api/v1/appointments/{token}/check": {
        "camera": "ok",
        "microphone": "ok",
        "loudspeaker": "heard",
        "signaling": True,
        "media": "direct",
        "turn": True,
        "upload_kbit": 900,
    },
    "POST /api/v1/appointments/{token}/call-back": {"phone": "0831 123456"},
    f"POST {DESK}/forms": {
        "blank": "vollmacht",
        "fields": {"giver": "Erika", "born": "1.2.1980", "address": "x", "taker": "Max", "purpose": "x"},
    },
    f"PUT {DESK}/forms/{{form}}": {"fields": {"giver": "Erika"}},
    "POST /api/v1/appointments/{token}/forms/{form}/code": {"version": 1},
    "POST /api/v1/appointments/{token}/recording": {"agreed": True, "version": VERSION},
    "POST /api/v1/invitations/{invited}/recording": {"agreed": True, "version": VERSION},
    "POST /api/v1/office/appointments/{appointment}/recording": {"agreed": True, "version": VERSION},
    "POST /api/v1/appointments/{token}/forms/{form}/signature": {
        "version": 1,
        "hash": "0" * 64,
        "code": "000000",
        "read": True,
        "lines": [[0, 0, 900, 400]],
    },
    "POST /api/v1/appointments/{token}/feedback": {"score": 4, "text": "gut"},
    "POST /api/v1/appointments/{token}/erasure": {"sure": True},
    "POST /api/v1/knock": {"service": "bauberatung", "name": "Erika", "language": "de"},
    "POST /api/v1/session": {"name": "nobody", "password": "wrong", "code": "1"},
}


def with_body() -> list[str]:
    return [f"{endpoint.method} {endpoint.path}" for endpoint in ENDPOINTS if endpoint.body]


@dataclass
class Knocker:
    """Sends bodies to every route that takes one, with a real token and real sessions."""

    city: City
    token: str
    hold: str
    scheduler: Client
    hotline: Client
    clerk: Client
    officer: Client
    appointment: str
    document: str

    async def send(self, key: str, raw: bytes, kind: str = "application/json") -> ClientResponse:
        method, path = key.split(" ", 1)
        client = self.scheduler if "/office/" in path else self.city.client
        client = self.hotline if path.endswith("/office/holds") else client
        client = self.clerk if "/office/appointments/" in path else client
        client = self.officer if "/office/privacy/" in path else client
        values = {"token": self.token, "appointment": self.appointment, "recording": "0" * 32}
        values |= {"id": self.appointment, "document": self.document}
        address = path.format(**values, service="bauberatung", scope="home", form="0" * 32, invited="x" * 28)
        return await client.request(method, address, data=raw, headers={"Content-Type": kind})

    def good(self, key: str) -> dict[str, Any]:
        body = dict(GOOD[key])
        return {**body, "hold": self.hold} if "hold" in body else body


@pytest.fixture
async def knocker(city: City) -> Knocker:
    booked = await city.book("bauberatung", "video")
    held = await (await city.hold("bauberatung", (await city.free("bauberatung", "video"))[9])).json()
    scheduler, hotline = await city.sign_in("scheduler"), await city.sign_in("hotline")
    officer = await city.sign_in("dpo")
    own = (await city.sign_in("clerk1"), officer, await id_of(city, booked["number"]))
    sent = await city.client.post(f"/api/v1/appointments/{booked['token']}/documents", data=a_file())
    document = (await sent.json())["id"]
    return Knocker(city, booked["token"], held["hold"], scheduler, hotline, *own, document)


def test_every_body_is_among_those_that_are_changed() -> None:
    assert set(with_body()) == GOOD.keys()


@settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(change=changes)
async def test_no_changed_body_is_a_fault_and_what_the_schema_forbids_is_refused(
    knocker: Knocker, change: Change
) -> None:
    for key in with_body():
        body = change.of(knocker.good(key))
        answer = await knocker.send(key, json.dumps(body).encode())
        method, path = key.split(" ", 1)
        await check(answer, path)
        schema = OPERATIONS[method, path]["requestBody"]["content"]["application/json"]["schema"]
        if not validator(schema).is_valid(body):
            assert answer.status >= 400, f"{key} took {body!r}"


async def test_no_garbage_is_a_fault(knocker: Knocker) -> None:
    for key in with_body():
        for raw in RAW:
            answer = await knocker.send(key, raw)
            assert answer.status in (413, 422), (key, raw[:40], answer.status)
            await check(answer, key.split(" ", 1)[1])


async def test_unknown_fields_and_other_kinds_of_body_are_refused(knocker: Knocker) -> None:
    for key in with_body():
        path = key.split(" ", 1)[1]
        more = json.dumps({**knocker.good(key), "admin": True}).encode()
        answer = await knocker.send(key, more)
        refused = await check(answer, path)
        assert (answer.status, refused["errors"][0]["field"]) == (422, "admin"), key
        for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "x"):
            answer = await knocker.send(key, b"{}", kind)
            assert answer.status == 415, (key, kind)
            await check(answer, path)


async def test_unknown_words_in_a_query_are_refused(city: City) -> None:
    for path in ("/api/v1/services", "/api/v1/availability"):
        answer = await city.client.get(path, params={"service": "bauberatung", "unknown": "1"})
        assert answer.status == 422
        await check(answer, path)


EVERY: list[Endpoint | Page] = [*ENDPOINTS, *PAGES]
LONGEST_LINE = 8000  # beyond it aiohttp answers by itself
NAMES = ("service", "q", "from", "day", "date", "lang", "back", "to", "mode", "site", "count")


def odd_addresses(in_queries: list[str]) -> list[tuple[Endpoint | Page, str]]:
    """Every place of every path, and every name of every query, with everything odd."""
    paths = [
        (route, re.sub(r"{\w+}", odd, route.path)) for route in EVERY for odd in SEGMENTS if "{" in route.path
    ]
    plain = [route for route in EVERY if route.method == "GET" and "{" not in route.path]
    asked = [(route, f"{route.path}?{name}={odd}") for route in plain for name in NAMES for odd in in_queries]
    return paths + asked + [(route, f"{route.path}?{odd}={odd}") for route in plain for odd in in_queries]


@pytest.mark.long
async def test_no_odd_address_is_a_fault(city: City) -> None:
    """NUL, broken UTF-8, emoji, 4 KB, SQL, dots, line breaks, in every path and every query, for everybody.

    In queries the second database meets what the two take differently: NUL.
    """
    clerk = await city.sign_in("clerk1")
    scheduler = await city.sign_in("scheduler")
    for route, address in odd_addresses(SEGMENTS[: 8 if city.office.db.is_sqlite else 1]):
        if "session" in route.path or "sign-" in route.path:
            continue
        office = scheduler if "/office/services" in route.path else clerk
        client = office if "/office" in route.path else city.client
        answer = await client.request(route.method, URL(address, encoded=True), allow_redirects=False)
        assert answer.status < 500, address
        if "{" in route.path:
            assert answer.status in (400, 403, 404, 415, 422), (address, answer.status)
        if route.path.startswith("/api") and answer.status >= 400 and len(address) < LONGEST_LINE:
            assert answer.content_type == "application/problem+json", address
