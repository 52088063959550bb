"""What a citizen meets on the way to the conversation and after it, in every state: the check and what follows."""

from playwright.async_api import expect

from tests.browser.states import Visit, booked_by_video
from tests.browser.visitor import path_of

REFUSED = (
    "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); }"
)


async def checked(visit: Visit) -> None:
    """With the camera refused: there is most to read then."""
    await booked_by_video(visit)
    await visit.page.add_init_script(REFUSED)
    await visit.go(f"{path_of(visit.page)}/check")
    await visit.page.get_by_test_id("check-start").click()
    await expect(visit.page.get_by_test_id("check-result")).to_have_attribute("data-saved", "true")
