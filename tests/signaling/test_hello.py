"""Saying hello: which tickets open which room, and what a connection without one gets."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import WSServerHandshakeError

from signaling.app import PATH
from signaling.contract import (
    CLAIMS,
    HEADER,
    Ticket,
    TicketRefused,
    mint,
    participant_id,
    room_name,
    shard,
    verify,
)
from signaling.messages import SUBPROTOCOL
from tests.signaling.conftest import OpenOffice
from tests.signaling.people import NOON, SECRET, Office


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signed(header: object, claims: object, secret: str = SECRET) -> str:
    text = f"{part(header)}.{part(claims)}"
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def claims_of(token: str) -> dict[str, Any]:
    middle = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    return claims


def forgeries(good: str) -> dict[str, str]:
    claims = claims_of(good)
    head, body, signature = good.split(".")
    wrong = {
        "iss": "somebody", "aud": "citizen", "purpose": "check-in", "role": "admin", "rights": "admit", "room": "",
        "exp": NOON - 1, "iat": NOON + 30, "opens_at": "0", "closes_at": True, "sub": 1, "jti": "", "name": "x" * 201,
    }  # fmt: skip
    made = {f"no {name}": signed(HEADER, {k: v for k, v in claims.items() if k != name}) for name in CLAIMS}
    made |= {f"wrong {name}": signed(HEADER, claims | {name: value}) for name, value in wrong.items()}
    headers: list[dict[str, object]] = [
        {"alg": "none", "typ": "JWT"}, {"alg": "HS512", "typ": "JWT"}, {"alg": "RS256", "typ": "JWT"}, {"alg": "HS256"},
        {"alg": "", "typ": "JWT"}, {"alg": ["HS256"], "typ": "JWT"}, {"typ": "JWT"},
    ]  # fmt: skip
    further: dict[str, object] = {
        "kid": "../../dev/null", "jku": "https://evil.example/keys", "x5u": "https://evil.example",
        "jwk": {"kty": "oct", "k": "AA"}, "crit": ["exp"], "zip": "DEF", "b64": False, "cty": "JWT",
    }  # fmt: skip
    headers += [{**HEADER, name: value} for name, value in further.items()]
    made |= {f"header {header}": signed(header, claims) for header in headers}
    made |= {f"header {header} unsigned": f"{part(header)}.{body}." for header in headers[:3]}
    long = claims | {"exp": claims["iat"] + 3600}
    return made | {
        "other key": signed(HEADER, claims, "another-secret-of-at-least-32-bytes!"),
        "empty key": signed(HEADER, claims, ""),
        "lives an hour": signed(HEADER, long),
        "aud is a list": signed(HEADER, claims | {"aud": ["signaling", "citizen"]}),
        "right is a number": signed(HEADER, claims | {"rights": [1]}),
        "one claim more": signed(HEADER, claims | {"admin": True}),
        "claims are a list": signed(HEADER, [claims]),
        "claims are text": signed(HEADER, "claims"),
        "deep claims": f"{head}.{base64.urlsafe_b64encode(b'[' * 2500).decode()}.{signature}",
        "deep header": f"{base64.urlsafe_b64encode(b'[' * 2500).decode()}.{body}.{signature}",
        "no signature": f"{head}.{body}.",
        "cut signature": good[:-2],
        "changed body": f"{head}.{part(claims | {'role': 'host', 'rights': ['admit', 'end']})}.{signature}",
        "two parts": f"{head}.{body}",
        "five parts": f"{head}.{body}.{signature}.{body}.{signature}",
        "not base64": f"{head}.!!!.{signature}",
        "a megabyte": f"{head}.{'A' * 1_000_000}.{signature}",
        "nothing": "..",
    }


@pytest.mark.criterion("K04")
def test_of_all_forged_tickets_none_is_accepted() -> None:
    good = mint(Ticket("room", "guest", "sub", "Zoë", 0, 1, (), "jti", "citizen"), SECRET, NOON)
    assert verify(good, SECRET, NOON).name == "Zoë"
    forged = forgeries(good)
    assert len(forged) >= 60
    accepted = []
    for name, token in forged.items():
        try:
            verify(token, SECRET, NOON)
        except TicketRefused:
            continue
        accepted.append(name)
    assert accepted == []


@pytest.mark.criterion("K04")
def test_a_ticket_lives_a_minute_and_needs_a_real_key() -> None:
    ticket = Ticket("room", "guest", "sub", "Zoë", 0, 1, (), "jti", "citizen")
    token = mint(ticket, SECRET, NOON)
    assert verify(token, SECRET, NOON + 59.9) == ticket
    for now in (NOON + 60, NOON - 6):
        with pytest.raises(TicketRefused):
            verify(token, SECRET, now)
    with pytest.raises(ValueError):
        mint(ticket, SECRET, NOON, lifetime_s=61)
    with pytest.raises(ValueError):
        mint(ticket, "short", NOON)


def test_names_of_any_script_and_length_fit_into_a_ticket() -> None:
    ticket = Ticket("room", "guest", "sub", "Zoë", 0, 1, (), "jti", "citizen")
    for name in ("علی", "Nguyễn Thị", "王" * 300, "a\x00b\ud800c", "", "\n", "👩‍👩‍👧"):
        shown = verify(mint(replace(ticket, name=name), SECRET, NOON), SECRET, NOON).name
        assert 0 < len(shown) <= 200
        assert shown.isprintable() or "\u200d" in shown


def test_derived_names_are_stable_and_tell_nothing() -> None:
    room = room_name(SECRET, "appointment-1")
    assert room == room_name(SECRET, "appointment-1") != room_name(SECRET, "appointment-2")
    assert len(room) == 22
    assert len(shard(room)) == 2
    assert len({shard(room_name(SECRET, str(number))) for number in range(2000)}) == 256
    assert participant_id(SECRET, room, "x") != participant_id(SECRET, "other", "x") != room


async def refused(office: Office, **hello: Any) -> tuple[int, str]:
    person = await office.open()
    await person.say("hello", instance="page-one", **hello)
    code = await person.closed()
    return code, str(person.heard[0].get("code"))


@pytest.mark.criterion("K04")
async def test_a_ticket_opens_once(office: Office) -> None:
    token = office.token("guest", "anna")
    person = await office.open()
    await person.say("hello", ticket=token, instance="page-one")
    await person.hear("welcome")
    assert await refused(office, ticket=token) == (4401, "ticket-used")
    assert await person.settled() == []


@pytest.mark.criterion("K04")
async def test_forged_and_expired_tickets_are_refused_on_the_wire(office: Office) -> None:
    good = office.token("guest", "anna")
    short = {name: token for name, token in forgeries(good).items() if len(token) < 4096 and "!" not in token}
    for name in (
        "header {'alg': 'none', 'typ': 'JWT'} unsigned",
        "other key",
        "no exp",
        "no aud",
        "wrong purpose",
    ):
        assert await refused(office, ticket=short[name]) == (4401, "ticket-refused"), name
    office.time.now += 61
    assert await refused(office, ticket=good) == (4401, "ticket-refused")


@pytest.mark.criterion("C01")
async def test_a_ticket_opens_only_within_its_window_and_a_refusal_does_not_use_it_up(office: Office) -> None:
    early = office.token("guest", "anna", opens_at=NOON + 20)
    assert await refused(office, ticket=early) == (4403, "too-early")
    office.time.now += 20
    person = await office.open()
    await person.say("hello", ticket=early, instance="page-one")
    await person.hear("welcome")
    assert await refused(office, ticket=office.token("guest", "anna", closes_at=NOON + 20)) == (
        4403,
        "room-closed",
    )


async def test_without_hello_the_connection_ends(open_office: OpenOffice) -> None:
    office = await open_office(hello_s=0.02)
    person = await office.open()
    assert await person.closed() == 4408
    assert person.heard[0]["code"] == "hello-timeout"


@pytest.mark.parametrize(
    ("first", "code", "error"),
    [
        ("garbage", 4400, "bad-message"),
        ("[]", 4400, "bad-message"),
        ('{"type":"hello"}', 4400, "bad-message"),
        ('{"type":"hello","instance":"page-one","seen":1}', 4400, "bad-message"),
        ('{"type":"hello","instance":"x","ticket":"a.b.c"}', 4400, "bad-message"),
        ('{"type":"who"}', 4400, "unknown-type"),
        ('{"type":"leave"}', 4403, "not-allowed"),
        ('{"type":"admit","guest":"anna"}', 4403, "not-allowed"),
        ('{"type":"hello","instance":"page-one","ticket":"a.b.c"}', 4401, "ticket-refused"),
    ],
)
async def test_anything_else_first_ends_the_connection(
    office: Office, first: str, code: int, error: str
) -> None:
    person = await office.open()
    await person.socket.send_str(first)
    assert await person.closed() == code
    assert person.heard[0]["code"] == error


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "https://termine.example.de.evil.example",
        "http://termine.example.de",
        "https://[",
    ],
)
async def test_a_foreign_origin_is_refused_at_the_door(office: Office, origin: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        await office.open(Origin=origin)
    assert refusal.value.status == 403
    for method, path in (("POST", f"{PATH}/echo"), ("DELETE", f"{PATH}/echo/x")):
        answer = await office.client.request(method, path, headers={"Origin": origin}, data=b"v=0")
        assert answer.status == 403


async def test_own_pages_and_programs_enter(office: Office, open_office: OpenOffice) -> None:
    await office.open(Origin="https://termine.example.de")
    await office.open()
    demo = await open_office(same_host_origin=True)
    await demo.open(Origin=f"http://{demo.client.host}:{demo.client.port}")
    with pytest.raises(WSServerHandshakeError):
        await demo.open(Origin="http://evil.example")


async def test_without_the_subprotocol_or_a_websocket_nothing_opens(office: Office) -> None:
    assert (await office.client.get(PATH)).status == 426
    with pytest.raises(WSServerHandshakeError) as refusal:
        await office.client.ws_connect(PATH, protocols=("chat",))
    assert refusal.value.status == 426
    person = await office.open()
    assert person.socket.protocol == SUBPROTOCOL
