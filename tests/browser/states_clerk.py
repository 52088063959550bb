"""The clerk's tools, incidents and invitations in every state, and how to get there."""

from playwright.async_api import expect

from server.rooms.invite import invited as invitation_of
from server.rooms.invite import who_of
from tests.browser.states import Opening, Visit, after
from tests.browser.states_citizen import keep_recording
from tests.browser.states_office import TO_THE_ROOM, host_alone
from tests.browser.visitor import sign_in
from tests.http.meeting import id_of


async def _desk(visit: Visit) -> str:
    """The first meeting of the day, in the office's API."""
    booked = await visit.city.book("bauberatung", "video", nth=0)
    return f"/api/v1/office/appointments/{await id_of(visit.city, booked['number'])}"


def invited(path: str = "", *, named: bool = True, taken_back: bool = False, wait: int = 0) -> Opening:
    """Somebody follows a link that clerk1 made."""

    async def opening(visit: Visit) -> None:
        desk, clerk = await _desk(visit), await visit.city.sign_in("clerk1")
        body = {"part": "sign", **({"name": "Gesa Gebärde"} if named else {})}
        made = await (await clerk.post(f"{desk}/invitations", json=body)).json()
        if taken_back:
            await clerk.delete(f"{desk}/invitations/{made['id']}")
        await after(wait)(visit)
        await visit.go(f"/i/{made['url'].rpartition('/i/')[2]}{path}")

    return opening


async def invited_waits(visit: Visit) -> None:
    await invited("/room", wait=TO_THE_ROOM)(visit)
    await expect(visit.page.get_by_test_id("position")).to_be_visible()


async def invited_and_recorded(visit: Visit) -> None:
    """Long after the meeting there is a recording that the guest has agreed to."""
    await invited()(visit)
    address, office = visit.page.url, visit.city.office
    async with office.db.read() as tx:
        token = address.rpartition("/")[2]
        meeting, guest = await invitation_of(tx, token, office.keyring, visit.city.settings)
    await keep_recording(visit.city, meeting, who_of(guest.id), guest.part)
    await after(2 * 24 * 60)(visit)
    await visit.go(f"/i/{token}")
    await expect(visit.page.locator("form[action$='/recording/delete'] button")).to_be_visible()


async def incidents(visit: Visit) -> None:
    desk, clerk = await _desk(visit), await visit.city.sign_in("clerk1")
    body = {"kind": "threat", "note": "Hat mir gedroht.", "exclude_days": 30}
    assert (await clerk.post(f"{desk}/incident", json=body)).status == 201
    await sign_in(visit.page, "clerk1")
    await visit.go("/office/incidents")


async def accesses(visit: Visit) -> None:
    desk, clerk = await _desk(visit), await visit.city.sign_in("clerk1")
    for path in ("/documents", "/identity"):
        await clerk.get(f"{desk}{path}")
    await sign_in(visit.page, "dpo")
    await visit.go("/office/access")


async def asked_why(visit: Visit) -> None:
    desk = (await _desk(visit)).removeprefix("/api/v1")
    await after(4 * 24 * 60)(visit)
    await sign_in(visit.page, "clerk1")
    await visit.go(desk)
    await expect(visit.page.get_by_role("heading", name="Warum öffnen Sie diesen Vorgang?")).to_be_visible()


async def inviting(visit: Visit) -> None:
    await host_alone(visit)
    await visit.page.get_by_test_id("tool-invite").click()
    await visit.page.get_by_test_id("invite-make").click()
    await expect(visit.page.get_by_test_id("invite-url")).to_be_visible()


async def booking_on_site(visit: Visit) -> None:
    await host_alone(visit)
    await visit.page.get_by_test_id("tool-onsite").click()
    await expect(visit.page.get_by_test_id("onsite-slot").first).to_be_visible()


async def reporting(visit: Visit) -> None:
    await host_alone(visit)
    await visit.page.get_by_test_id("tool-end").click()
    await visit.page.get_by_test_id("end-now").click()
    await expect(visit.page.get_by_test_id("incident-file")).to_be_visible()
