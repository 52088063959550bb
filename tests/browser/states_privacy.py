"""The pages of the retention rules in every state, and how to get there."""

from playwright.async_api import expect

from tests.browser.states import Visit
from tests.browser.visitor import sign_in

PAGE = "/office/privacy/rules/upload"


async def _typed(visit: Visit, days: str, button: str) -> None:
    await sign_in(visit.page, "scheduler")
    await visit.go(PAGE)
    await visit.page.get_by_label("Neue Frist").fill(days)
    await visit.page.get_by_label("Begründung").fill("Bauakten dauern.")
    await visit.page.get_by_role("button", name=button, exact=True).click()


async def previewed(visit: Visit) -> None:
    await _typed(visit, "7", "Wirkung zeigen")
    await expect(visit.page.get_by_role("heading", name="Wirkung")).to_be_visible()


async def wrong(visit: Visit) -> None:
    await _typed(visit, "viele", "Vorschlagen")
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def proposed(visit: Visit) -> None:
    await _typed(visit, "7", "Vorschlagen")
    await expect(visit.page.get_by_role("status")).to_be_visible()


async def to_decide(visit: Visit) -> None:
    await proposed(visit)
    await visit.page.get_by_role("button", name="Abmelden").click()
    await sign_in(visit.page, "dpo")
    await visit.go(PAGE)
    await expect(visit.page.get_by_role("button", name="Freigeben")).to_be_visible()


async def decided(visit: Visit) -> None:
    await to_decide(visit)
    await visit.page.get_by_label("Begründung der Entscheidung").fill("Zu kurz.")
    await visit.page.get_by_role("button", name="Ablehnen").click()
    await expect(visit.page.get_by_role("status")).to_be_visible()
    await visit.go(PAGE)
