"""The API fuzzed against its own description: what is asked is made from the OpenAPI text, fed with things that exist.

Every role asks every operation. An answer must be one that the description speaks of, in status, type and shape.
"""

import copy
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from sqlalchemy import create_engine, text

from tests.http.described import DOCUMENT
from tests.office.papers import a_pdf
from tests.office.small_city import PASSWORD

ROLES = ("clerk1", "clerk3", "scheduler", "hotline", "gate", "dpo", "admin")
SESSION = "/api/v1/session"
OFFICE = "/api/v1/office/"
PRINTED = (".pdf", ".zip")
WANTED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
TIMEOUT_S = 60


@dataclass
class Target:
    """A served city with sessions of every role and things that really exist, by the name of their parameter."""

    url: str
    database: str
    sessions: dict[str, requests.Session] = field(default_factory=dict)
    real: dict[str, list[str]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    slots: list[str] = field(default_factory=list)
    until: str = ""

    def prepare(self) -> None:
        self.sessions[""] = requests.Session()
        for login in ROLES:
            self.sessions[login] = self.signed_in(login)
        self.more_things()

    def signed_in(self, login: str) -> requests.Session:
        session = requests.Session()
        answer = session.post(
            self.url + SESSION, json={"name": login, "password": PASSWORD}, timeout=TIMEOUT_S
        )
        assert answer.status_code == 200, answer.text
        session.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return session

    def more_things(self) -> None:
        """Appointments, holds, documents, places on the waiting list; some get used up on the way."""
        for number in range(8):
            hold = self._hold(number)
            if number < 3:
                self._add("hold", hold)
                continue
            person = {"hold": hold, "name": "Erika Musterfrau", "email": f"e{number}@example.org"}
            token = self._post("/api/v1/appointments", person)["token"]
            self._add("token", token)
            file = {"file": ("plan.pdf", a_pdf(), "application/pdf")}
            path = f"{self.url}/api/v1/appointments/{token}/documents"
            sent = requests.post(path, data={"item": "lageplan"}, files=file, timeout=TIMEOUT_S)
            self._add("document", sent.json()["id"])
        self.until = until = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
        for number in range(4):
            wish = {"services": [{"id": "personalausweis"}], "to": until, "weekdays": [6]}
            who = {"name": "Max Mustermann", "email": f"w{number}@example.org"}
            self._add("entry", self._post("/api/v1/waiting-list", {**wish, **who})["token"])
        self._from_database()

    def _hold(self, number: int) -> str:
        today = datetime.now(UTC).date()
        query = {"service": "bauberatung", "mode": "video", "from": str(today + timedelta(days=2))}
        days = requests.get(f"{self.url}/api/v1/availability", params=query, timeout=TIMEOUT_S).json()["days"]
        self.slots = [slot["start"] for day in days for slot in day["slots"]]
        slot = {"start": self.slots[number]}
        return str(
            self._post(
                "/api/v1/holds",
                {"services": [{"id": "bauberatung"}], "mode": "video", "start": slot["start"]},
            )["hold"]
        )

    def make_real(self, case: Any, dice: random.Random) -> None:
        """Some of what stands in a body becomes something that exists, so that the request goes further."""
        if not isinstance(case.body, dict):
            return
        if "services" in case.body:
            case.body["services"] = [{"id": "bauberatung"}]
        if "hold" in case.body:
            case.body["hold"] = dice.choice(self.real["hold"])
        if "start" in case.body and self.slots:
            case.body |= {"start": dice.choice(self.slots), "mode": "video"}
            case.body.pop("site", None)
            if case.meta.generation.mode.is_positive and dice.random() < 0.5:
                # nothing but what is needed: with every optional field made up, hardly a booking would succeed
                case.body = {
                    name: case.body[name] for name in ("services", "mode", "start") if name in case.body
                }
        if "to" in case.body:
            case.body["to"] = self.until

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(self.url + path, json=body, timeout=TIMEOUT_S)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def _add(self, name: str, value: str) -> None:
        self.real.setdefault(name, []).append(value)

    def _from_database(self) -> None:
        """Internal ids that the staff's addresses carry."""
        engine = create_engine(self.database.replace("+aiosqlite", ""))
        with engine.connect() as connection:
            ids = [str(row[0]) for row in connection.execute(text("SELECT id FROM appointment"))]
            duties = [str(row[0]) for row in connection.execute(text("SELECT id FROM duty"))]
        engine.dispose()
        self.real |= {"id": ids, "appointment": ids, "duty": duties}
        self.real |= {"service": ["bauberatung", "personalausweis"], "scope": ["home", "*", "rathausplatz"]}


# Beside what is usual, tus wants 412 for a version that is not spoken.
REFUSED = [400, 401, 403, 404, 405, 406, 409, 412, 415, 422, 428, 429]
CONFIG = schemathesis.Config.from_dict(
    {"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}}
)


@schemathesis.serializer("application/offset+octet-stream")
def as_part(_ctx: Any, value: Any) -> bytes:
    """Whatever is made up for a body stands for a part of a file."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def operations() -> Iterator[Any]:
    document = copy.deepcopy(DOCUMENT)
    for methods in document["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)  # whoever asks brings a session of their own
    schema = schemathesis.openapi.from_dict(document, config=CONFIG)
    for result in schema.get_all_operations():
        yield result.ok()  # type: ignore[union-attr]


def fuzz(target: Target, cases: int, first: int) -> int:
    """Asks so many times, the operations by turns; raises on the first answer that is not as described.

    Citizens' operations come first: the staff's take services and times away from them.
    """
    load_all_checks()
    checks = [CHECKS.get_one(name) for name in WANTED]
    left = sorted(operations(), key=lambda operation: str(operation.path).startswith(OFFICE))
    asked, turn = 0, 0
    while asked < cases and left:
        count = -(-(cases - asked) // len(left))
        done = {
            operation: _fuzz_one(target, operation, _worth(operation, count), f"{first}.{turn}", checks)
            for operation in left
        }
        asked += sum(done.values())
        left = [operation for operation in left if done[operation] >= count]  # others have no more to ask
        turn += 1
    return asked


def _worth(operation: Any, count: int) -> int:
    """What is printed takes as long as twenty other answers, and is asked for by a link alone."""
    return -(-count // 8) if str(operation.path).endswith(PRINTED) else count


def _fuzz_one(target: Target, operation: Any, count: int, turn: str, checks: list[Any]) -> int:
    dice = random.Random(f"{turn}|{operation.label}")
    asked = itertools.count()
    modes = schemathesis.GenerationMode
    strategies = [operation.as_strategy(generation_mode=mode) for mode in (modes.POSITIVE, modes.NEGATIVE)]

    @seed(dice.randrange(1 << 30))
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(strategies))
    def ask(case: Any) -> None:
        next(asked)
        for name in list(case.path_parameters or {}):
            if dice.random() < 0.8 and target.real.get(name):
                case.path_parameters[name] = dice.choice(target.real[name])
        if dice.random() < 0.8:
            target.make_real(case, dice)
        who = dice.choice(["", *ROLES])
        if "Für:" in str(case.operation.definition.raw.get("description", "")) and dice.random() < 0.8:
            who = _rightful(case, dice)
        if case.operation.path == SESSION:
            who = ""
        answer = case.call(base_url=target.url, session=target.sessions[who], timeout=TIMEOUT_S)
        target.statuses[answer.status_code] += 1
        case.validate_response(answer, checks=checks)

    ask()
    return next(asked)


def _rightful(case: Any, dice: random.Random) -> str:
    told = str(case.operation.definition.raw.get("description", ""))
    return dice.choice([login for login in ROLES if login.rstrip("0123456789") in told] or [""])
