"""Firefox and Chromium meet in one room, either as citizen on a phone or as clerk."""

from dataclasses import dataclass
from functools import partial

import pytest
from playwright.async_api import Browser

from tests.browser.fox import Fox, FoxSeat
from tests.browser.people import new_person, time_that_stays
from tests.browser.seat import ChromiumSeat, Seat, becomes, rises, until
from tests.neighbours.turn import Turn
from tests.office import small_city
from tests.office.city import only_sqlite
from tests.office.served import ServeCity

pytestmark = [pytest.mark.browser, only_sqlite()]
NAME = "Erika Musterfrau"
STATE = "document.querySelector('[data-testid=room-state]')?.dataset.state"

PLAYS = """(() => {
  const tiles = [...document.querySelectorAll('video[data-peer]')];
  return tiles.length > 0 && tiles.every((one) => one.videoWidth > 0 && !one.paused);
})()"""
WORDS = "[...document.querySelectorAll('[data-testid=safety-words] li')].map((word) => word.innerText)"
TOLD = "document.querySelector('sz-room').innerText"
SCREEN = "(document.querySelector('video[data-screen]')?.videoWidth ?? 0) > 0"
MUTED = "document.querySelector('sz-room').innerText.includes('Mikrofon aus')"


@dataclass
class Pair:
    citizen: Seat
    clerk: Seat
    fox: FoxSeat

    @property
    def both(self) -> tuple[Seat, Seat]:
        return self.citizen, self.clerk


async def seats(fox: Fox, browser: Browser, citizen: str) -> Pair:
    """The citizen holds a phone, the clerk sits before a screen."""
    on_phone = citizen == "firefox"
    red = await fox.new_person(phone=on_phone)
    blue = ChromiumSeat(await new_person(browser, phone=not on_phone))
    return Pair(red, blue, red) if on_phone else Pair(blue, red, red)


async def book(seat: Seat, home: str) -> str:
    """Books by pressing; the address of the appointment's own page."""
    await seat.goto(f"{home}/times?service=bauberatung&count=1&mode=video")
    await becomes(seat, "document.querySelector('button[name=slot]') !== null")
    first = await seat.evaluate("document.querySelector('button[name=slot]').value")
    await seat.evaluate(f"document.querySelectorAll('button[name=slot]')[{time_that_stays(first)}].click()")
    await seat.fill("Vor- und Nachname", NAME)
    await seat.fill("E-Mail-Adresse", "erika@example.org")
    await seat.press("button", "Termin verbindlich buchen")
    await becomes(seat, "location.pathname.startsWith('/a/')")
    return (await seat.url()).split("?")[0]


async def sign_in(seat: Seat, home: str) -> None:
    await seat.goto(f"{home}/office/sign-in")
    await seat.fill("Anmeldename", "clerk1")
    await seat.fill("Passwort", small_city.PASSWORD)
    await seat.press("button", "Anmelden")
    await becomes(seat, "location.pathname.startsWith('/office/') && !location.pathname.includes('sign-in')")


async def open_room(seat: Seat) -> None:
    room = "[...document.querySelectorAll('a')].find((a) => /Raum öffnen/.test(a.textContent))"
    await becomes(seat, f"{room} !== undefined")
    await seat.goto(await seat.evaluate(f"{room}.href"))


async def figure(seat: Seat, name: str) -> float:
    found = await seat.evaluate("document.querySelector('sz-room').statistics()")
    return float(found[0].get(name) or 0) if found else 0.0


async def reached_by(seat: Seat) -> str:
    """host, srflx, prflx or relay."""
    found = await seat.evaluate("document.querySelector('sz-room').statistics()")
    return str(found[0]["selectedCandidateType"])


async def see_and_hear_each_other(pair: Pair) -> None:
    """Pictures and sound arrive at both ends, and the pictures are shown."""
    for seat in pair.both:
        await rises(partial(figure, seat, "framesDecoded"), by=5)
        await rises(partial(figure, seat, "totalAudioEnergy"))
        await becomes(seat, PLAYS)


