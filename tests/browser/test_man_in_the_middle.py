"""A signaling server that lies: it swaps the certificates' fingerprints for those of a man in the middle who passes on
picture, sound and text. Nobody notices, until the safety words are compared."""

import asyncio
import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, JSHandle, WebSocketRoute, expect

from tests.browser.people import figure
from tests.browser.seat import until
from tests.browser.talking import begin_call, open_panel, safety_words
from tests.office.city import only_sqlite
from tests.office.served import ServedCity

pytestmark = [pytest.mark.browser, only_sqlite()]
MALLORY = (Path(__file__).parent / "mallory.js").read_text()


class Liar:
    """Sits in both signaling lines. What one person's browser tells the other about its transport goes to Mallory's
    page, and the other is told Mallory's."""

    def __init__(self, mallory: JSHandle) -> None:
        self.mallory = mallory
        self.room = ""

    async def sit_in(self, context: BrowserContext, person: str) -> None:
        await context.route_web_socket(re.compile("/signaling/v1"), partial(self._line, person))

    def _line(self, person: str, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        heard: asyncio.Queue[str | bytes] = asyncio.Queue()

        async def pass_on() -> None:
            while True:
                lie = await self._lie(person, str(await heard.get()))
                if lie is not None:
                    socket.send(lie)

        passing = asyncio.get_running_loop().create_task(pass_on())
        server.on_message(heard.put_nowait)
        server.on_close(lambda *_: passing.cancel())

    async def _lie(self, person: str, text: str) -> str | None:
        """What `person` hears instead of `text`; None: nothing."""
        message: dict[str, Any] = json.loads(text)
        speaker = "clerk" if person == "citizen" else "citizen"
        if message["type"] == "welcome":
            self.room = message["room"]
        if message["type"] == "candidate":
            await self.mallory.evaluate(
                "(m, [side, one]) => m.candidate(side, one)", [speaker, candidate_of(message)]
            )
            return None
        if message["type"] != "description":
            return text
        call = "(m, [kind, sdp, room]) => m[kind](sdp, room)"
        message["sdp"] = await self.mallory.evaluate(call, [message["kind"], message["sdp"], self.room])
        return json.dumps(message) if message["sdp"] else None


def candidate_of(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "candidate": message["candidate"],
        "sdpMid": message["sdp_mid"],
        "sdpMLineIndex": message["sdp_m_line_index"],
        "usernameFragment": message["username_fragment"],
    }


@pytest.mark.criterion("C08")
async def test_a_man_in_the_middle_is_seen_by_the_words_and_by_nothing_else(
    served_city: ServedCity, browser: Browser
) -> None:
    page = await browser.new_page()
    await page.goto(f"{served_city.url}/impressum")
    liar = Liar(await page.evaluate_handle(MALLORY))
    talk = await begin_call(browser, served_city.url, prepare=liar.sit_in)
    for one in talk.pages:
        await until(partial(sees, one))
    await until(partial(is_between, liar))
    await open_panel(talk.citizen, "chat")
    await talk.citizen.get_by_test_id("chat-field").fill("Hört jemand mit?")
    await talk.citizen.keyboard.press("Enter")
    await open_panel(talk.clerk, "chat")
    await expect(talk.clerk.get_by_test_id("message")).to_contain_text("Hört jemand mit?")

    for one in talk.pages:
        await open_panel(one, "safety")
    assert await safety_words(talk.citizen) != await safety_words(talk.clerk)


async def is_between(liar: Liar) -> bool:
    return bool(await liar.mallory.evaluate("(m) => m.states()") == ["connected", "connected"])


async def sees(page: Any) -> bool:
    return await figure(page, "framesDecoded") > 5
