"""A proof of work only above a rate, each solution once; people never meet it in the normal path."""

import asyncio
import base64
import hashlib
import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse
from sqlalchemy import text

from tests.office.city import City, MakeCity, only_sqlite

AFTER = 2


@pytest.fixture
async def office(make_city: MakeCity) -> City:
    return await make_city(altcha_after=AFTER)


async def hold(city: City) -> str:
    held = await city.hold("meldebescheinigung", (await city.free("meldebescheinigung", "onsite"))[0])
    return str((await held.json())["hold"])


async def used_up(city: City) -> None:
    """As many as are taken without any question."""
    for _ in range(AFTER):
        assert (await city.confirm(await hold(city), email=None)).status == 201


def solved(challenge: dict[str, Any], **changes: Any) -> str:
    """What the browser does, in Python."""
    numbers = range(challenge["maxnumber"] + 1)
    wanted, salt = challenge["challenge"], challenge["salt"]
    number = next(n for n in numbers if hashlib.sha256(f"{salt}{n}".encode()).hexdigest() == wanted)
    told = {key: challenge[key] for key in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps({**told, "number": number, **changes}).encode()).decode()


async def challenge_of(answer: ClientResponse) -> dict[str, Any]:
    assert answer.status == 428, await answer.text()
    problem = await answer.json()
    assert problem["type"].endswith("proof-required")
    found: dict[str, Any] = problem["challenge"]
    return found


@pytest.mark.criterion("A19")
async def test_nothing_is_asked_below_the_rate_and_a_proof_above_it(office: City) -> None:
    await used_up(office)
    held = await hold(office)
    challenge = await challenge_of(await office.confirm(held, email=None))
    answer = await office.confirm(held, email=None, altcha=solved(challenge))
    assert answer.status == 201, "the hold was still there"


@pytest.mark.criterion("A19")
async def test_a_solution_counts_once(office: City) -> None:
    await used_up(office)
    first, second = await hold(office), await hold(office)
    proof = solved(await challenge_of(await office.confirm(first, email=None)))
    assert (await office.confirm(first, email=None, altcha=proof)).status == 201
    again = await office.confirm(second, email=None, altcha=proof)
    assert "schon verwendet" in (await again.json())["detail"]
    assert (await office.confirm(second, email=None, altcha=solved(await challenge_of(again)))).status == 201


async def test_the_same_request_again_needs_no_second_proof(office: City) -> None:
    await used_up(office)
    held = await hold(office)
    proof = solved(await challenge_of(await office.confirm(held, email=None)))
    answers = [await office.confirm(held, email=None, altcha=proof, key="one") for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201]


@only_sqlite()
async def test_altered_foreign_and_late_solutions_are_refused(office: City) -> None:
    await used_up(office)
    held = await hold(office)
    challenge = await (await office.client.get("/api/v1/proof")).json()
    late = challenge["salt"].replace("expires=", "expires=9")
    foreign = {**challenge, "salt": "x?expires=9999999999&", "maxnumber": 1}
    foreign["challenge"] = hashlib.sha256(b"x?expires=9999999999&1").hexdigest()
    for wrong in (
        "",
        "nonsense",
        base64.b64encode(b"[]").decode(),
        solved(challenge, number=-1),
        solved(challenge, salt=late),
        solved(challenge, algorithm="SHA-1"),
        solved(foreign),
    ):
        await challenge_of(await office.confirm(held, email=None, altcha=wrong))
    proof = solved(challenge)
    office.clock.advance(timedelta(minutes=21))
    held = await hold(office)
    refused = await office.confirm(held, email=None, altcha=proof)
    assert "abgelaufen" in (await refused.json())["detail"]


@only_sqlite()
async def test_after_an_hour_nothing_is_asked_any_more(office: City) -> None:
    await used_up(office)
    office.clock.advance(timedelta(minutes=61))
    assert (await office.confirm(await hold(office), email=None)).status == 201


