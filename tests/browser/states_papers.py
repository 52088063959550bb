"""Documents that were decided on, and the city's own, on the citizen's and the clerk's pages, and how to get there."""

from typing import Any

from aiohttp import FormData
from playwright.async_api import expect

from tests.browser.states import Visit
from tests.browser.visitor import sign_in
from tests.http.matrix_world import a_file
from tests.office.papers import a_pdf

WHY = "Bitte den ganzen Plan zeigen,\nauch den Rand mit dem Maßstab."


async def _decided(visit: Visit) -> dict[str, Any]:
    """Somebody sent a plan that is wanted once more, and the city put a document there."""
    booked = await visit.city.book("bauberatung", "video")
    answer = await visit.city.client.post(f"/api/v1/appointments/{booked['token']}/documents", data=a_file())
    plan = await answer.json()
    clerk = await visit.city.sign_in("clerk1")
    desk = f"/api/v1/office/appointments/{await visit.city.id_of(booked)}/documents"
    body = {"decision": "resend", "reason_key": "cut-off", "text": WHY}
    assert (await clerk.post(f"{desk}/{plan['id']}/decision", json=body)).status == 200
    form = FormData()
    form.add_field("file", a_pdf(), filename="Merkblatt.pdf")
    assert (await clerk.post(desk, data=form)).status == 201
    return {**booked, "case": f"/office/appointments/{desk.split('/')[5]}", "document": plan["id"]}


async def wanted_again(visit: Visit) -> None:
    booked = await _decided(visit)
    await visit.go(f"/a/{booked['token']}")
    await expect(visit.page.get_by_text("Merkblatt.pdf", exact=True)).to_be_visible()


async def case_decided(visit: Visit) -> None:
    booked = await _decided(visit)
    await sign_in(visit.page, "clerk1")
    await visit.go(f"{booked['case']}?decided=1")


async def decided_meanwhile(visit: Visit) -> None:
    booked = await _decided(visit)
    await sign_in(visit.page, "clerk1")
    await visit.go(f"{booked['case']}/documents/{booked['document']}")
    await visit.page.locator("input[name=seen]").first.evaluate("field => { field.value = '' }")
    await visit.page.locator("button[value=accepted]").click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()


async def not_sent(visit: Visit) -> None:
    booked = await _decided(visit)
    await sign_in(visit.page, "clerk1")
    await visit.go(booked["case"])
    wrong = {"name": "Bescheid.pdf", "mimeType": "application/pdf", "buffer": b"Guten Tag"}
    await visit.page.locator("#out-file").set_input_files(wrong)  # type: ignore[arg-type]
    await visit.page.locator("form[action$='/documents'] button").click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()
