"""Text messages: to mobiles, through a gateway that may be slow, full or broken, and never about the concern."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.contact import mobile_of
from server.notices.mailer import NeverSent, NotSent
from server.notices.sms import HttpTexter, open_texter
from server.notices.texts import ONE_MESSAGE, Text, in_gsm
from tests.http.test_reminders import MOBILE, booked_in_days, day_before, run
from tests.office.city import City, MakeCity, only_sqlite
from tests.office.outbox import mails

TEXT = Text("+4915123456789", "Hallo", "a" * 32)
TEMPLATE = '{"to": "{to}", "from": "{from}", "text": "{text}", "reference": "{reference}"}'


@dataclass
class Gateway:
    """A gateway on a port of its own; `answers` are used up one by one, the last one stays."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [200])
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    hangs: bool = False

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(await request.json())
        self.headers.append(dict(request.headers))
        if self.hangs:
            await asyncio.sleep(5)
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status, headers={"Retry-After": "90"} if status == 429 else {})


@pytest_asyncio.fixture
async def gateway() -> AsyncIterator[Gateway]:
    gateway = Gateway()
    app = web.Application()
    app.router.add_post("/send", gateway.take)
    server = TestServer(app)
    await server.start_server()
    gateway.url = str(server.make_url("/send"))
    yield gateway
    await server.close()


def texter(gateway: Gateway, timeout_s: float = 60) -> HttpTexter:
    return HttpTexter(gateway.url, "a-token", "Kempten", TEMPLATE, timeout_s)


async def due_reminder(city: City) -> dict[str, Any]:
    booked = await booked_in_days(city, remind="sms", phone=MOBILE)
    await mails(city)
    city.clock.set(day_before(booked))
    await run(city)
    await mails(city)
    return booked


@pytest.mark.criterion("A20")
@only_sqlite()
async def test_the_reminder_is_one_short_message_without_the_concern(
    make_city: MakeCity, gateway: Gateway
) -> None:
    city = await make_city(sms_url=gateway.url, sms_token="a-token", sms_from="Kempten")
    booked = await due_reminder(city)
    [sent] = gateway.got
    assert sent["to"] == "+4915123456789"
    assert sent["from"] == "Kempten"
    assert booked["start"][11:16] in sent["text"]
    assert f"/a/{booked['token']}/not-coming" in sent["text"]
    assert len(sent["text"]) <= ONE_MESSAGE
    assert sent["text"] == in_gsm(sent["text"])
    assert "Bauberatung" not in sent["text"]
    assert "Musterfrau" not in sent["text"]
    assert gateway.headers[0]["Authorization"] == "Bearer a-token"
    assert gateway.headers[0]["Idempotency-Key"] == sent["reference"]


@pytest.mark.criterion("A20")
@only_sqlite()
async def test_a_broken_gateway_is_asked_again_with_the_same_reference(
    make_city: MakeCity, gateway: Gateway
) -> None:
    city = await make_city(sms_url=gateway.url)
    gateway.answers = [500, 429, 200]
    await due_reminder(city)
    for _ in range(2):
        city.clock.advance(timedelta(minutes=2))
        await mails(city)
    assert len(gateway.got) == 3
    assert len({sent["reference"] for sent in gateway.got}) == 1
    city.clock.advance(timedelta(hours=2))
    await mails(city)
    assert len(gateway.got) == 3


@pytest.mark.criterion("A20")
@only_sqlite()
async def test_what_the_gateway_refuses_for_good_is_not_repeated(
    make_city: MakeCity, gateway: Gateway
) -> None:
    city = await make_city(sms_url=gateway.url)
    gateway.answers = [422]
    await due_reminder(city)
    city.clock.advance(timedelta(hours=2))
    await mails(city)
    assert len(gateway.got) == 1


async def test_trouble_is_told_apart(gateway: Gateway) -> None:
    gateway.answers = [429, 422, 401, 302, 200]
    with pytest.raises(NotSent) as slow:
        await texter(gateway).send(TEXT)
    assert slow.value.after == timedelta(seconds=90)
    with pytest.raises(NeverSent):
        await texter(gateway).send(TEXT)
    for _ in range(2):
        with pytest.raises(NotSent, match="HTTP"):
            await texter(gateway).send(TEXT)
    await texter(gateway).send(TEXT)


async def test_a_gateway_that_hangs_is_left_alone(gateway: Gateway) -> None:
    gateway.hangs = True
    with pytest.raises(NotSent, match="Timeout"):
        await texter(gateway, timeout_s=0.1).send(TEXT)


async def test_no_text_can_break_out_of_the_template(gateway: Gateway) -> None:
    await texter(gateway).send(Text("+4915123456789", 'a", "to": "+49151{to}\n', "r"))
    assert gateway.got == [
        {"to": "+4915123456789", "from": "Kempten", "text": 'a", "to": "+49151{to}\n', "reference": "r"}
    ]


@only_sqlite()
async def test_without_a_gateway_messages_go_into_a_folder_and_the_log_says_so(
    make_city: MakeCity, caplog: pytest.LogCaptureFixture
) -> None:
    city = await make_city()
    with caplog.at_level(logging.WARNING):
        open_texter(city.settings)
    assert "SPRECHZEIT_SMS_URL" in caplog.text
    await due_reminder(city)
    [written] = list((city.settings.data_dir / "sms").glob("*.txt"))
    assert "To: +4915123456789" in written.read_text()


@pytest.mark.criterion("A20")
@only_sqlite()
@pytest.mark.parametrize("phone", [None, "0831 123456", "12345"])
async def test_text_messages_need_a_mobile(make_city: MakeCity, phone: str | None) -> None:
    city = await make_city()
    slot = (await city.free("bauberatung"))[0]
    hold = (await (await city.hold("bauberatung", slot)).json())["hold"]
    assert (await city.confirm(hold, remind="sms", phone=phone)).status == 422
    details = {"name": "Erika", "phone": phone or "", "remind": "both"}
    page = await city.client.post(f"/holds/{hold}/confirm", data=details)
    assert page.status == 422
    assert 'id="phone-error"' in await page.text()


@pytest.mark.parametrize(
    ("typed", "mobile"),
    [
        ("0151 23456789", "+4915123456789"),
        ("+49 (0)170/1234567", "+491701234567"),
        ("0049 160-12345678", "+4916012345678"),
        ("+43 664 1234567", "+436641234567"),
        ("+380 50 123 4567", "+380501234567"),
        ("0831 123456", None),
        ("115", None),
        ("151 23456789", None),
        ("+49 831 123456", None),
        ("", None),
        ("++49151", None),
        ("+0151234567", None),
    ],
)
def test_numbers_are_brought_into_one_form(typed: str, mobile: str | None) -> None:
    assert mobile_of(typed) == mobile


def test_accents_that_a_text_message_lacks_are_dropped() -> None:
    assert in_gsm("Łódź – „Straße“ ç") == '?ódz - "Straße" c'.replace("ó", "o")
