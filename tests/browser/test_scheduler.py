"""The scheduler switches a service's video off and on, seeing the effect first; citizens see the change and the reason."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.visitor import new_visitor, sign_in
from tests.office.city import City, only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite()]
TIMES = "/times?service=bauberatung&count=1"
REASON = "zurzeit nicht per Video"


async def effect(page: Page) -> dict[str, list[int]]:
    """What the page says of free times: way ► before and after."""
    await expect(page.get_by_role("heading", name="Freie Anfangszeiten")).to_be_visible()
    rows = await page.locator(".effect__row").all_inner_texts()
    return {row.partition(":")[0]: [int(n) for n in re.findall(r"\d+", row)] for row in rows}


async def switch(page: Page, way: str) -> None:
    await page.goto("/office/services")
    await page.get_by_role("link", name=re.compile(f"{way}schalten.*Bauberatung")).click()


async def ways(page: Page) -> set[str]:
    """The ways by which the page of times offers something."""
    await page.goto(TIMES)
    return {(await group.inner_text()).strip() for group in await page.locator(".slot-group__title").all()}


@pytest.mark.criterion("A04", "B01")
async def test_video_is_switched_off_and_on_again(browser: Browser, city: City) -> None:
    scheduler = await new_visitor(browser, city.settings.public_url)
    citizen = await new_visitor(browser, city.settings.public_url)
    assert await ways(citizen) == {"Per Video", "Bürger-Service-Bauen"}
    await sign_in(scheduler, "scheduler")

    await switch(scheduler, "Aus")
    told = await effect(scheduler)
    assert told["Per Video"][0] > 0
    assert told["Per Video"][1] == 0
    assert told["Vor Ort"][1] >= told["Vor Ort"][0] > 0
    assert await ways(citizen) == {"Per Video", "Bürger-Service-Bauen"}, "nothing changes before it is saved"
    await scheduler.get_by_role("button", name="Ausschalten").click()
    await expect(scheduler.get_by_role("status")).to_contain_text("nicht mehr per Video")

    assert await ways(citizen) == {"Bürger-Service-Bauen"}
    await expect(citizen.locator(".kern-alert")).to_contain_text(REASON)
    await citizen.goto("/services/bauberatung")
    await expect(citizen.locator(".kern-alert")).to_contain_text(REASON)
    await expect(citizen.get_by_role("radio", name="Per Video")).to_have_count(0)

    await switch(scheduler, "Ein")
    assert (await effect(scheduler))["Per Video"] == told["Per Video"][::-1]
    await scheduler.get_by_role("button", name="Einschalten").click()
    await expect(scheduler.get_by_role("status")).to_contain_text("auch per Video")
    assert await ways(citizen) == {"Per Video", "Bürger-Service-Bauen"}


@pytest.mark.criterion("A04")
async def test_what_needs_presence_can_not_be_switched_on(browser: Browser, city: City) -> None:
    page = await new_visitor(browser, city.settings.public_url)
    await sign_in(page, "scheduler")
    await page.goto("/office/services")
    await expect(page.get_by_role("link", name=re.compile("schalten.*Personalausweis"))).to_have_count(0)
    refused = await page.goto("/office/services/personalausweis?to=on")
    assert refused
    assert 400 <= refused.status < 500
    await expect(page.get_by_role("main")).to_contain_text("Fingerabdrücke")
