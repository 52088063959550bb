"""A page in Firefox as a person uses it: opens it, presses what is written on it, fills it in. The words spoken with
Firefox are those of bidi.py."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from tests.browser.bidi import Bidi, BidiError, session
from tests.browser.seat import PATIENCE_S
from tests.neighbours.firefox import Firefox

IN_VIEW = (
    "(element) => { element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' }); }"
)
READY = """(element) => {
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height || element.disabled) return false;
  const found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return element === found || element.contains(found) || Boolean(found?.closest('label')?.contains(element));
}"""
LISTEN = """(element) => {
  window.szPressed = new WeakSet();
  element.addEventListener('click', () => window.szPressed.add(element), { capture: true, once: true });
}"""
# Whoever pressed a link or a form's button is on another page by then, which knows nothing of the element.
MISSED = "(element) => window.szPressed !== undefined && !window.szPressed.has(element)"
GONE = ("no such element", "no such node", "stale element reference", "move target out of bounds")
ATTEMPTS = 5
CONTROL = "\ue009"  # the key, as WebDriver names it
Node = dict[str, Any]


class FoxSeat:
    """One tab with cookies of its own."""

    name = "Firefox"

    def __init__(self, bidi: Bidi, user: str, context: str) -> None:
        self.bidi, self.user, self.context = bidi, user, context

    async def goto(self, url: str) -> None:
        await self.bidi.command("browsingContext.navigate", context=self.context, url=url, wait="complete")

    async def reload(self) -> None:
        await self.bidi.command("browsingContext.reload", context=self.context, wait="complete")

    async def url(self) -> str:
        return str(await self.evaluate("location.href"))

    async def evaluate(self, expression: str) -> Any:
        """The value, or what the promise brings, or what the function yields. Raises BidiError for what is thrown."""
        asked = (
            f"(async () => {{ let it = ({expression}); if (typeof it === 'function') it = it();"
            " return JSON.stringify((await it) ?? null); })()"
        )
        found = await self.bidi.command(
            "script.evaluate",
            expression=asked,
            target={"context": self.context},
            awaitPromise=True,
            userActivation=False,
        )
        if found["type"] == "exception":
            raise BidiError(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    async def press(self, role: str, name: str) -> None:
        """`name` is what assistive technology reads, whole."""
        await self._press({"type": "accessibility", "value": {"role": role, "name": name}})

    async def press_test_id(self, name: str) -> None:
        await self._press({"type": "css", "value": f"[data-testid={name}]"})

    async def fill(self, label: str, words: str) -> None:
        """Clicks into the field with that label and types, whatever stood there before."""
        named = f"//label[contains(normalize-space(), {json.dumps(label)})]/@for"
        field = f"//*[@id = {named}]"
        await self._press({"type": "xpath", "value": field})
        await self._strike([("keyDown", CONTROL), ("keyDown", "a"), ("keyUp", "a"), ("keyUp", CONTROL)])
        await self.type(words)

    async def type(self, words: str) -> None:
        """Key by key, into what has the focus."""
        await self._strike([(stroke, letter) for letter in words for stroke in ("keyDown", "keyUp")])

    async def screenshot(self) -> bytes:
        taken = await self.bidi.command("browsingContext.captureScreenshot", context=self.context)
        return base64.b64decode(taken["data"])

    async def in_window(self, width: int, height: int) -> None:
        viewport = {"width": width, "height": height}
        await self.bidi.command("browsingContext.setViewport", context=self.context, viewport=viewport)

    async def before_each_page(self, function: str) -> None:
        """Has the page run this function before its own scripts."""
        await self.bidi.command(
            "script.addPreloadScript", functionDeclaration=function, contexts=[self.context]
        )

    def complaints(self) -> list[str]:
        """Errors that the pages have written to their consoles, exceptions nobody caught among them."""
        entries = [event for method, event in self.bidi.events if method == "log.entryAdded"]
        mine = [entry for entry in entries if entry["source"].get("context") == self.context]
        return [str(entry["text"]) for entry in mine if entry["level"] == "error"]

    async def _press(self, locator: dict[str, Any]) -> None:
        """Again, if what was to be pressed has moved away or was drawn anew under the pointer."""
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        for _ in range(ATTEMPTS):
            node = await self._find(locator)
            await self._call(LISTEN, node)
            move = {"type": "pointerMove", "x": 0, "y": 0, "origin": {"type": "element", "element": node}}
            try:
                await self._perform("pointer", [move, down, up])
            except BidiError as error:
                if not str(error).startswith(GONE):
                    raise
                continue
            if await self._call(MISSED, node) is not True:
                return
        raise AssertionError(f"pressed in vain: {locator['value']}")

    async def _find(self, locator: dict[str, Any]) -> Node:
        """The first such element that can be pressed now: seen, enabled, with nothing before it."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    for node in await self._located(locator):
                        await self._call(IN_VIEW, node)
                        if await self._call(READY, node):
                            return node
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"nothing to press: {locator['value']}") from None

    async def _located(self, locator: dict[str, Any]) -> list[Node]:
        try:
            found = await self.bidi.command(
                "browsingContext.locateNodes", context=self.context, locator=locator
            )
        except BidiError:
            return []  # the page is just being left
        return [{"sharedId": node["sharedId"]} for node in found["nodes"]]

    async def _call(self, function: str, node: Node) -> Any:
        try:
            found = await self.bidi.command(
                "script.callFunction",
                functionDeclaration=function,
                arguments=[node],
                target={"context": self.context},
                awaitPromise=False,
            )
        except BidiError:
            return None  # the element is gone
        return found.get("result", {}).get("value")

    async def _strike(self, keys: list[tuple[str, str]]) -> None:
        await self._perform("key", [{"type": stroke, "value": key} for stroke, key in keys])

    async def _perform(self, kind: str, actions: list[dict[str, Any]]) -> None:
        source = {"type": kind, "id": kind, "actions": actions}
        await self.bidi.command("input.performActions", context=self.context, actions=[source])


class Fox:
    """Firefox for one test."""

    def __init__(self, bidi: Bidi) -> None:
        self.bidi = bidi
        self.users: list[str] = []

    async def new_person(self, *, phone: bool = False) -> FoxSeat:
        """A tab with cookies, camera and microphone of its own."""
        user = (await self.bidi.command("browser.createUserContext"))["userContext"]
        self.users.append(user)
        made = await self.bidi.command("browsingContext.create", type="tab", userContext=user)
        seat = FoxSeat(self.bidi, user, made["context"])
        await seat.in_window(*((390, 844) if phone else (1280, 900)))
        return seat


@pytest_asyncio.fixture
async def fox(firefox: Firefox) -> AsyncIterator[Fox]:
    """`await fox.new_person(phone=True)`: whoever sits before Firefox in this test."""
    async with session(firefox.address) as bidi:
        made = Fox(bidi)
        try:
            yield made
        finally:
            for user in made.users:
                await bidi.command("browser.removeUserContext", userContext=user)
