"""Forms to sign in every state, for citizen and clerk, and how to get there."""

from collections.abc import Mapping
from datetime import timedelta

from playwright.async_api import expect

from tests.browser.states import NO_PDF, Opening, Visit, at
from tests.browser.states_office import host_alone
from tests.browser.visitor import sign_in
from tests.http.signing import Signing, begin, until_sealed


async def _opened(visit: Visit) -> Signing:
    signing = await begin(visit.city)
    await signing.read()
    await visit.go(f"/a/{signing.token}/forms/{signing.form['id']}")
    return signing


async def to_read(visit: Visit) -> None:
    await _opened(visit)


async def wrong_code(visit: Visit) -> None:
    """With drawn ink, a name, and a mistake."""
    signing = await _opened(visit)
    await signing.code()
    await visit.page.reload()
    await visit.page.locator("input[name=name]").fill("Erika Musterfrau")
    await visit.page.locator("input[name=read]").check()
    await visit.page.locator("input[name=code]").fill("000000")
    await visit.page.locator("form[action$=sign] button[type=submit]").click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def sealed(visit: Visit) -> None:
    signing = await _opened(visit)
    assert (await signing.sign(await signing.code())).status == 200
    await until_sealed(signing)
    await visit.page.reload()


async def expired(visit: Visit) -> None:
    await _opened(visit)
    visit.city.clock.advance(timedelta(days=8))
    await visit.page.reload()


async def no_pdf(visit: Visit) -> None:
    await visit.go("/pruefen")
    await visit.page.locator("input[type=file]").set_input_files(NO_PDF)  # type: ignore[arg-type]
    await visit.page.locator("form[action='/pruefen'] button").click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def laid_before(visit: Visit) -> None:
    """The clerk's list of forms, one of them being filled in with a mistake."""
    signing = await begin(visit.city)
    await sign_in(visit.page, "clerk1")
    await visit.go(f"{signing.desk.removeprefix('/api/v1')}/forms?blank=vollmacht")
    for field in await visit.page.locator("form.panel textarea, form.panel input[type=text]").all():
        await field.fill("?")
    await visit.page.locator("form.panel button[type=submit]").click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def prepared(visit: Visit) -> None:
    signing = await begin(visit.city)
    await sign_in(visit.page, "clerk1")
    await visit.go(f"{signing.desk.removeprefix('/api/v1')}/forms/{signing.form['id']}")


async def filling_in(visit: Visit) -> None:
    """The clerk's tool in the room."""
    await host_alone(visit)
    await visit.page.get_by_test_id("tool-sign").click()
    await visit.page.get_by_test_id("form-fill").click()
    await expect(visit.page.get_by_test_id("form-make")).to_be_visible()


CITIZEN: Mapping[str, Mapping[str, Opening]] = {
    "/pruefen": {"form": at("/pruefen"), "no PDF": no_pdf},
    "/a/{token}/forms/{form}": {
        "to read": to_read,
        "wrong code": wrong_code,
        "sealed": sealed,
        "expired": expired,
    },
}
STAFF: Mapping[str, Mapping[str, Opening]] = {
    "/office/appointments/{appointment}/forms": {"with mistakes": laid_before},
    "/office/appointments/{appointment}/forms/{form}": {"prepared": prepared},
}
