"""The word that a form lies ready is lost with the connection: the citizen's page finds it once there is another."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.talking import begin_call
from tests.browser.test_signing import fill_in_form
from tests.http.signing import with_seal
from tests.office.city import only_sqlite
from tests.office.served import ServeCity

pytestmark = [pytest.mark.browser, only_sqlite()]
PATIENCE_MS = 120_000


async def test_a_form_whose_word_was_lost_is_there_over_the_next_connection(
    serve_city: ServeCity, browser: Browser, tmp_path: Path
) -> None:
    served = serve_city(**with_seal(tmp_path, datetime.now(UTC)))
    talk = await begin_call(browser, served.url)
    citizen, clerk = talk.pages
    dialog = await fill_in_form(clerk)
    await clerk.evaluate("() => { document.querySelector('sz-room').control = () => undefined; }")
    await dialog.get_by_test_id("form-make").click()
    await expect(dialog.get_by_test_id("form-row")).to_be_visible()
    await expect(citizen.get_by_test_id("signing")).to_have_count(0)
    await citizen.evaluate("window.connectionsMade.at(-1).close()")
    form = citizen.get_by_test_id("signing")
    await expect(form).to_contain_text("DE89 3704 0044 0532 0130 00", timeout=PATIENCE_MS)
