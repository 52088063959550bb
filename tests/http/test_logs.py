"""Nothing that a citizen says or holds reaches the log: not in good days, not in refusals, not in our own faults."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import FormData
from sqlalchemy import update
from yarl import URL

from server.booking.model import CaseRow
from server.db import Database
from tests.neighbours.process import free_port
from tests.neighbours.redis import RedisServer
from tests.neighbours.smtp import Mailbox
from tests.office.city import MakeCity
from tests.office.papers import a_pdf
from tests.office.served import ServeCity

PDF = a_pdf()


@dataclass
class Canary:
    """A citizen whose every word can be found again, and what the house gave them."""

    url: str
    mark: str = field(default_factory=lambda: f"zzyzx{secrets.token_hex(6)}")
    digits: str = field(default_factory=lambda: "".join(secrets.choice("123456789") for _ in range(12)))
    given: set[str] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        """Any request of theirs; what comes back may be JSON."""
        headers = {
            "User-Agent": self.mark,
            "Referer": f"http://{self.mark}.example/",
            **more.pop("headers", {}),
        }
        async with self.session.request(
            method, URL(self.url + path, encoded=True), headers=headers, allow_redirects=False, **more
        ) as answer:
            self.statuses.add(answer.status)
            location = answer.headers.get("Location", "")
            self.given |= {part for part in location.split("?")[0].split("/") if len(part) > 20}
            return await answer.json() if "json" in answer.content_type else await answer.text()

    async def live(self) -> None:
        """Books, sends, moves, makes every mistake, and cancels."""
        async with aiohttp.ClientSession() as self.session:
            found = await self.ask("GET", "/api/v1/availability?service=bauberatung&mode=video")
            self.slots = [slot for day in found["days"] for slot in day["slots"]]
            await self.book()
            await self.send()
            await self.look_around()
            await self.move()
            await self.err()
            await self.cut_in()
            await self.ask("DELETE", self.api)
            await self.ask("POST", f"{self.page}/cancel")

    async def hold(self, slot: dict[str, Any]) -> str:
        wish = {"services": [{"id": "bauberatung"}], "mode": "video", "start": slot["start"]}
        key = {"Idempotency-Key": f"{self.mark}-{slot['start']}-{secrets.token_hex(4)}"}
        held = await self.ask("POST", "/api/v1/holds", json=wish, headers=key)
        self.given.add(held.get("hold", "-" * 30))
        return str(held.get("hold", ""))

    async def book(self) -> None:
        hold = await self.hold(self.slots[-1])
        for _ in range(4):
            await self.hold(self.slots[-1])
        who = {
            "hold": hold,
            "name": f"{self.mark} Musterfrau",
            "email": f"{self.mark}@canary.example",
            "phone": self.digits,
            "answers": {"frage": f"{self.mark} fragt"},
        }
        for wrong in ({"email": f"{self.mark}@@"}, {"phone": f"{self.mark}"}, {self.mark: self.mark}):
            await self.ask("POST", "/api/v1/appointments", json={**who, **wrong})
        booked = await self.ask("POST", "/api/v1/appointments", json=who)
        self.given.add(booked["token"])
        self.number = booked["number"]
        self.api, self.page = f"/api/v1/appointments/{booked['token']}", f"/a/{booked['token']}"

    async def send(self) -> None:
        for path in (f"{self.api}/documents", f"{self.page}/documents"):
            for name, data in ((".pdf", PDF), (".exe", b"MZ" * 50), (".pdf", b""), (".png", PDF[:9])):
                form = FormData()
                form.add_field("item", "lageplan")
                form.add_field("file", data, filename=f"{self.mark}{name}")
                await self.ask("POST", path, data=form)

    async def look_around(self) -> None:
        for path in ("", "/move", "/cancel", "/check", "/room"):
            await self.ask("GET", self.page + path)
        for path in ("", "/documents", "/calendar.ics", f"/documents/{self.mark}"):
            await self.ask("GET", self.api + path)
        entry = await self.ask("POST", f"{self.api}/entry")
        self.given.add(entry.get("ticket", "-" * 30))
        for path in (f"/?q={self.mark}", f"/a/{self.mark}", f"/{self.mark}", f"/static/{self.mark}"):
            await self.ask("GET", path)
        await self.signal(entry.get("ticket", self.mark))

    async def signal(self, ticket: str) -> None:
        """Into the waiting room, and some noise."""
        async with self.session.ws_connect(
            f"{self.url}/signaling/v1", protocols=("sprechzeit.v1",), headers={"User-Agent": self.mark}
        ) as socket:
            await socket.send_json({"type": "hello", "ticket": ticket, "instance": self.mark})
            await socket.receive(timeout=30)
            for noise in (
                f'{{"type":"{self.mark}"}}',
                self.mark,
                f'{{"type":"description","sdp":"{self.mark}"}}',
            ):
                await socket.send_str(noise)
            await asyncio.sleep(0)

    async def wait_in_a_room(self) -> None:
        """A second appointment, which begins soon; not the very next, whose time may have come before it is held."""
        async with aiohttp.ClientSession() as self.session:
            found = await self.ask("GET", "/api/v1/availability?service=bauberatung&mode=video")
            _, soon, *_ = [slot for day in found["days"] for slot in day["slots"]]
            who = {"name": f"{self.mark} Musterfrau", "email": f"{self.mark}2@canary.example"}
            hold = await self.hold(soon)
            booked = await self.ask("POST", "/api/v1/appointments", json={"hold": hold, **who})
            entry = await self.ask("POST", f"/api/v1/appointments/{booked['token']}/entry")
            self.given |= {booked["token"], entry["ticket"]}
            async with self.session.ws_connect(
                f"{self.url}/signaling/v1", protocols=("sprechzeit.v1",)
            ) as room:
                hello = {"type": "hello", "ticket": entry["ticket"], "instance": self.mark}
                await room.send_json(hello)
                assert (await room.receive_json(timeout=30))["type"] == "welcome"

    async def move(self) -> None:
        for slot in (self.slots[-2], self.slots[-1]):
            await self.ask("POST", f"{self.api}/move", json={"start": slot["start"], "mode": "video"})

    async def err(self) -> None:
        who = {"name": self.mark, "password": self.digits}
        for _ in range(3):
            await self.ask("POST", "/api/v1/session", json=who)
            await self.ask("POST", "/office/sign-in", data=who)
        hold = await self.hold(self.slots[-5])
        wrong = {"name": "", "email": self.mark, "phone": self.mark}
        await self.ask("POST", f"/holds/{hold}/confirm", data=wrong)
        await self.ask("POST", "/api/v1/holds", data=self.mark.encode())
        await self.ask("POST", f"{self.api}/move", json={"start": self.mark, "mode": self.mark})
        await self.ask("DELETE", self.api, headers={"Origin": f"https://{self.mark}.example"})
        await self.ask(
            "GET", self.api, headers={"Cookie": f"sprechzeit_session={self.mark}; lang={self.mark}"}
        )

    async def cut_in(self) -> None:
        """What no browser sends: lines that are not HTTP, with a token in them."""
        url = URL(self.url)
        for line in (
            f"GET {self.page} HTTP/9\r\n\r\n",
            f"GET {self.page}\x01 HTTP/1.1\r\n\r\n",
            f"GET / HTTP/1.1\r\nHost: x\r\n{self.mark}\x00: 1\r\n\r\n",
            f"GET /a/{self.mark * 1000} HTTP/1.1\r\nHost: x\r\n\r\n",
            f"POST {self.api}/move HTTP/1.1\r\nHost: x\r\nContent-Length: {self.mark}\r\n\r\n",
        ):
            reader, writer = await asyncio.open_connection(url.host, url.port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + line.encode())
            await writer.drain()
            with suppress(OSError):  # it may hang up before it has heard all
                writer.write_eof()
                await reader.read()
            writer.close()

    async def meet_a_fault(self, database_url: str) -> None:
        """The case's key is broken: from here on pages of the appointment can't be opened."""
        db = Database(database_url)
        async with db.write() as tx:
            await tx.execute(update(CaseRow).values(wrapped_key=b"\0" * 40))
        await db.close()
        async with aiohttp.ClientSession() as self.session:
            self.statuses.clear()
            for path in (self.page, f"{self.api}/documents"):
                await self.ask("GET", path)
            assert self.statuses == {410}

    def found_in(self, text: str) -> set[str]:
        words = {self.mark, self.digits, "127.0.0.1", *self.given} - {"-" * 30}
        return {word for word in words if word in text.replace(self.url, "")}


@pytest.mark.criterion("J15")
async def test_log_lines_hold_nothing_of_a_citizen(
    make_city: MakeCity, smtp: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Every logger of ours and of the libraries, down to the last detail that an operator can switch on."""
    city = await make_city(smtp_url=smtp.url)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "mail.log")  # the mail server of this test
    canary = Canary(city.settings.public_url)
    await canary.live()
    assert canary.statuses >= {200, 201, 303, 401, 403, 404, 409, 415, 422}
    await until(lambda: len(smtp.messages) >= 3)
    await canary.meet_a_fault(city.settings.database_url)
    assert "sealed data can not be opened" in caplog.text
    assert canary.found_in(caplog.text) == set()
    assert canary.number not in caplog.text
    for message in smtp.messages:
        assert canary.mark not in str(message["Subject"])
        assert canary.digits not in str(message["Subject"])


