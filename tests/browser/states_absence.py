"""The scheduler's pages of absences and the citizen's page of a displaced appointment, and how to get there."""

from playwright.async_api import expect

from tests.browser.states import Visit
from tests.browser.visitor import book, sign_in


async def chosen(visit: Visit, who: str) -> None:
    """The form of the list, filled in for the whole of the first day."""
    await sign_in(visit.page, "scheduler")
    await visit.go("/office/absences")
    await visit.page.get_by_label("Wer oder was fällt aus?").select_option(who)
    await visit.page.get_by_label("Ganze Tage").check()
    await visit.page.get_by_role("button", name="Betroffene Termine zeigen").click()


async def nobody_chosen(visit: Visit) -> None:
    await sign_in(visit.page, "scheduler")
    await visit.go("/office/absences/preview")
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def previewed(visit: Visit) -> None:
    """One appointment can go to a colleague, one begins soon."""
    citizen = await visit.other()
    await book(citizen, "personalausweis", "onsite", nth=4)
    await book(citizen, "personalausweis", "onsite", nth=9)
    await chosen(visit, "clerk:3")
    await expect(visit.page.get_by_role("heading", level=1)).to_have_text("Clerk3 fällt aus?")


async def reported(visit: Visit) -> None:
    await previewed(visit)
    await visit.page.get_by_role("button", name="Ausfall eintragen und Termine verteilen").click()
    await expect(visit.page.get_by_role("heading", name="Bitte anrufen")).to_be_visible()


async def listed(visit: Visit) -> None:
    await reported(visit)
    await visit.go("/office/absences")


async def displaced(visit: Visit) -> None:
    path = await book(visit.page, "personalausweis", "onsite", nth=9)
    scheduler = Visit(await visit.other(), visit.city, visit.other)
    await chosen(scheduler, "clerk:3")
    await scheduler.page.get_by_role("button", name="Ausfall eintragen und Termine verteilen").click()
    await expect(scheduler.page.get_by_role("heading", level=1)).to_have_text("Ausfall: Clerk3")
    await visit.go(path)
    await expect(visit.page.get_by_role("status")).to_be_visible()
