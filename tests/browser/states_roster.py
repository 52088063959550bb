"""The scheduler's roster in every state, and how to get there."""

from playwright.async_api import expect

from tests.browser.states import Visit
from tests.browser.visitor import sign_in
from tests.http.test_import import GOOD
from tests.http.test_roster_import import CSV

DESK = {"place": "rathausplatz", "desk": "7"}


async def _duty(
    visit: Visit, login: str, begins: str, ends: str, place: str = "home", desk: str = ""
) -> None:
    await visit.go("/office/roster/duty?day=2027-03-02")
    page = visit.page
    await page.select_option("#login", login)
    await page.fill("#from", begins)
    await page.fill("#to", ends)
    await page.select_option("#place", place)
    await page.fill("#desk", desk)
    await page.get_by_role("button", name="Dienst planen").click()


async def planned(visit: Visit) -> None:
    await sign_in(visit.page, "scheduler")
    await _duty(visit, "clerk2", "13:00", "15:00")
    await expect(visit.page.get_by_role("status")).to_be_visible()


async def with_conflicts(visit: Visit) -> None:
    await sign_in(visit.page, "scheduler")
    for login in ("clerk1", "clerk2"):
        await _duty(visit, login, "14:00", "18:00", **DESK)
    await expect(visit.page.get_by_text("2 Dienste passen nicht.")).to_be_visible()


async def duty_refused(visit: Visit) -> None:
    await sign_in(visit.page, "scheduler")
    await _duty(visit, "clerk2", "10:00", "12:00")
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def _series(visit: Visit, day: str) -> None:
    await sign_in(visit.page, "scheduler")
    await visit.go("/office/roster/series")
    page = visit.page
    await page.select_option("#login", "clerk2")
    await page.get_by_label(day).check()
    for name, value in (("from1", "08:00"), ("to1", "12:00"), ("from2", "12:30"), ("to2", "16:00")):
        await page.fill(f"#{name}", value)
    await page.get_by_role("button", name="Dienst planen").click()


async def series_planned(visit: Visit) -> None:
    await _series(visit, "Freitag")
    await expect(visit.page.get_by_role("status")).to_be_visible()


async def series_refused(visit: Visit) -> None:
    await _series(visit, "Dienstag")
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def _file(visit: Visit, data: bytes) -> None:
    await sign_in(visit.page, "scheduler")
    await visit.go("/office/roster/imports")
    file = {"name": "dienstplan.csv", "mimeType": "text/csv", "buffer": data}
    await visit.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    await visit.page.get_by_role("button", name="Vorschau zeigen").click()


async def file_refused(visit: Visit) -> None:
    await _file(visit, b"a;b\n1;2\n")
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def previewed(visit: Visit) -> None:
    await _file(visit, CSV.encode())
    await expect(visit.page.get_by_text("Bisher ist nichts geändert.")).to_be_visible()


async def taken_over(visit: Visit) -> None:
    await previewed(visit)
    await visit.page.get_by_role("button", name="Übernehmen").click()
    await expect(visit.page.get_by_role("status")).to_be_visible()


async def taken_back(visit: Visit) -> None:
    await taken_over(visit)
    await visit.page.get_by_role("button", name="Import zurücknehmen").click()
    await expect(visit.page.get_by_text("Der Import ist zurückgenommen.")).to_be_visible()


async def _catalogue(visit: Visit, text: str) -> None:
    await sign_in(visit.page, "scheduler")
    await visit.go("/office/catalogue/imports")
    file = {"name": "katalog.yaml", "mimeType": "application/yaml", "buffer": text.encode()}
    await visit.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    await visit.page.get_by_role("button", name="Vorschau zeigen").click()


async def catalogue_previewed(visit: Visit) -> None:
    await _catalogue(visit, GOOD)
    await expect(visit.page.get_by_text("Bisher ist nichts geändert.")).to_be_visible()


async def catalogue_wrong(visit: Visit) -> None:
    await _catalogue(visit, GOOD.replace("minutes: 30", "minutes: 31"))
    await expect(visit.page.get_by_text("Die Datei hat Fehler")).to_be_visible()


async def catalogue_given_back(visit: Visit) -> None:
    await catalogue_previewed(visit)
    await visit.page.get_by_role("button", name="Übernehmen").click()
    await visit.page.get_by_role("button", name="Import zurücknehmen").click()
    await expect(visit.page.get_by_text("wieder wie vorher")).to_be_visible()
