"""A call between two browsers goes on while every process behind nginx is restarted, one after the other."""

import asyncio
import os

import pytest
from playwright.async_api import Browser, Page, WebSocket

from tests.browser.people import Citizen, Clerk, figure, new_person, room_state
from tests.deploy.running_city import RunningCity
from tests.deploy.watching import Seen, hold_back, remember, seen, watch

pytestmark = pytest.mark.browser
NAME = "Erika Musterfrau"
ROUNDS = 25 if os.environ.get("SOAK") else 1
# A machine that is busy with other tests stops a picture now and then by itself; a restart that did would do it each time.
TURNS = 1 if os.environ.get("SOAK") else 3
MOST_MS = 500
PATIENCE_S = 60


async def together(*pages: Page) -> None:
    """Both are in the call and both lines are open."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            states = [await room_state(page) for page in pages]
            lines = [await page.get_by_test_id("room-state").get_attribute("data-line") for page in pages]
            if set(states) == {"call"} and set(lines) == {"open"}:
                return
            await asyncio.sleep(0.1)


async def moving_pictures(*pages: Page, frames: int = 20) -> None:
    async with asyncio.timeout(PATIENCE_S):
        for page in pages:
            begin = await figure(page, "framesDecoded")
            while await figure(page, "framesDecoded") < begin + frames:  # noqa: ASYNC110
                await asyncio.sleep(0.1)


async def meet(city: RunningCity, browser: Browser) -> tuple[Page, Page]:
    citizen = Citizen(await new_person(browser, phone=True, own_certificate=True), city.url)
    clerk = Clerk(await new_person(browser, own_certificate=True), city.url)
    for page in (citizen.page, clerk.page):
        await remember(page)
    await citizen.book_video("Bauberatung", NAME)
    await clerk.sign_in("clerk1")
    await citizen.enter()
    await clerk.open_room(NAME)
    await clerk.admit()
    await together(citizen.page, clerk.page)
    await moving_pictures(citizen.page, clerk.page)
    return citizen.page, clerk.page


async def watched(page: Page) -> list[WebSocket]:
    """From now on; the lines that it opens to signaling."""
    opened: list[WebSocket] = []

    def note(line: WebSocket) -> None:
        opened.append(line)

    page.on("websocket", note)
    await watch(page)
    return opened


def went_on(found: Seen) -> None:
    assert found.frames > 0
    assert found.phases == ["call"], "nobody had to be let in again"
    assert (found.made, found.states) == (0, []), "it is the same connection all the time"


@pytest.mark.criterion("C10")
async def test_the_picture_never_stops_while_every_process_restarts(
    deployed: RunningCity, browser: Browser
) -> None:
    pages = await meet(deployed, browser)
    await watch(pages[0])
    await hold_back(pages[1], 1500)
    await moving_pictures(pages[0])
    assert (await seen(pages[0])).longest > MOST_MS, "a picture that stands still is noticed"

    for turn in range(TURNS):
        longest = await restart_everything(deployed, pages)
        if longest <= MOST_MS or turn == TURNS - 1:
            break
    assert longest <= MOST_MS


async def restart_everything(city: RunningCity, pages: tuple[Page, Page]) -> float:
    """One process after the other; how many milliseconds the picture stood still at most."""
    opened = [await watched(page) for page in pages]
    for _ in range(ROUNDS):
        for process in city.processes:
            await process.restart()
            await together(*pages)
    found = [await seen(page) for page in pages]
    for one, lines in zip(found, opened, strict=True):
        went_on(one)
        assert len(lines) >= ROUNDS, "the process that holds the room was among them"
    return max(one.longest for one in found)
