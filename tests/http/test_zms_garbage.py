"""The citizen API under bad conditions: a database away, pages that nobody knows, bodies that are none. It never breaks."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.db import Database
from server.zms.routes import ROUTES
from tests.http.citizen_api import API, PERSON, STEPS, Citizen, codes, own
from tests.office.city import City, MakeCity, only_sqlite


@pytest.fixture
async def citizen(city: City) -> Citizen:
    return Citizen(city)


@only_sqlite()
async def test_with_the_database_away_it_says_so(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    process = await citizen.reserve("Personalausweis")

    def away(_self: Database) -> None:
        raise OSError

    monkeypatch.setattr(Database, "read", away)
    monkeypatch.setattr(Database, "write", away)
    for step in STEPS:
        answer = await citizen.send(step, {**PERSON, **own(process)})
        assert await codes(answer) == (503, ["serviceUnavailable"])
        assert answer.headers["Retry-After"]


@only_sqlite()
async def test_only_pages_that_the_city_named_may_call_from_elsewhere(make_city: MakeCity) -> None:
    citizen = Citizen(await make_city(citizen_clients="https://termine.example/buchen"))
    wanted = await citizen.wish()
    url, known = (
        f"{API}/reserve-appointment/",
        {"Origin": "https://termine.example", "Sec-Fetch-Site": "cross-site"},
    )
    client = citizen.city.client
    asked = await client.options(url, headers={**known, "Access-Control-Request-Method": "POST"})
    assert asked.status == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "https://termine.example"
    assert "Content-Type" in asked.headers["Access-Control-Allow-Headers"]
    for foreign in (
        {"Origin": "https://boese.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
    ):
        answer = await client.post(url, json=wanted, headers=foreign)
        assert await codes(answer) == (403, ["originNotAllowed"])
        assert "Access-Control-Allow-Origin" not in (await client.options(url, headers=foreign)).headers
    answer = await client.post(url, json=wanted, headers=known)
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "https://termine.example"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = [
    *PERSON,
    "timestamp",
    "officeId",
    "serviceId",
    "serviceCount",
    "processId",
    "authKey",
    "scope",
    "date",
]
FIELDS += [
    "startDate",
    "endDate",
    "officeIds",
    "serviceIds",
    "serviceCounts",
    "slotsStartDate",
    "slotsEndDate",
]
GARBAGE = st.dictionaries(st.sampled_from(FIELDS), JUNK, max_size=6) | JUNK


@only_sqlite()
async def test_garbage_is_refused_in_that_apis_words(citizen: Citizen) -> None:
    client = citizen.city.client
    raw = (b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 5000, b'{"timestamp":1e999}', b"9" * 5000)
    for step in ("reserve-appointment", *STEPS):
        for body in raw:
            answer = await client.post(
                f"{API}/{step}", data=body, headers={"Content-Type": "application/json"}
            )
            assert (await codes(answer))[0] == 400, (step, body)
        big = await client.post(
            f"{API}/{step}", data=b" " * 300_000, headers={"Content-Type": "application/json"}
        )
        assert await codes(big) == (413, ["requestTooLarge"])
    for method, name in ROUTES:
        if method == "GET":
            answer = await client.get(
                f"{API}/{name}/?startDate=%ff&officeId=%00&processId=%ED%A0%80&lang=%00"
            )
            assert answer.status < 500


@only_sqlite()
async def test_nothing_breaks_it(citizen: Citizen) -> None:
    good = await citizen.wish()
    process = await citizen.reserve("Meldebescheinigung")
    seen: set[int] = set()
    cases: list[tuple[tuple[str, str], Any, bool]] = []

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(sorted(ROUTES)), GARBAGE, st.booleans())
    def collect(route: tuple[str, str], junk: Any, mixed: bool) -> None:
        cases.append((route, junk, mixed))

    collect()
    for (method, name), found, mixed in cases:
        junk = found
        if mixed and isinstance(found, dict):
            junk = {**good, **own(process), **PERSON, **found}
        url = f"{API}/{name}"
        if method == "GET":
            query = {k: str(v) for k, v in junk.items()} if isinstance(junk, dict) else {"x": str(junk)}
            sound = {k: v.encode("utf-8", "replace").decode() for k, v in query.items()}
            answer = await citizen.city.client.get(url, params=sound)
        else:
            answer = await citizen.city.client.post(url, json=junk)
        assert answer.status < 500, (name, junk)
        assert answer.content_type == "application/json"
        seen.add(answer.status)
    assert {200, 400} <= seen
