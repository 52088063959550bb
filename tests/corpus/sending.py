"""Sends a sample as a browser does, and says in words all that was not as it had to be."""

import asyncio
import io
import re
import secrets
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from aiohttp import ClientResponse, ClientSession
from PIL import Image

from tests.corpus.sample import CANARY, STATUS, Sample
from tests.deploy.people import SERVICE, hold

PER_CASE = 18
DRAWN = {b"IHDR", b"IDAT", b"IEND"}
DISPOSITION = re.compile(
    r"""attachment; filename="([ !#-$&-\[\]-~]*)"; filename\*=UTF-8''([\w!#$&+.^`|~%-]+)"""
)


class Citizen:
    """Somebody with as many appointments as the files need."""

    def __init__(self, session: ClientSession, booking: "asyncio.Lock") -> None:
        self._session = session
        self._booking = booking
        self._token = ""
        self._sent = 0

    async def send(self, sample: Sample, data: bytes) -> tuple[dict[str, Any], list[str]]:
        """The document as the office has it (empty when refused), and what was wrong."""
        async with await self._post(sample, data) as answer:
            said = await answer.json(content_type=None)
            wrong = list(_judged(sample, answer.status, said))
        if answer.status != 201 or wrong:
            return {}, wrong
        if sample.kept:
            wrong += await self._named(sample, said["id"])
        return said, wrong

    async def look(self, sample: Sample, document: str) -> list[str]:
        """The pictures of the first page and the last."""
        wrong: list[str] = []
        for number in sorted({0, sample.pages - 1}):
            async with self._session.get(f"{self._path}/{document}/pages/{number}") as answer:
                data = await answer.read()
            if answer.status != 200:
                return [f"page {number} is answered with {answer.status}"]
            wrong += _seen(sample, data)
        if sample.pages > 1:
            async with self._session.get(f"{self._path}/{document}/pages/{sample.pages}") as answer:
                wrong += [] if answer.status == 404 else ["there is one page too many"]
        return wrong

    @property
    def _path(self) -> str:
        return f"/api/v1/appointments/{self._token}/documents"

    async def _post(self, sample: Sample, data: bytes) -> ClientResponse:
        if self._sent % PER_CASE == 0:
            async with self._booking:
                self._token = await book(self._session)
        self._sent += 1
        # written by hand: a library would tidy names up before they are sent
        name = sample.sent_as.replace("\r", "%0D").replace("\n", "%0A")
        mark = secrets.token_hex(12)
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{mark}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        return await self._session.post(self._path, data=body, headers=headers)

    async def _named(self, sample: Sample, document: str) -> list[str]:
        async with self._session.get(f"{self._path}/{document}") as answer:
            header = answer.headers.get("Content-Disposition", "")
        found = DISPOSITION.fullmatch(header)
        if not found:
            return [f"not as RFC 6266 says: {header!r}"]
        return [] if unquote(found[2]) == sample.kept else [f"travels as {unquote(found[2])!r}"]


async def book(session: ClientSession) -> str:
    """A confirmed appointment at the building service; its token."""
    today = datetime.now(UTC).date()
    asked = {"service": SERVICE, "mode": "video", "from": f"{today}", "to": f"{today + timedelta(days=27)}"}
    async with session.get("/api/v1/availability", params=asked) as answer:
        said = await answer.json()
        slots = [slot for day in said["days"] for slot in day["slots"]]
        assert slots, said
    status, held = await hold(session, slots[-1])  # the first may be about to begin
    assert status == 201, held
    person = {"hold": held["hold"], "name": "Erika Musterfrau", "email": "erika@example.org"}
    headers = {"Idempotency-Key": secrets.token_hex(16)}
    async with session.post("/api/v1/appointments", json=person, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        return str((await answer.json())["token"])


def _judged(sample: Sample, status: int, said: dict[str, Any]) -> Iterator[str]:
    expected = STATUS.get(sample.verdict, 201)
    if status != expected:
        yield f"answered with {status} {said.get('type', said.get('media_type'))}: {said.get('detail', '')}"
    elif status == 201:
        if (said["media_type"], said["state"]) != (sample.verdict, "checking"):
            yield f"taken for {said['media_type']}, {said['state']}"
        if sample.kept and said["name"] != sample.kept:
            yield f"called {said['name']!r}"
    else:
        if said["type"].rpartition(":")[2] != sample.verdict:
            yield f"refused as {said['type']}: {said['detail']}"
        if sample.words not in said["detail"]:
            yield f"refused with the words: {said['detail']}"


def _seen(sample: Sample, data: bytes) -> Iterator[str]:
    """The picture is drawn anew: nothing in it but what is seen."""
    if {name for name, _ in pieces(data)} != DRAWN:
        yield f"the picture has {[name for name, _ in pieces(data) if name not in DRAWN]}"
    if CANARY in data:
        yield "the picture tells more than is seen"
    width, height = Image.open(io.BytesIO(data)).size
    if sample.shape and sample.shape != ("high" if height > width else "wide"):
        yield f"the picture lies wrong: {width} × {height}"


def pieces(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each chunk of a PNG."""
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += length + 12
