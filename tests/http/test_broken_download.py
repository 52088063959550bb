"""A file that turns out damaged while it is on its way: the line breaks, and no words of ours end up in the file."""

import asyncio
import os

import pytest
from aiohttp import ClientError, FormData

from tests.office.city import City, only_sqlite
from tests.office.papers import a_pdf

PDF = a_pdf(os.urandom(3_000_000))


@only_sqlite()
async def test_a_damaged_end_breaks_the_download_off(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    form = FormData()
    form.add_field("item", "lageplan")
    form.add_field("file", PDF, filename="plan.pdf")
    path = f"/api/v1/appointments/{booked['token']}/documents"
    document = await (await city.client.post(path, data=form)).json()
    (stored,) = city.settings.store.glob("*.sealed")
    sealed = bytearray(stored.read_bytes())
    sealed[-100] ^= 1
    stored.write_bytes(sealed)
    came = b""
    with pytest.raises(ClientError):
        async with asyncio.timeout(20):
            answer = await city.client.get(f"{path}/{document['id']}")
            async for chunk in answer.content.iter_any():
                came += chunk
    assert PDF.startswith(came)
    assert (await city.client.get("/healthz")).status == 200
