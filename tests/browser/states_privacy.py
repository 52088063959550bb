"""The pages of the retention rules in every state, and how to get there."""

from collections.abc import Mapping
from datetime import timedelta

from playwright.async_api import expect
from sqlalchemy import insert, select

from server.booking.model import AppointmentRow
from server.recurring import sweep_all
from server.rooms.model_recording import RecordingRow
from tests.browser.recorded import propose_recording
from tests.browser.states import Opening, Visit, booked_by_video, inside, with_document
from tests.browser.visitor import path_of, sign_in

PAGE = "/office/privacy/rules/upload"
HELD, RECORDING = "/office/privacy/recordings-held", "7" * 32


async def own_data(visit: Visit) -> None:
    await with_document(visit)
    await visit.go(f"{path_of(visit.page)}/data")
    for summary in await visit.page.locator("summary").all():
        await summary.click()


async def erasure_asked(visit: Visit) -> None:
    await booked_by_video(visit)
    await visit.go(f"{path_of(visit.page)}/data/erasure")


async def erased(visit: Visit) -> None:
    await erasure_asked(visit)
    await visit.page.get_by_role("button", name="Ja, alles löschen").click()
    await expect(visit.page.get_by_role("status")).to_be_visible()


async def on_hold(visit: Visit) -> None:
    await booked_by_video(visit)
    number = await visit.page.locator("dd.number").inner_text()
    await sign_in(visit.page, "dpo")
    await visit.go("/office/privacy/holds")
    await visit.page.get_by_label("Terminnummer").fill(number)
    await visit.page.get_by_label("Gerichtliches Verfahren").check()
    await visit.page.get_by_role("button", name="Löschung aussetzen").click()
    await expect(visit.page.get_by_role("status")).to_be_visible()


async def unknown_number(visit: Visit) -> None:
    await sign_in(visit.page, "dpo")
    await visit.go("/office/privacy/holds")
    await visit.page.get_by_label("Terminnummer").fill("NICHTS")
    await visit.page.get_by_label("Gerichtliches Verfahren").check()
    await visit.page.get_by_role("button", name="Löschung aussetzen").click()
    await expect(visit.page.get_by_role("alert")).to_be_visible()


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


async def swept(visit: Visit) -> None:
    """An appointment was cancelled three days ago."""
    office = visit.city.office
    booked = await visit.city.book("bauberatung", "video")
    await visit.city.client.delete(f"/api/v1/appointments/{booked['token']}")
    visit.city.clock.advance(timedelta(days=3))
    await sweep_all(office.db, office.store, visit.city.now)
    await sign_in(visit.page, "dpo")
    await visit.go("/office/privacy/sweeps")
    await expect(visit.page.get_by_role("table")).to_be_visible()


async def recording_to_decide(visit: Visit) -> None:
    await propose_recording(visit.page)


async def recording_kept(visit: Visit) -> None:
    """Ten minutes of a meeting, made by hand: the pages show nothing of what is in it."""
    booked, now = await visit.city.book("bauberatung", "video"), visit.city.now
    times = {"asked_at": now, "ended_at": now + timedelta(minutes=10), "expires_at": now + timedelta(days=14)}
    row = {"id": RECORDING, "state": "kept", "asked_by": 1, "size": 9_400_000, "key_sealed": b"x", **times}
    async with visit.city.office.db.write() as tx:
        own = select(AppointmentRow.id).where(AppointmentRow.number == booked["number"])
        await tx.execute(insert(RecordingRow).values(**row, appointment_id=own.scalar_subquery()))
    await sign_in(visit.page, "dpo")
    await visit.go(HELD)
    await expect(visit.page.get_by_role("table")).to_be_visible()


async def recording_to_delete(visit: Visit) -> None:
    await recording_kept(visit)
    await visit.go(f"{HELD}/{RECORDING}")


PAGES: Mapping[str, Mapping[str, Opening]] = {
    "/office/privacy": {"list": inside("/office/privacy", "dpo"), "proposed": proposed},
    "/office/privacy/rules/{kind}": {
        "to propose": inside("/office/privacy/rules/upload", "scheduler"),
        "with its effect": previewed,
        "wrong": wrong,
        "to decide": to_decide,
        "with a history": decided,
    },
    "/office/privacy/sweeps": {
        "nothing": inside("/office/privacy/sweeps", "dpo"),
        "with figures": swept,
    },
    "/office/privacy/record": {"list": inside("/office/privacy/record", "dpo")},
    "/office/privacy/recordings": {"list": inside("/office/privacy/recordings", "dpo")},
    "/office/privacy/recordings-held": {"nothing": inside(HELD, "dpo"), "with one": recording_kept},
    "/office/privacy/recordings-held/{recording}": {"to delete": recording_to_delete},
    "/office/privacy/recordings/{service}": {
        "to propose": inside("/office/privacy/recordings/bauberatung", "scheduler"),
        "to decide": recording_to_decide,
    },
}
