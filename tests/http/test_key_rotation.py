"""A new master key: everything stays readable before, while, and after the case keys are wrapped anew."""

import base64

import pytest
from sqlalchemy import text

from server.documents.rotate import keyring_of, rotate
from server.sealing import SealBroken
from tests.office.city import MASTER_KEY as OLD
from tests.office.city import City, MakeCity
from tests.office.papers import a_pdf

NEW = base64.b64encode(b"another thirty-two bytes of key.").decode()
ITEM = a_pdf()


async def readable(city: City, token: str) -> bool:
    answer = await city.client.get(f"/api/v1/appointments/{token}/documents")
    return answer.status == 200 and "plan.pdf" in await answer.text()


async def versions(city: City) -> list[int]:
    async with city.office.db.read() as tx:
        return sorted(await tx.scalars(text('SELECT key_version FROM "case"')))


async def send(city: City, token: str) -> None:
    from aiohttp import FormData

    form = FormData()
    form.add_field("item", "lageplan")
    form.add_field("file", ITEM, filename="plan.pdf", content_type="application/pdf")
    answer = await city.client.post(f"/api/v1/appointments/{token}/documents", data=form)
    assert answer.status == 201, await answer.text()


@pytest.mark.criterion("D06")
async def test_the_office_goes_on_while_the_master_key_changes(make_city: MakeCity) -> None:
    before = await make_city()
    token = (await before.book("bauberatung", "video"))["token"]
    await send(before, token)

    while_rotating = await make_city(master_key=NEW, master_key_version=2, previous_master_keys=f"1:{OLD}")
    assert await readable(while_rotating, token)
    newer = (await while_rotating.book("bauberatung", "video"))["token"]
    await send(while_rotating, newer)
    assert await versions(while_rotating) == [1, 2]
    assert await rotate(while_rotating.office.db, keyring_of(while_rotating.settings)) == 1
    assert await rotate(while_rotating.office.db, keyring_of(while_rotating.settings)) == 0

    after = await make_city(master_key=NEW, master_key_version=2)
    assert await versions(after) == [2, 2]
    assert await readable(after, token)
    assert await readable(after, newer)


async def test_without_the_old_key_old_cases_stay_shut(make_city: MakeCity) -> None:
    before = await make_city()
    await before.book("bauberatung", "video")
    after = await make_city(master_key=NEW, master_key_version=2)
    with pytest.raises(SealBroken):
        await rotate(after.office.db, keyring_of(after.settings))
    assert await versions(after) == [1]
