"""The scheduler's page of release plans: nothing is saved before its effect was shown and confirmed."""

import re
from typing import Any

import pytest

from tests.office.city import City, Client, only_sqlite

TYPED = {"share": ["50", "30", "20", ""], "channel": ["online", "online", "phone", "online"]}
TYPED |= {"days": ["92", "14", "92", ""], "late": ["", "", "24", ""]}


async def send(client: Client, action: str, **changes: Any) -> tuple[int, str]:
    page = await (await client.get("/office/release/rathausplatz")).text()
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    fields = [(name, value) for name, values in {**TYPED, **changes}.items() for value in values]
    data = [("csrf", csrf[1]), ("do", action), *fields]
    answer = await client.post("/office/release/rathausplatz", data=data, allow_redirects=False)
    return answer.status, await answer.text()


async def plan_of(client: Client) -> list[dict[str, Any]]:
    plans = await (await client.get("/api/v1/office/release")).json()
    return next(plan["parts"] for plan in plans if plan["scope"] == "rathausplatz")


def first_week(page: str) -> list[tuple[float, float]]:
    """Of the first week by channel: free hours as it is and as it would be."""
    row = re.search(r"scope=\"row\">.*?</tr>", page)
    assert row
    return [(float(a), float(b)) for a, b in re.findall(r">([\d.]+) → <strong>([\d.]+)<", row[0])]


@pytest.mark.criterion("A21", "I12")
@only_sqlite()
async def test_the_effect_is_shown_before_anything_is_saved(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    status, page = await send(scheduler, "preview")
    assert status == 200
    assert await plan_of(scheduler) == []
    weeks = re.findall(r"scope=\"row\">.*?</tr>", page)
    assert len(weeks) == 13 + 5
    (online_before, online_after), (phone_before, phone_after), *_ = first_week(page)
    assert online_before == phone_before > 0
    assert phone_after == online_before, "nearer than two weeks all of it is open to somebody"
    assert 0.7 * online_before < online_after < 0.9 * online_before
    status, _ = await send(scheduler, "save")
    assert status == 303
    assert [part["share"] for part in await plan_of(scheduler)] == [50, 30, 20]
    assert "30 % Online, 14 Tage vorher" in await (await scheduler.get("/office/release?saved=x")).text()


@only_sqlite()
async def test_a_plan_that_does_not_add_up_comes_back_as_it_was_typed(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    for wrong in ({"share": ["50", "30", "10", ""]}, {"days": ["92", "soon", "92", ""]}):
        status, page = await send(scheduler, "save", **wrong)
        assert status == 422
        assert 'role="alert"' in page
        assert 'value="30"' in page
    assert await plan_of(scheduler) == []


@only_sqlite()
async def test_a_plan_can_be_removed(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    await send(scheduler, "save")
    assert (await send(scheduler, "reset"))[0] == 303
    assert await plan_of(scheduler) == []


@only_sqlite()
async def test_the_change_is_in_the_audit(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    await send(scheduler, "save")
    from sqlalchemy import select

    from server.audit import AuditRow

    async with city.office.db.read() as tx:
        actions = list(await tx.scalars(select(AuditRow.action)))
    assert "release.changed" in actions