@only_sqlite()
async def test_staff_who_book_for_others_are_never_asked(office: City) -> None:
    hotline = await office.sign_in("hotline")
    for slot in (await office.free("meldebescheinigung", "onsite"))[: AFTER + 3]:
        body = {"services": [{"id": "meldebescheinigung"}], "channel": "phone"}
        held = await hotline.post(
            "/api/v1/office/holds", json={**body, **{key: slot[key] for key in ("mode", "start", "site")}}
        )
        assert (await office.confirm((await held.json())["hold"], email=None)).status == 201


@only_sqlite()
async def test_the_form_shows_the_check_only_then_and_names_the_telephone(office: City) -> None:
    details = {"name": "Erika Musterfrau"}
    assert "sz-proof" not in await (await office.client.get(f"/holds/{await hold(office)}")).text()
    office.clock.advance(timedelta(minutes=61))
    await used_up(office)
    held = await hold(office)
    page = await office.client.post(f"/holds/{held}/confirm", data=details)
    shown = await page.text()
    assert page.status == 428
    assert '<sz-proof class="panel stack" challenge="/api/v1/proof">' in shown
    assert shown.count("0831 115") > 2
    assert 'value="Erika Musterfrau"' in shown
    proof = solved(await (await office.client.get("/api/v1/proof")).json())
    done = await office.client.post(
        f"/holds/{held}/confirm", data={**details, "altcha": proof}, allow_redirects=False
    )
    assert done.status == 303


@only_sqlite()
async def test_the_citizen_api_asks_too_and_its_token_counts_once(office: City) -> None:
    await used_up(office)
    api = "/api/citizen"
    listing = await (await office.client.get(f"{api}/offices-and-services/")).json()
    service = next(
        one["id"]
        for one in listing["services"]
        if one["name"] == "Meldebescheinigung" and not one["parentId"]
    )
    office_id = next(r["officeId"] for r in listing["relations"] if r["serviceId"] == service)
    slots = (await office.free("meldebescheinigung", "onsite"))[:3]

    async def reserve(nth: int, **more: str) -> ClientResponse:
        wish = {"officeId": office_id, "serviceId": [service], "serviceCount": [1]}
        seconds = int(datetime.fromisoformat(slots[nth]["start"]).timestamp())
        return await office.client.post(
            f"{api}/reserve-appointment/", json={**wish, "timestamp": seconds, **more}
        )

    held = await hold(office)
    assert held
    refused = await reserve(1)
    assert (refused.status, (await refused.json())["errors"][0]["errorCode"]) == (400, "captchaMissing")
    assert (await (await office.client.get(f"{api}/captcha-details/")).json())["captchaEnabled"] is True
    proof = solved(await (await office.client.get(f"{api}/captcha-challenge/")).json())
    token = (await (await office.client.post(f"{api}/captcha-verify/", json={"payload": proof})).json())[
        "token"
    ]
    assert (await reserve(1, captchaToken=token)).status == 200
    assert (await reserve(2, captchaToken=token)).status == 400
    wrong = await office.client.post(f"{api}/captcha-verify/", json={"payload": "x"})
    assert (await wrong.json())["errors"][0]["errorCode"] == "captchaInvalid"


async def rush(city: City) -> Counter[int]:
    """Eight bookings with one and the same solution at once."""
    holds = [await hold(city) for _ in range(8)]
    proof = solved(await challenge_of(await city.confirm(holds[0], email=None)))
    answers = await asyncio.gather(*(city.confirm(one, email=None, altcha=proof) for one in holds))
    return Counter(answer.status for answer in answers)


async def test_one_solution_in_a_rush_books_once(office: City) -> None:
    await used_up(office)
    assert await rush(office) == {201: 1, 428: 7}


@only_sqlite()
async def test_without_the_key_it_would_book_more_often(office: City) -> None:
    """The control: it is the primary key that counts."""
    async with office.office.db.write() as tx:
        await tx.execute(text("DROP TABLE proof"))
        await tx.execute(text("CREATE TABLE proof (signature_hash VARCHAR(64), expires_at DATETIME)"))
    await used_up(office)
    assert (await rush(office))[201] > 1
