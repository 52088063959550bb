"""The main job: a citizen books by video, sends a plan, and meets the clerk face to face."""

import asyncio
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.people import Citizen, Clerk, figure, new_person, room_state, statistics
from tests.browser.seat import rises, until
from tests.neighbours.process import Neighbour, free_port, port_answers
from tests.neighbours.sockets import udp_sockets
from tests.office.served import ROOT, ServeCity, ServedCity

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"])]
NAME = "Erika Musterfrau"


@dataclass
class Apart:
    """Server and signaling as processes of their own, joined by Redis alone."""

    city: ServedCity
    signaling: Neighbour
    environment: dict[str, str]
    port: int

    def restart_signaling(self) -> None:
        self.signaling.stop()
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "signaling"]
        self.signaling = Neighbour(
            command, self.city.folder / "signaling.log", env=self.environment, cwd=ROOT
        )
        self.signaling.wait_until(partial(port_answers, self.port))


@pytest.fixture
def apart(serve_city: ServeCity, redis_url: str) -> Iterator[Apart]:
    port = free_port()
    city = serve_city(redis_url=redis_url, signaling_url=f"ws://127.0.0.1:{port}/signaling/v1")
    environment = {**city.environments[0], "SPRECHZEIT_SIGNALING_PORT": str(port)}
    both = Apart.__new__(Apart)
    both.city, both.environment, both.port = city, environment, port
    both.start()
    try:
        yield both
    finally:
        both.signaling.stop()


@dataclass
class Call:
    citizen: Citizen
    clerk: Clerk


@pytest.fixture
async def meeting(apart: Apart, browser: Browser) -> Call:
    """Booked, document sent, both in the room: the citizen waits."""
    citizen = Citizen(await new_person(browser, phone=True), apart.city.url)
    clerk = Clerk(await new_person(browser), apart.city.url)
    await citizen.book_video("Bauberatung", NAME)
    await citizen.send(apart.city.folder, "Lageplan", "lageplan.pdf")
    await clerk.sign_in("clerk1")
    return Call(citizen, clerk)


@pytest.mark.criterion("C01", "C03", "C04", "C05", "C09")
async def test_they_meet_and_go_on_while_signaling_restarts(apart: Apart, meeting: Call) -> None:
    citizen, clerk = meeting.citizen, meeting.clerk
    await expect(clerk.page.get_by_role("heading", name=NAME)).to_be_visible()
    await expect(clerk.page.get_by_text("eine Unterlage zu prüfen")).to_be_visible()
    await citizen.enter()
    await expect(citizen.page.get_by_test_id("position")).to_be_visible()
    await expect(clerk.page.get_by_test_id("arrival").first).to_be_visible()
    await clerk.open_room(NAME)
    await expect(clerk.page.get_by_test_id("admit").first).to_be_visible()

    async def prepared() -> bool:
        found = await statistics(citizen.page)
        return bool(found) and found[0]["connectionState"] == "connected"

    await until(prepared)
    for page in (citizen.page, clerk.page):
        assert await figure(page, "framesDecoded") == 0
        assert await figure(page, "framesSent") == 0
        await expect(page.get_by_test_id("remote-video")).to_have_count(0)
    assert await room_state(citizen.page) == "waiting"

    await clerk.admit()
    for page in (citizen.page, clerk.page):
        await rises(partial(figure, page, "framesDecoded"), by=5)
        await rises(partial(figure, page, "totalAudioEnergy"))
        await expect(page.get_by_test_id("remote-video")).to_be_visible()
    for process in (*apart.city.processes, apart.signaling):
        assert not udp_sockets(process.pid)

    await asyncio.to_thread(apart.signaling.stop)
    for page in (citizen.page, clerk.page):
        await rises(partial(figure, page, "framesDecoded"), by=5)
    await asyncio.to_thread(apart.start)

    async def together() -> bool:
        lines = [
            await page.get_by_test_id("room-state").get_attribute("data-line")
            for page in (citizen.page, clerk.page)
        ]
        return lines == ["open", "open"]

    await until(together)
    for page in (citizen.page, clerk.page):
        await rises(partial(figure, page, "framesDecoded"), by=5)
        assert await room_state(page) == "call"


async def test_muting_is_seen_and_leaving_ends_the_picture(apart: Apart, meeting: Call) -> None:
    citizen, clerk = meeting.citizen, meeting.clerk
    await citizen.enter()
    await clerk.open_room(NAME)
    await clerk.admit()
    await rises(partial(figure, clerk.page, "framesDecoded"), by=5)
    mute = citizen.page.get_by_test_id("mute-audio")
    await mute.click()
    await expect(mute).to_have_attribute("aria-pressed", "true")
    await citizen.page.get_by_test_id("leave").click()
    await expect(clerk.page.get_by_test_id("remote-video")).to_have_count(0)
    assert await room_state(citizen.page) == "over"
    assert apart.signaling.process.poll() is None


async def test_the_clerk_ends_the_meeting_for_both(apart: Apart, meeting: Call) -> None:
    citizen, clerk = meeting.citizen, meeting.clerk
    await citizen.enter()
    await clerk.open_room(NAME)
    await clerk.admit()
    await rises(partial(figure, citizen.page, "framesDecoded"), by=5)
    await clerk.page.get_by_test_id("end").click()
    await clerk.page.get_by_test_id("end-confirm").click()

    async def over() -> bool:
        return await room_state(citizen.page) == "over" and await room_state(clerk.page) == "over"

    await until(over)
    assert apart.signaling.process.poll() is None


async def test_the_clerk_opens_the_document_that_was_sent(apart: Apart, meeting: Call) -> None:
    clerk = meeting.clerk
    await clerk.page.get_by_role("link", name=re.compile(f"Vorgang.*{NAME}")).click()
    await clerk.page.get_by_role("link", name=re.compile("Ansehen.*lageplan.pdf")).click()
    sheet = clerk.page.get_by_role("img", name="Seite 1 von 1")
    await expect(sheet).to_be_visible()
    await expect(sheet).to_have_js_property("naturalWidth", 1200)
    await clerk.page.get_by_text("Ich brauche die Originaldatei").click()
    async with clerk.page.expect_download() as waiting:
        await clerk.page.get_by_role("link", name="lageplan.pdf").click()
    download = await waiting.value
    assert Path(await download.path()).read_bytes().startswith(b"%PDF-")
    assert not [path for path in apart.city.folder.rglob("*.sealed") if b"%PDF-" in path.read_bytes()]
