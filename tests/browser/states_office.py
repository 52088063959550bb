"""The room and the staff's pages in every state, and how to get there; with a citizen in a browser of her own."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page, expect

from tests.browser.states import PDF, Visit, after, booked_by_video, with_document
from tests.browser.visitor import NAME, PATIENCE_MS, book, sign_in
from tests.http.recordings import permit

TO_THE_ROOM = (
    46  # minutes from the small city's first look at the clock until the first room has been open a minute
)


async def _booked(visit: Visit) -> str:
    """The first video time of the day; its path."""
    return await book(visit.page, "bauberatung", "video", nth=0)


async def before_it_opens(visit: Visit) -> None:
    path = await _booked(visit)
    await after(20)(visit)
    await visit.go(f"{path}/room")
    await expect(visit.page.get_by_test_id("room-state")).to_be_visible()


async def much_too_early(visit: Visit) -> None:
    path = await _booked(visit)
    await visit.go(f"{path}/room")


async def waiting(visit: Visit) -> None:
    path = await _booked(visit)
    await after(TO_THE_ROOM)(visit)
    await visit.go(f"{path}/room")
    await expect(visit.page.get_by_test_id("position")).to_be_visible()
    await expect(visit.page.get_by_test_id("own-video")).to_be_visible()


async def refused_camera(visit: Visit) -> None:
    path = await _booked(visit)
    await after(TO_THE_ROOM)(visit)
    await visit.page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); }"
    )
    await visit.go(f"{path}/room")
    await expect(visit.page.get_by_test_id("device-help")).to_be_visible()


async def unable_to_meet(visit: Visit, take_away: str = "RTCPeerConnection") -> None:
    """A browser that lacks this."""
    path = await _booked(visit)
    await after(20)(visit)
    await visit.page.add_init_script(f"delete window['{take_away}']")
    await visit.go(f"{path}/room")
    words = visit.page.get_by_role("heading", name="Erscheint hier kein Raum?")
    await expect(words).to_be_visible(timeout=PATIENCE_MS)


async def left(visit: Visit) -> None:
    await waiting(visit)
    await visit.page.get_by_test_id("leave").click()
    await expect(visit.page.get_by_test_id("back")).to_be_visible()


async def _guest_waits(visit: Visit) -> Page:
    """In the other browser somebody booked, sent a document and waits; this one is the clerk's."""
    citizen = await visit.other()
    path = await book(citizen, "bauberatung", "video", nth=0)
    await citizen.locator("input[type=file]").set_input_files(PDF)  # type: ignore[arg-type]
    await citizen.locator("form.upload button[type=submit]").click()
    await expect(citizen.get_by_text("lageplan.pdf", exact=True)).to_be_visible()
    await after(TO_THE_ROOM)(visit)
    await citizen.goto(f"{path}/room")
    await expect(citizen.get_by_test_id("position")).to_be_visible()
    await sign_in(visit.page, "clerk1")
    return citizen


async def day_with_guest(visit: Visit) -> None:
    await _guest_waits(visit)
    await expect(visit.page.get_by_test_id("arrival").first).to_be_visible()


async def case_with_document(visit: Visit) -> None:
    await _case(visit)
    await expect(visit.page.get_by_role("heading", level=1)).to_have_text(NAME)


async def document_as_pages(visit: Visit) -> None:
    await case_with_document(visit)
    await visit.page.get_by_role("link", name="Ansehen").click()
    await expect(visit.page.get_by_role("img", name="Seite 1 von 1")).to_be_visible()
    await visit.page.get_by_text("Ich brauche die Originaldatei").click()


async def _case(visit: Visit) -> None:
    citizen = Visit(await visit.other(), visit.city, visit.other)
    await with_document(citizen)
    await sign_in(visit.page, "clerk1")
    await visit.page.locator(".visit__actions a[href^='/office/appointments/']").last.click()
    await visit.page.wait_for_url("**/office/appointments/*")


async def host_alone(visit: Visit) -> None:
    citizen = Visit(await visit.other(), visit.city, visit.other)
    await booked_by_video(citizen)
    await sign_in(visit.page, "clerk1")
    await visit.page.locator("a[href$='/room']").first.click()
    await expect(visit.page.get_by_test_id("guests")).to_be_visible()


async def host_with_guest(visit: Visit) -> None:
    await _guest_waits(visit)
    await visit.page.locator("a[href$='/room']").first.click()
    await expect(visit.page.get_by_test_id("admit").first).to_be_visible()


async def in_the_call(visit: Visit) -> None:
    await host_with_guest(visit)
    await visit.page.get_by_test_id("admit").first.click()
    await expect(visit.page.get_by_test_id("remote-video")).to_be_visible()


async def asked_whether_to_end(visit: Visit) -> None:
    await in_the_call(visit)
    await visit.page.get_by_test_id("end").click()
    await expect(visit.page.get_by_test_id("end-confirm")).to_be_visible()


async def _call_of_citizen(visit: Visit) -> Page:
    """The same call, looked at from the citizen's side; returns the clerk's page."""
    clerk = Visit(await visit.other(), visit.city, _only(visit.page))
    await in_the_call(clerk)
    await expect(visit.page.get_by_test_id("remote-video")).to_be_visible()
    return clerk.page


async def citizen_in_the_call(visit: Visit) -> None:
    """With the panel of devices open."""
    await _call_of_citizen(visit)
    await visit.page.get_by_test_id("devices").click()
    await expect(visit.page.get_by_test_id("choose-camera")).to_be_visible()


async def asked_whether_to_record(visit: Visit) -> None:
    await permit(visit.city)
    clerk = await _call_of_citizen(visit)
    await clerk.get_by_test_id("recording-ask").click()
    await expect(visit.page.get_by_test_id("recording-dialog")).to_be_visible()


def _only(page: Page) -> Callable[[], Awaitable[Page]]:
    async def other() -> Page:
        return page

    return other


async def wrong_password(visit: Visit) -> None:
    await visit.go("/office/sign-in")
    await visit.page.get_by_label("Anmeldename").fill("clerk1")
    await visit.page.get_by_label("Passwort").fill("falsch")
    await visit.page.get_by_role("button", name="Anmelden").click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def switched_off(visit: Visit) -> None:
    await sign_in(visit.page, "scheduler")
    await visit.go("/office/services/bauberatung?to=off")
    await visit.page.get_by_role("button", name="Ausschalten").click()
    await expect(visit.page.get_by_role("status")).to_be_visible()


async def switched_on_again(visit: Visit) -> None:
    await switched_off(visit)
    await visit.go("/office/services/bauberatung?to=on")
