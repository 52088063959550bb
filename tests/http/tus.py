"""A citizen's resumable upload, request by request, as the protocol tus 1.0.0 has it; the tests are elsewhere."""

import asyncio
import base64
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse

from tests.office.city import City
from tests.office.disk import contents_of
from tests.office.papers import a_pdf_of

PIECE = 64 * 1024
PART = "application/offset+octet-stream"
CANARY = b"canary-4417 "


def pdf(size: int) -> bytes:
    """A PDF of this size that says a canary again and again."""
    return a_pdf_of(size, CANARY)


def metadata(**said: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())


class Upload:
    """One citizen's upload, request by request."""

    def __init__(self, city: City, booked: dict[str, Any]) -> None:
        self.city = city
        self.collection = f"/api/v1/appointments/{booked['token']}/documents"
        self.address = ""

    @property
    def id(self) -> str:
        return self.address.rsplit("/", 1)[-1]

    async def create(self, length: int | str, **more: str) -> ClientResponse:
        said = {"filename": "plan.pdf", "item": "lageplan"}
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(length),
            "Upload-Metadata": metadata(**said),
        }
        answer = await self.city.client.post(self.collection, headers={**headers, **more})
        self.address = answer.headers.get("Location", "")
        return answer

    async def offset(self) -> int:
        answer = await self.city.client.head(self.address, headers={"Tus-Resumable": "1.0.0"})
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        return int(answer.headers["Upload-Offset"])

    async def patch(self, data: Any, offset: int | str, **more: str) -> ClientResponse:
        headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "Content-Type": PART}
        return await self.city.client.patch(self.address, data=data, headers={**headers, **more})

    async def broken_off(self, data: bytes, offset: int, after: int) -> None:
        """Sends the beginning of a part by hand and drops the line."""
        url = self.city.client.make_url("/")
        reader, writer = await asyncio.open_connection(url.host, url.port)
        head = (
            f"PATCH {self.address} HTTP/1.1\r\nHost: {url.host}:{url.port}\r\nTus-Resumable: 1.0.0\r\n"
            f"Upload-Offset: {offset}\r\nContent-Type: {PART}\r\nContent-Length: {len(data) - offset}\r\n\r\n"
        )
        writer.write(head.encode() + data[offset : offset + after])
        await writer.drain()
        writer.write_eof()
        await reader.read()
        writer.close()

    async def content(self) -> bytes:
        answer = await self.city.client.get(self.address)
        assert answer.status == 200
        return await answer.read()

    async def state(self) -> str | None:
        listed = await (await self.city.client.get(self.collection)).json()
        return next((one["state"] for one in listed if one["id"] == self.id), None)


def plain_bytes_in(folder: Path) -> list[str]:
    """The files below a folder in which the canary can be read."""
    return [path.name for path, data in contents_of(folder).items() if CANARY in data]
