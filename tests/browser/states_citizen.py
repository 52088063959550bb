"""What a citizen meets on the way to the conversation and after it, in every state: the check and what follows."""

from datetime import timedelta

from playwright.async_api import expect
from sqlalchemy import insert

from server.access import Appointment, appointment_by_token
from server.rooms.admit import subject_of
from server.rooms.model_recording import RecordingConsentRow, RecordingRow
from tests.browser.states import Visit, booked_by_video
from tests.browser.visitor import path_of, sign_in
from tests.http.test_knock import today_at
from tests.office.city import City

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


async def other_ways(visit: Visit) -> None:
    await booked_by_video(visit)
    await visit.go(f"{path_of(visit.page)}/ways")


async def wrong_number(visit: Visit) -> None:
    await other_ways(visit)
    await visit.page.locator("input[name=phone]").fill("zwölf")
    await visit.page.locator("form[action$='/call-back'] button").click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def to_be_called(visit: Visit) -> None:
    await other_ways(visit)
    await visit.page.locator("input[name=phone]").fill("0170 1234567")
    await visit.page.locator("form[action$='/call-back'] button").click()
    await expect(visit.page.locator("form[action$='/withdraw'] button")).to_be_visible()


async def feedback(visit: Visit) -> None:
    await booked_by_video(visit)
    path = path_of(visit.page)
    visit.city.clock.advance(timedelta(days=20))
    await visit.go(f"{path}/feedback")


async def feedback_wrong(visit: Visit) -> None:
    await feedback(visit)
    await visit.page.evaluate("document.querySelector('form[action$=feedback]').noValidate = true")
    await visit.page.locator("form[action$=feedback] button").click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def feedback_given(visit: Visit) -> None:
    await feedback(visit)
    await visit.page.locator("input[name=score]").first.check()
    await visit.page.locator("form[action$=feedback] button").click()
    await expect(visit.page.get_by_role("status")).to_be_visible()


async def knock_closed(visit: Visit) -> None:
    await visit.go("/knock")


async def knock_open(visit: Visit) -> None:
    visit.city.clock.set(today_at(9, 3))
    await visit.go("/knock")


async def knock_wrong(visit: Visit) -> None:
    await knock_open(visit)
    await visit.page.evaluate("document.querySelector('form[action$=knock]').noValidate = true")
    await visit.page.locator("form[action$=knock] button").click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def knocked(visit: Visit) -> None:
    await knock_open(visit)
    await visit.page.locator("input[name=service]").first.check()
    await visit.page.locator("input[name=name]").fill("Ada Eins")
    await visit.page.locator("form[action$=knock] button").click()
    await expect(visit.page.get_by_test_id("knock-place")).to_be_visible()


async def knock_left(visit: Visit) -> None:
    await knocked(visit)
    await visit.page.locator("form[action$=leave] button").click()
    await expect(visit.page.locator("a[href='/knock']").first).to_be_visible()


async def somebody_knocks(visit: Visit) -> None:
    await knocked(Visit(await visit.other(), visit.city, visit.other))
    await sign_in(visit.page, "clerk1")
    await expect(visit.page.get_by_test_id("knocking")).to_be_visible()


async def recorded(visit: Visit) -> None:
    """There is a recording that the citizen agreed to; made by hand, for the page shows nothing of what is in it."""
    await booked_by_video(visit)
    async with visit.city.office.db.read() as tx:
        meeting = await appointment_by_token(tx, path_of(visit.page).rpartition("/")[2])
    await keep_recording(visit.city, meeting, "citizen", "citizen")
    await visit.go(path_of(visit.page))
    await expect(visit.page.locator("form[action$='/recording/delete'] button")).to_be_visible()


async def keep_recording(city: City, meeting: Appointment, who: str, part: str) -> None:
    """One that this person has agreed to."""
    id_ = "6" * 32
    times = {"asked_at": city.now, "ended_at": city.now, "expires_at": city.now + timedelta(days=14)}
    row = {"id": id_, "state": "kept", "asked_by": 1, "size": 9, "key_sealed": b"x", **times}
    said = {"id": "7" * 32, "recording_id": id_, "part": part, "agreed": True, "version": "1"}
    async with city.office.db.write() as tx:
        await tx.execute(insert(RecordingRow).values(**row, appointment_id=meeting.id))
        subject = subject_of(meeting, who, city.settings)
        await tx.execute(insert(RecordingConsentRow).values(**said, subject=subject, answered_at=city.now))
