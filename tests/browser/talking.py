"""A citizen and a clerk in the call, and what they do there beside speaking: write, compare words, share a screen."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, Page, WebSocket, expect

from tests.browser.people import Citizen, Clerk, new_person
from tests.browser.visitor import speak

NAME = "Erika Musterfrau"
# All that is said to those who do not see the screen: what is said next takes the place of what was said before.
SAID_ALOUD = """
  window.saidAloud = [];
  new MutationObserver(() => {
    const words = document.querySelector("[data-testid=announcement]")?.textContent ?? "";
    if (words !== "" && words !== window.saidAloud.at(-1)) window.saidAloud.push(words);
  }).observe(document, { subtree: true, childList: true, characterData: true });
"""
CHANNELS = """
  window.channelsMade = [];
  window.connectionsMade = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) {
      super(...given);
      window.connectionsMade.push(this);
    }
  };
  const make = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = make.call(this, label, options);
    window.channelsMade.push(channel);
    return channel;
  };
"""


@dataclass
class Talk:
    """Both pages, admitted; the citizen's is as narrow as a phone."""

    citizen: Page
    clerk: Page
    told: list[str] = field(default_factory=list)
    """All that either page has told or heard from a server: WebSocket messages and bodies of requests."""

    @property
    def pages(self) -> tuple[Page, Page]:
        return self.citizen, self.clerk

    def listen(self, page: Page) -> None:
        def opened(socket: WebSocket) -> None:
            for event in ("framesent", "framereceived"):
                socket.on(event, lambda frame: self.told.append(str(frame)))

        page.on("websocket", opened)
        page.on("request", lambda request: self.told.append(f"{request.url} {request.post_data_buffer!r}"))


async def begin_call(
    browser: Browser,
    home: str,
    *,
    language: str = "de",
    prepare: Callable[[BrowserContext, str], Awaitable[None]] | None = None,
) -> Talk:
    """Books, waits, admits; `prepare` gets each one's browser before it enters the room, `language` is the citizen's."""
    citizen = Citizen(await new_person(browser, phone=True), home)
    clerk = Clerk(await new_person(browser), home)
    talk = Talk(citizen.page, clerk.page)
    for page, person in ((talk.citizen, "citizen"), (talk.clerk, "clerk")):
        talk.listen(page)
        await page.add_init_script(CHANNELS)
        await page.add_init_script(SAID_ALOUD)
        if prepare is not None:
            await prepare(page.context, person)
    await citizen.book_video("Bauberatung", NAME)
    await clerk.sign_in("clerk1")
    await speak(citizen.page, language)
    await citizen.enter()
    await expect(citizen.page.get_by_test_id("position")).to_be_visible()
    await clerk.open_room(NAME)
    await clerk.admit()
    for page in talk.pages:
        await expect(page.get_by_test_id("open-chat")).to_be_visible()
        # A guest is in the call as soon as let in; only then is the other one there, to be spoken to.
        await expect(page.get_by_test_id("remote-video")).to_be_visible()
    return talk


async def said_aloud(page: Page, words: str) -> None:
    """Since the page was loaded this has been said to those who do not see the screen."""
    await page.wait_for_function(
        "(words) => window.saidAloud.some((said) => said.includes(words))", arg=words
    )


async def open_panel(page: Page, name: str) -> None:
    """With the keyboard alone; the focus goes along."""
    await page.get_by_test_id(f"open-{name}").focus()
    await page.keyboard.press("Enter")
    panel = page.get_by_test_id(f"panel-{name}")
    await expect(panel.locator("textarea:focus, h2:focus")).to_have_count(1)


async def safety_words(page: Page) -> list[str]:
    """The words on that page, the panel being open."""
    words = page.get_by_test_id("safety-words").locator("li")
    await expect(words).to_have_count(4)
    return [re.sub(r"^\d\s*", "", word) for word in await words.all_inner_texts()]
