"""A person before a browser, whichever it is: looks, presses, writes. What they do in the room stands in the tests."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from playwright.async_api import Error, Page

from tests.browser.bidi import BidiError

PATIENCE_S = 60.0


class Seat(Protocol):
    """What the tests ask of both browsers. Whatever is not there yet is waited for."""

    name: str

    async def goto(self, url: str) -> None: ...
    async def reload(self) -> None: ...
    async def url(self) -> str: ...
    async def evaluate(self, expression: str) -> Any: ...
    async def press(self, role: str, name: str) -> None: ...
    async def press_test_id(self, name: str) -> None: ...
    async def fill(self, label: str, words: str) -> None: ...
    async def type(self, words: str) -> None: ...
    async def screenshot(self) -> bytes: ...


class ChromiumSeat:
    """A page of Playwright's as a seat."""

    name = "Chromium"

    def __init__(self, page: Page) -> None:
        self.page = page

    async def goto(self, url: str) -> None:
        await self.page.goto(url)

    async def reload(self) -> None:
        await self.page.reload()

    async def url(self) -> str:
        return self.page.url

    async def evaluate(self, expression: str) -> Any:
        return await self.page.evaluate(expression)

    async def press(self, role: str, name: str) -> None:
        await self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    async def press_test_id(self, name: str) -> None:
        await self.page.get_by_test_id(name).first.click()

    async def fill(self, label: str, words: str) -> None:
        await self.page.get_by_label(label).first.fill(words)

    async def type(self, words: str) -> None:
        await self.page.keyboard.type(words)

    async def screenshot(self) -> bytes:
        return await self.page.screenshot()


async def until(what: Callable[[], Awaitable[bool]], within_s: float = PATIENCE_S) -> None:
    """Returns as soon as it is so."""
    async with asyncio.timeout(within_s):
        while not await what():  # noqa: ASYNC110  what a page shows can only be looked at
            await asyncio.sleep(0.1)


async def rises(measure: Callable[[], Awaitable[float]], by: float = 0) -> None:
    """To more than it is now. What begins to count anew, as a connection made anew does, is more from there on."""
    least = await measure()

    async def more() -> bool:
        nonlocal least
        now = await measure()
        least = min(least, now)
        return now > least + by

    await until(more)


async def becomes(seat: Seat, expression: str, expected: object = True) -> None:
    """Waits until the expression yields this on the page; says what it was instead. A page that is being left yields nothing."""
    found: Any = None
    try:
        async with asyncio.timeout(PATIENCE_S):
            while (found := await _value(seat, expression)) != expected:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"{expression} was {found!r}, not {expected!r}") from None


async def _value(seat: Seat, expression: str) -> Any:
    try:
        return await seat.evaluate(expression)
    except (Error, BidiError) as error:
        return error
