"""A service may be recorded only after somebody proposed it with a legal basis and the officer signed the policy's text."""

from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from server.people.model import StaffRow
from server.privacy.model_recordings import RecordingPermissionRow
from server.privacy.permissions import history, in_force
from tests.http.reading import Reading, get, send
from tests.office.city import City, Client, only_sqlite

PAGE = "/office/privacy/recordings/bauberatung"
BASIS = "Satzung der Stadt, § 3"


async def permitted(city: City) -> bool:
    async with city.office.db.read() as tx:
        return in_force((await history(tx, "bauberatung")).get("bauberatung", [])) is not None


async def propose(scheduler: Client, status: int = 200, **typed: Any) -> Reading:
    form = (await get(scheduler, PAGE)).form(PAGE)
    return await send(scheduler, form, status=status, **{"do": "propose", "basis": BASIS, **typed})


async def decide(officer: Client, do: str, status: int = 200, **typed: Any) -> Reading:
    form = (await get(officer, PAGE)).form("/decision")
    return await send(officer, form, status=status, do=do, **{"words": "Es ist nötig.", **typed})


@pytest.mark.criterion("J07")
async def test_a_proposal_changes_nothing_until_the_officer_signs_the_text(city: City) -> None:
    scheduler, officer = await city.sign_in("scheduler"), await city.sign_in("dpo")
    assert "werden nie aufgezeichnet" in (await get(officer, PAGE)).text
    await propose(scheduler)
    assert not await permitted(city)
    seen = (await get(officer, PAGE)).text
    assert BASIS in seen
    assert "Alle, die da sind, haben vorher eingewilligt" in seen
    await decide(officer, "reject")
    assert not await permitted(city)
    await propose(scheduler)
    changed = await decide(officer, "approve", status=409, policy="0" * 64)
    assert "ein anderer geworden" in changed.text
    assert not await permitted(city)
    await decide(officer, "approve")
    assert await permitted(city)
    assert "erlaubt mit Einwilligung" in (await get(scheduler, "/office/privacy/recordings")).text


@pytest.mark.criterion("J07")
@only_sqlite()
async def test_either_side_ends_it_alone_and_a_changed_text_ends_it_too(city: City) -> None:
    scheduler, officer = await city.sign_in("scheduler"), await city.sign_in("dpo")
    for client in (scheduler, officer):
        await propose(scheduler)
        await decide(officer, "approve")
        ending = next(f for f in (await get(client, PAGE)).forms if PAGE in f.action)
        await send(client, ending, do="end")
        assert not await permitted(city)
    await propose(scheduler)
    await decide(officer, "approve")
    async with city.office.db.write() as tx:
        await tx.execute(update(RecordingPermissionRow).values(policy="0" * 64))
    assert not await permitted(city)


@pytest.mark.criterion("J07")
async def test_four_eyes_and_the_signed_text_are_the_databases_own_rules(city: City) -> None:
    base = {"service_id": "bauberatung", "legal_basis": "x", "proposed_by": 1, "proposed_at": city.now}
    decided = {"decision": "approved", "words": "x", "decided_at": city.now, "policy": "0" * 64}
    refused: list[list[dict[str, Any]]] = [
        [{**decided, "decided_by": 1}],
        [{**decided, "decided_by": 2, "policy": None}],
        [{"legal_basis": ""}],
        [{}, {}],
    ]
    for rows in refused:
        with pytest.raises(IntegrityError):
            async with city.office.db.write() as tx:
                for nr, row in enumerate(rows):
                    values = {"id": f"{nr}" * 32, "version": nr, **base, **row}
                    await tx.execute(insert(RecordingPermissionRow).values(**values))
    assert not await permitted(city)


@only_sqlite()
async def test_odd_forms_and_own_proposals_are_refused_in_words(city: City) -> None:
    async with city.office.db.write() as tx:
        both = update(StaffRow).where(StaffRow.login == "scheduler").values(roles=["scheduler", "dpo"])
        await tx.execute(both)
    both_roles = await city.sign_in("scheduler")
    for basis in ("", "a\0b", "x" * 501):
        await propose(both_roles, status=422, basis=basis)
    await propose(both_roles)
    assert "schon einen offenen" in (await send_again(both_roles)).text
    assert "entscheidet jemand anderes" in (await decide(both_roles, "approve", status=409)).text
    await decide(both_roles, "perhaps", status=422)
    await decide(both_roles, "approve", status=422, words="")
    assert (await both_roles.get("/office/privacy/recordings/nothing")).status == 404
    assert not await permitted(city)


async def send_again(client: Client) -> Reading:
    form = (await get(client, PAGE)).form("/decision")
    form.action = PAGE
    return await send(client, form, status=409, do="propose", basis=BASIS)
