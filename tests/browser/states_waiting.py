"""The waiting list, a booking to be confirmed by mail, a release plan, a proof of work: their states, and how to get there."""

from datetime import datetime, timedelta

from playwright.async_api import expect
from sqlalchemy import update

from server.booking.offer import offer_times
from server.catalog.model import ServiceRow
from tests.browser.states import Visit
from tests.browser.visitor import book, fill_in, hold_time, sign_in

LIST = "/waiting-list?service=personalausweis&count=1&mode=onsite"


async def wrong(visit: Visit) -> None:
    await visit.go(LIST)
    await visit.page.get_by_role("button", name="Auf die Warteliste setzen").click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def joined(visit: Visit) -> None:
    await visit.go(LIST)
    await fill_in(visit.page)
    await visit.page.locator("main form button").last.click()
    await visit.page.wait_for_url("**/w/*?joined=1")


async def offered(visit: Visit) -> None:
    """There are free times anyway: the list's own work offers the first of them."""
    await joined(visit)
    office = visit.city.office
    assert await offer_times(office.db, office.calendar, visit.city.settings, visit.city.now)
    await visit.page.reload()
    await expect(visit.page.locator("form[action$=accept] button")).to_be_visible()


async def declined(visit: Visit) -> None:
    await offered(visit)
    await visit.page.locator("form[action$=decline] button").click()
    await visit.page.wait_for_url("**/w/*?declined=1")


async def left(visit: Visit) -> None:
    await joined(visit)
    await visit.page.locator("form[action$=leave] button").click()
    await visit.page.wait_for_url(lambda url: "joined" not in url)


async def run_out(visit: Visit) -> None:
    await joined(visit)
    visit.city.clock.set(datetime.fromisoformat("2027-04-20T08:00+02:00"))
    office = visit.city.office
    await offer_times(office.db, office.calendar, visit.city.settings, visit.city.now)
    await visit.page.reload()


async def _wanting_mail(visit: Visit) -> None:
    async with visit.city.office.db.write() as tx:
        await tx.execute(update(ServiceRow).where(ServiceRow.id == "personalausweis").values(activation=True))
    visit.city.office.calendar.catalogue_changed()


async def pending(visit: Visit) -> None:
    await _wanting_mail(visit)
    await book(visit.page, "personalausweis")


async def to_be_confirmed(visit: Visit) -> None:
    await pending(visit)
    await visit.go(visit.page.url.partition("?")[0])


async def lapsed(visit: Visit) -> None:
    await to_be_confirmed(visit)
    visit.city.clock.advance(timedelta(hours=2))
    await visit.page.reload()


async def without_a_mail(visit: Visit) -> None:
    await _wanting_mail(visit)
    await hold_time(visit.page, "personalausweis")
    await visit.page.locator("input[name=name]").fill("Erika Musterfrau")
    await visit.page.locator("form[action$=confirm] button").last.click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def release_preview(visit: Visit) -> None:
    await sign_in(visit.page, "scheduler")
    await visit.go("/office/release/rathausplatz")
    await visit.page.locator("[name=share]").first.fill("100")
    await visit.page.locator("[name=days]").first.fill("14")
    await visit.page.locator("button[value=preview]").click()
    await expect(visit.page.locator("button[value=save]")).to_be_visible()


async def release_refused(visit: Visit) -> None:
    await sign_in(visit.page, "scheduler")
    await visit.go("/office/release/home")
    await visit.page.locator("[name=share]").first.fill("50")
    await visit.page.locator("button[value=preview]").click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()
