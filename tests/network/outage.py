"""What people see of an outage: when the picture is back on both sides, measured from the line's return."""

import asyncio
import time
from itertools import pairwise

from playwright.async_api import Page

from tests.browser.people import room_state
from tests.network.call import Call, until
from tests.network.eyes import Words

# When the pictures of the others are shown, whichever connection and element they come by; milliseconds since the epoch.
KEEP_TIMES = """() => {
  window.pictureTimes = [];
  const known = new WeakSet();
  const look = () => {
    for (const video of document.querySelectorAll('video[data-peer]')) {
      if (known.has(video)) continue;
      known.add(video);
      const note = () => {
        window.pictureTimes.push(performance.timeOrigin + performance.now());
        video.requestVideoFrameCallback(note);
      };
      video.requestVideoFrameCallback(note);
    }
  };
  look();
  setInterval(look, 50);
}"""
# More than can be under way when a line is cut or changed.
ENOUGH = 15
PATIENCE_S = 90


async def pictures(page: Page, since: float = 0) -> list[float]:
    """The seconds after `since` (epoch) at which a picture was shown."""
    times = await page.evaluate("window.pictureTimes")
    return [time / 1000 - since for time in times if time / 1000 >= since]


async def begin(call: Call) -> None:
    """Both are in the room and see each other move; from now on pictures are noted."""
    await call.meet()
    for page in (call.citizen.page, call.clerk.page):
        await page.evaluate(KEEP_TIMES)
        await moves(page, 0)


async def moves(page: Page, since: float) -> float:
    """The end of the longest pause since then, in seconds, once enough pictures have followed."""

    async def enough() -> bool:
        return len(await pictures(page, since)) >= ENOUGH

    await until(enough, PATIENCE_S, every_s=0.1)
    times = [0.0, *await pictures(page, since)]
    return max(pairwise(times), key=lambda pair: pair[1] - pair[0])[1]


async def stands(page: Page) -> None:
    """Returns once no picture has come for a second."""

    async def still() -> bool:
        return not await pictures(page, time.time() - 1)

    await until(still)


async def cut(call: Call, seconds: float) -> None:
    """Nothing passes on the citizen's line for so long. It is still cut afterwards."""
    call.internet.lose(100)
    begun = time.monotonic()
    for page in (call.citizen.page, call.clerk.page):
        await stands(page)
    await asyncio.sleep(max(0.0, seconds - (time.monotonic() - begun)))


async def mend(call: Call, *, other_address: bool = False) -> float:
    """The line is back; the seconds until both sides see the other move."""
    since = time.time()
    if other_address:
        call.internet.give_another_address()
    call.internet.lose(0)
    return max(await asyncio.gather(*(moves(page, since) for page in (call.citizen.page, call.clerk.page))))


async def still_the_same_room(call: Call, citizen: Words, clerk: Words) -> None:
    """Nobody was let in a second time, nobody's session began anew."""
    for words in (citizen, clerk):
        assert [message["resumed"] for message in words.messages("welcome")][1:].count(False) == 0
    assert len(citizen.messages("admitted")) == 1
    assert not clerk.messages("left")
    assert await call.clerk.page.get_by_test_id("admit").count() == 0
    for page in (call.citizen.page, call.clerk.page):
        assert await room_state(page) == "call"
