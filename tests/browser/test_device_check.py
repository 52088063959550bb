"""Camera, sound and the way to the server are tried out from the appointment's page; the server lets go of everything after."""

import asyncio
from collections.abc import Callable

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.sound import faults
from tests.browser.visitor import book, new_visitor
from tests.neighbours.process import free_port
from tests.neighbours.sockets import udp_sockets
from tests.neighbours.turn import Turn
from tests.office.city import only_sqlite
from tests.office.served import ServeCity, ServedCity

pytestmark = [pytest.mark.browser, only_sqlite()]
CHECK_MS = 60_000
STEPS = ("camera", "microphone", "server", "media")
REFUSED = (
    "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); }"
)
# What the server holds meanwhile can be looked at, as long as it takes.
WAITS_FOR_A_LOOK = """
  const set = RTCPeerConnection.prototype.setRemoteDescription;
  const looked = new Promise((goOn) => { window.goOn = goOn; });
  RTCPeerConnection.prototype.setRemoteDescription = async function (...given) {
    await looked;
    return set.apply(this, given);
  };
"""
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) {rest}"
)


async def until(what: Callable[[], bool], within_s: float = 60) -> None:
    for _ in range(int(within_s / 0.05)):
        if what():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come about in time")


async def start(page: Page) -> None:
    await book(page, "bauberatung", "video", nth=0)
    await page.get_by_role("link", name="Kamera und Ton prüfen").click()
    await page.get_by_role("button", name="Prüfung starten").click()


@pytest.mark.criterion("C02")
async def test_all_is_well_with_camera_and_microphone(browser: Browser, served_city: ServedCity) -> None:
    page = await new_visitor(browser, served_city.url)
    server = served_city.processes[0]
    await page.add_init_script(WAITS_FOR_A_LOOK)
    assert not udp_sockets(server.pid)
    await start(page)
    await until(lambda: bool(udp_sockets(server.pid)))
    await page.evaluate("() => window.goOn()")
    await expect(page.get_by_test_id("check-result")).to_have_attribute("data-state", "ok", timeout=CHECK_MS)
    for step in STEPS:
        await expect(page.get_by_test_id(f"check-{step}")).to_have_attribute("data-state", "ok")
    await expect(page.get_by_test_id("check-preview")).to_be_visible()
    await until(lambda: not udp_sockets(server.pid))
    await expect(page.get_by_test_id("check-result")).to_have_attribute("data-saved", "true")
    await expect(page.get_by_test_id("check-upload")).to_contain_text("Ihre Verbindung")
    await expect(page.get_by_test_id("check-relay")).to_have_count(0)
    await page.get_by_role("button", name="Nein, nichts gehört").click()
    await expect(page.get_by_test_id("check-speaker")).to_contain_text("Lautstärke")
    await expect(page.get_by_test_id("check-result")).to_have_attribute("data-state", "part")
    assert await faults(page) == []
    await page.get_by_role("button", name="Ja, gehört").click()
    await expect(page.get_by_test_id("check-result")).to_have_attribute("data-state", "ok")
    await page.get_by_role("link", name="Zu Ihrem Termin").click()
    await expect(page.get_by_text("Zuletzt geprüft: heute")).to_be_visible()


@pytest.mark.criterion("C02")
async def test_a_refused_camera_is_explained_and_the_network_tried_all_the_same(
    browser: Browser, served_city: ServedCity
) -> None:
    page = await new_visitor(browser, served_city.url)
    await page.add_init_script(REFUSED)
    await start(page)
    await expect(page.get_by_test_id("check-result")).to_have_attribute(
        "data-state", "part", timeout=CHECK_MS
    )
    await expect(page.get_by_test_id("check-camera")).to_contain_text("Symbol mit den zwei Reglern")
    await expect(page.get_by_test_id("check-media")).to_have_attribute("data-state", "ok")
    assert await faults(page) == []


@pytest.mark.criterion("C02")
async def test_the_help_is_that_of_the_browser_at_hand(browser: Browser, served_city: ServedCity) -> None:
    """Each in the words of its own menus; a page inside an app is led out of it."""
    desk = await new_visitor(browser, served_city.url)
    path = await book(desk, "bauberatung", "video", nth=0)
    for rest, words in {
        "Version/17.5 Mobile/15E148 Safari/604.1": "Website-Einstellungen",
        "CriOS/126.0 Mobile/15E148 Safari/604.1": "Einstellungen Ihres iPhones",
        "Mobile/15E148 [FBAN/FBIOS;FBAV/400.0]": "Kopieren Sie die Adresse",
    }.items():
        context = await browser.new_context(
            base_url=served_city.url, locale="de-DE", user_agent=PHONE.format(rest=rest)
        )
        page = await context.new_page()
        await page.add_init_script(REFUSED)
        await page.goto(f"{path}/check")
        await page.get_by_test_id("check-start").click()
        await expect(page.get_by_test_id("check-camera")).to_contain_text(words)
        await expect(page.get_by_test_id("check-copy")).to_have_count(1 if "FBAN" in rest else 0)
        await context.close()


@pytest.mark.criterion("C02")
async def test_the_relay_is_tried_where_the_city_has_one(
    browser: Browser, serve_city: ServeCity, turn: Turn
) -> None:
    city = serve_city(turn_urls=",".join(turn.urls), turn_secret=turn.secret)
    page = await new_visitor(browser, city.url)
    await start(page)
    result = page.get_by_test_id("check-result")
    await expect(result).to_have_attribute("data-state", "ok", timeout=CHECK_MS)
    await expect(page.get_by_test_id("check-relay")).to_have_attribute("data-state", "ok")


@pytest.mark.criterion("C02")
async def test_a_relay_that_does_not_answer_is_said_and_keeps_nobody_out(
    browser: Browser, serve_city: ServeCity
) -> None:
    city = serve_city(turn_urls=f"turn:127.0.0.1:{free_port()}", turn_secret="nobody-is-there" * 3)
    page = await new_visitor(browser, city.url)
    await start(page)
    await expect(page.get_by_test_id("check-result")).to_have_attribute(
        "data-state", "part", timeout=CHECK_MS
    )
    await expect(page.get_by_test_id("check-relay")).to_have_attribute("data-state", "warn")
    await expect(page.get_by_test_id("check-media")).to_have_attribute("data-state", "ok")


@pytest.mark.criterion("C02")
async def test_who_leaves_halfway_keeps_nothing_from_others(
    browser: Browser, served_city: ServedCity
) -> None:
    """The echo has few places, and would keep one for half a minute."""
    page = await new_visitor(browser, served_city.url)
    server = served_city.processes[0]
    # Left before there is a connection, whose end would tell the server.
    await page.add_init_script(
        "RTCPeerConnection.prototype.setRemoteDescription = () => new Promise(() => {})"
    )
    async with page.expect_response("**/signaling/v1/echo") as answered:
        await start(page)
    assert (await answered.value).status == 201
    await until(lambda: bool(udp_sockets(server.pid)))
    await page.goto("/impressum")
    await until(lambda: not udp_sockets(server.pid), within_s=12)
