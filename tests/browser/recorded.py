"""Permitting and asking to record, as scheduler, officer and people in the call do it. What must come of it is in the tests."""

from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.seat import until
from tests.browser.visitor import sign_in

PERMISSION = "/office/privacy/recordings/bauberatung"


async def propose_recording(page: Page) -> None:
    """The scheduler names a legal basis; ends on the officer's page."""
    await sign_in(page, "scheduler")
    await page.goto(PERMISSION)
    await page.get_by_label("Rechtsgrundlage").fill("Satzung der Stadt, § 3")
    await page.get_by_role("button", name="Vorschlagen", exact=True).click()
    await page.get_by_role("button", name="Abmelden").click()
    await sign_in(page, "dpo")
    await page.goto(PERMISSION)
    await expect(page.get_by_role("button", name="Freigeben")).to_be_visible()


async def permit_recording(page: Page) -> None:
    await propose_recording(page)
    await page.get_by_label("Begründung der Entscheidung").fill("Es ist nötig.")
    await page.get_by_role("button", name="Freigeben").click()
    await expect(page.get_by_text("erlaubt mit Einwilligung")).to_be_visible()


async def press(page: Page, what: str) -> None:
    await page.get_by_test_id(f"recording-{what}").click()


async def no_tape_is_left(folder: Path) -> None:
    """Whoever records is told to stop, and deletes what is half written as it ends."""

    async def gone() -> bool:
        return not tapes(folder)

    await until(gone)


def tapes(folder: Path) -> list[Path]:
    """What of recordings lies in the store, whole or half."""
    return [path for path in folder.rglob("*") if path.suffix in (".part", ".sealed")]