async def enter(pair: Pair, home: str) -> None:
    """Booked, signed in, both in the room: the citizen waits."""
    manage = await book(pair.citizen, home)
    await sign_in(pair.clerk, home)
    await pair.citizen.goto(f"{manage}/room")
    await becomes(pair.citizen, STATE, "waiting")
    assert await figure(pair.citizen, "framesDecoded") == 0
    await open_room(pair.clerk)


async def let_in(fox: Fox, browser: Browser, home: str, citizen: str) -> Pair:
    """`citizen` names the citizen's browser; the clerk has let in, both see and hear each other."""
    pair = await seats(fox, browser, citizen)
    await enter(pair, home)
    await pair.clerk.press_test_id("admit")
    await see_and_hear_each_other(pair)
    return pair


async def comes_back(pair: Pair) -> None:
    """The page was loaded anew: the clerk lets in again whoever has to wait."""
    waits = "document.querySelector('[data-testid=admit]') !== null"

    async def in_the_call() -> bool:
        if await pair.clerk.evaluate(waits):
            await pair.clerk.evaluate("document.querySelector('[data-testid=admit]')?.click()")
        return bool(await pair.citizen.evaluate(STATE) == "call")

    await until(in_the_call)


async def write(seat: Seat, test_id: str, words: str) -> None:
    """Types into the field with that test id, key by key."""
    await seat.press_test_id(test_id)
    await seat.type(words)


async def compare_words(pair: Pair) -> None:
    """Both read the same four words."""
    for seat in pair.both:
        await seat.press_test_id("open-safety")
        await becomes(seat, f"{WORDS}.length", 4)
    assert await pair.citizen.evaluate(WORDS) == await pair.clerk.evaluate(WORDS)
    for seat in pair.both:
        await seat.press_test_id("panel-close")


async def chat(pair: Pair) -> None:
    for seat, other in (pair.both, pair.both[::-1]):
        await seat.press_test_id("open-chat")
        await write(seat, "chat-field", f"Hallo aus {seat.name} 👋")
        await seat.press_test_id("chat-send")
        await becomes(other, f"{TOLD}.includes('Hallo aus {seat.name} 👋')")
    for seat in pair.both:
        await seat.press_test_id("panel-close")


async def text_as_it_is_typed(pair: Pair) -> None:
    for seat, other in (pair.both, pair.both[::-1]):
        await seat.press_test_id("open-text")
        await write(seat, "text-field", f"Getippt in {seat.name}")
        await becomes(other, f"{TOLD}.includes('Getippt in {seat.name}')")
    for seat in pair.both:
        await seat.press_test_id("panel-close")


async def share_the_screen(seat: Seat, other: Seat) -> None:
    await seat.press_test_id("share")
    await becomes(other, SCREEN)
    await seat.press_test_id("share")
    await becomes(other, SCREEN, False)


async def mute(pair: Pair) -> None:
    """Each sees it when the other can't be heard."""
    for seat, other in (pair.both, pair.both[::-1]):
        await seat.press_test_id("mute-audio")
        await becomes(other, MUTED)


@pytest.mark.criterion("C30")
@pytest.mark.parametrize("citizen", ["firefox", "chromium"])
async def test_they_meet_write_show_and_part(
    fox: Fox, browser: Browser, serve_city: ServeCity, turn: Turn, citizen: str
) -> None:
    """The clerk's side by way of a relay alone, as in a city."""
    city = serve_city(turn_urls=",".join(turn.urls), turn_secret=turn.secret)
    pair = await let_in(fox, browser, city.url, citizen)
    assert await reached_by(pair.clerk) == "relay"
    await compare_words(pair)
    await chat(pair)
    await text_as_it_is_typed(pair)
    await share_the_screen(pair.citizen, pair.clerk)
    await share_the_screen(pair.clerk, pair.citizen)
    assert not await pair.citizen.evaluate("document.documentElement.scrollWidth > innerWidth")
    await mute(pair)
    await pair.citizen.reload()
    await becomes(pair.citizen, STATE, "call")
    await pair.clerk.press_test_id("mute-audio")
    await see_and_hear_each_other(pair)
    await pair.clerk.press_test_id("end")
    await pair.clerk.press_test_id("end-confirm")
    for seat in pair.both:
        await becomes(seat, STATE, "over")
    assert pair.fox.complaints() == []
