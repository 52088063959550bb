"""Recording between Firefox and Chromium: asked and answered in either, taken from both, and gone at a word of either."""

import pytest
from playwright.async_api import Browser

from tests.browser.fox import Fox
from tests.browser.recorded import no_tape_is_left, permit_recording, tapes
from tests.browser.seat import Seat, becomes, until
from tests.browser.test_firefox import Pair, let_in, see_and_hear_each_other
from tests.browser.visitor import new_visitor
from tests.office.city import only_sqlite
from tests.office.served import ServeCity

pytestmark = [pytest.mark.browser, only_sqlite()]

SENT = """(async () => (await document.querySelector('sz-room').statistics())
  .filter((one) => one.name === 'Aufzeichnung').map((one) => one.framesSent))()"""
BANNER = "document.querySelector('[data-testid=recording-banner]')?.innerText.includes('wird aufgezeichnet')"
WORDS = "document.querySelector('[data-testid=recording-words]')?.innerText"


async def is_taken(seat: Seat) -> None:
    """Pictures of this person have gone to the recorder, and the page says so."""
    await becomes(seat, BANNER)

    async def sent() -> bool:
        found = await seat.evaluate(SENT)
        return len(found) == 1 and found[0] > 20

    await until(sent)


async def recorded(pair: Pair) -> None:
    await pair.clerk.press_test_id("recording-ask")
    await pair.citizen.press_test_id("recording-yes")
    for seat in pair.both:
        await is_taken(seat)


@pytest.mark.criterion("C30", "J08")
@pytest.mark.parametrize("citizen", ["firefox", "chromium"])
async def test_it_is_recorded_from_both_and_deleted_by_either(
    fox: Fox, browser: Browser, serve_city: ServeCity, citizen: str
) -> None:
    city = serve_city(recorder=True)
    await permit_recording(await new_visitor(browser, city.url))
    pair = await let_in(fox, browser, city.url, citizen)

    await pair.clerk.press_test_id("recording-ask")
    await pair.citizen.press_test_id("recording-no")
    for seat in pair.both:
        await becomes(seat, WORDS, "Es wird nicht aufgezeichnet.")
    for seat in pair.both:
        await recorded(pair)
        assert tapes(city.folder)
        await seat.press_test_id("recording-delete")
        for one in pair.both:
            await becomes(one, WORDS, "Die Aufzeichnung ist beendet und gelöscht.")
        await no_tape_is_left(city.folder)
    await see_and_hear_each_other(pair)
    assert pair.fox.complaints() == []
