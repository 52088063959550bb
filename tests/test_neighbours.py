"""The neighbours that other tests lean on do what those tests believe of them."""

import asyncio
from email.message import EmailMessage

import aiosmtplib
from aiohttp import web
from playwright.async_api import Browser
from pytest_aiohttp import AiohttpServer
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.neighbours.smtp import Mailbox
from tests.neighbours.turn import Turn


async def test_a_test_gets_an_empty_database_of_either_kind(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE desk (id INTEGER PRIMARY KEY)"))
        await connection.execute(text("INSERT INTO desk VALUES (1)"))
        found = await connection.execute(text("SELECT count(*) FROM desk"))
        assert found.scalar_one() == 1
    await engine.dispose()


async def test_redis_is_empty_and_answers(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        assert await redis.dbsize() == 0
        await redis.set("left-over", "1")


async def test_a_mail_sent_by_smtp_lies_in_the_mailbox(smtp: Mailbox) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@kempten.example", "b@example.org", "Grüße"
    message.set_content("Schönen Tag")
    await aiosmtplib.send(message, hostname="127.0.0.1", port=smtp.port)
    assert [m["Subject"] for m in smtp.messages] == ["Grüße"]
    assert smtp.recipients == ["b@example.org"]


async def test_the_turn_server_takes_connections(turn: Turn) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", turn.port)
    writer.close()
    await writer.wait_closed()


async def test_the_browser_has_a_moving_camera_picture(
    browser: Browser, aiohttp_server: AiohttpServer
) -> None:
    async def page_with_nothing(_request: web.Request) -> web.Response:
        return web.Response(text="<title>x</title>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", page_with_nothing)
    server = await aiohttp_server(app)
    context = await browser.new_context(permissions=["camera", "microphone"])
    page = await context.new_page()
    await page.goto(str(server.make_url("/")))
    kinds = await page.evaluate(
        "async () => (await navigator.mediaDevices.getUserMedia({audio: true, video: true}))"
        ".getTracks().map(track => track.kind).sort()"
    )
    assert kinds == ["audio", "video"]