async def test_mail_trouble_names_no_address(make_city: MakeCity, caplog: pytest.LogCaptureFixture) -> None:
    city = await make_city(smtp_url="smtp://127.0.0.1:1")
    canary = Canary(city.settings.public_url)
    await canary.live()
    await until(lambda: "not sent" in caplog.text)
    assert canary.found_in(caplog.text) == set()


@pytest.mark.criterion("J15")
async def test_the_log_of_a_served_city_holds_nothing_of_a_citizen(
    serve_city: ServeCity, own_redis: RedisServer
) -> None:
    """Nor do its figures, Redis while the citizen is in the waiting room, and no core would be written of it."""
    port = free_port()
    served = await asyncio.to_thread(serve_city, redis_url=own_redis.url, metrics_port=port)
    canary = Canary(served.url)
    async with heard(own_redis.port) as redis:
        await canary.live()
        await canary.wait_in_a_room()
        await until(lambda: b"room" in redis)
        assert canary.found_in(redis.decode("latin-1")) <= {"127.0.0.1"}
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as figures:
        assert canary.found_in(await figures.text()) == set()
    assert core_limit(served.processes[0].pid) <= 1
    await canary.meet_a_fault(served.environments[0]["SPRECHZEIT_DATABASE_URL"])
    await asyncio.to_thread(served.stop)
    log = served.processes[0].output()
    assert "sealed data can not be opened" in log
    assert canary.found_in(log) == set()
    assert canary.found_in(stored(served.folder)) <= {"127.0.0.1"}


@asynccontextmanager
async def heard(port: int) -> AsyncIterator[bytearray]:
    """Every command that Redis is given, with its keys and values."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"MONITOR\r\n")
    assert await reader.readline() == b"+OK\r\n"
    said = bytearray()

    async def listen() -> None:
        while part := await reader.read(65536):
            said.extend(part)

    listening = asyncio.create_task(listen())
    try:
        yield said
    finally:
        listening.cancel()
        writer.close()


def core_limit(pid: int) -> int:
    """How large an image of this process may be written when it crashes; beyond one byte, or without limit, it is."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    hard = next(line for line in lines if line.startswith("Max core file size")).split()[-2]
    return int(hard) if hard.isdecimal() else 2**63


def stored(folder: Path) -> str:
    """Everything that the house keeps on disk, but the mails: they are what it sends to the citizen."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".eml"]
    return "".join(path.read_bytes().decode("latin-1") for path in files)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110  another thread or a log tells
            await asyncio.sleep(0.01)
