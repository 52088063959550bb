"""Resumable uploads over HTTP: tus 1.0.0 with creation, checksum, termination and expiration. The rules are in `resume.py`.

https://tus.io/protocols/resumable-upload: the collection takes POST (a new upload) and OPTIONS, an upload HEAD (how
far?), PATCH (the next part) and DELETE (which is also how a whole document is taken back).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import UTC
from email.utils import format_datetime
from typing import Final

from aiohttp import web

from server.access import Appointment
from server.documents.delete import take_back
from server.documents.resume import (
    BeingWritten,
    ChecksumMismatch,
    OffsetMismatch,
    Progress,
    UploadOver,
    announce,
    progress,
    resume,
)
from server.documents.routes_stream import body_of
from server.documents.upload import OTHER
from server.errors import BadInput, Refusal
from server.web.api import Reply
from server.web.call import Call

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,checksum,termination,expiration"
ALGORITHMS: Final = ("sha1", "sha256")
PART: Final = "application/offset+octet-stream"
LARGEST: Final = 1 << 40
MEGABYTE: Final = 1_000_000


class OtherVersion(Refusal):
    status = 412
    type = "tus-version"
    detail = "Übertragungen in Teilen gehen hier nach tus 1.0.0."


class OtherPart(Refusal):
    status = 415
    type = "unsupported-body"
    detail = "Teile einer Datei kommen als application/offset+octet-stream."


class Checksum:
    """What a part's `Upload-Checksum` promises of it."""

    def __init__(self, algorithm: str, wanted: bytes) -> None:
        # sha1 is the one that every client knows; it guards against accidents, not against people
        self._hash = hashlib.new(algorithm, usedforsecurity=False)
        self._wanted = wanted

    def update(self, data: bytes, /) -> None:
        self._hash.update(data)

    def holds(self) -> bool:
        return hmac.compare_digest(self._hash.digest(), self._wanted)


def speaks_tus(request: web.Request) -> bool:
    """Whether this request is one of the protocol's."""
    return "Tus-Resumable" in request.headers


def options(call: Call) -> Reply:
    """What is spoken here."""
    most = call.office.settings.upload_limit_mb * MEGABYTE
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(most),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }
    return Reply(status=204, headers={"Tus-Resumable": VERSION, **headers})


async def create(call: Call, appointment: Appointment) -> Reply:
    """A new upload: 201 with its `Location`."""

    async def answer() -> Reply:
        size = _number(call.request, "Upload-Length")
        said = _metadata(call.request.headers.get("Upload-Metadata", ""))
        office = call.office
        begun = await announce(
            office.db,
            office.store,
            office.keyring,
            appointment,
            said.get("item") or OTHER,
            said.get("filename", ""),
            size,
            limit=office.settings.upload_limit_mb * MEGABYTE,
            now=call.now,
        )
        return _reply(201, begun, Location=f"{call.request.path.rstrip('/')}/{begun.id}")

    return await _in_tus(call.request, answer)


async def standing(call: Call, appointment: Appointment) -> Reply:
    """How far an upload is."""

    async def answer() -> Reply:
        there = await progress(
            call.office.db, call.office.store, appointment, call.path("document"), call.now
        )
        return _reply(200, there, **{"Upload-Length": str(there.size)})

    return await _in_tus(call.request, answer)


async def part(call: Call, appointment: Appointment) -> Reply:
    """The next part of an upload."""

    async def answer() -> Reply:
        request, office = call.request, call.office
        if request.content_type != PART:
            raise OtherPart
        async with aclosing(body_of(request)) as chunks:
            after = await resume(
                office.door,
                office.keyring,
                appointment,
                call.path("document"),
                _number(request, "Upload-Offset"),
                chunks,
                check=_checksum(request.headers.get("Upload-Checksum")),
                now=call.now,
            )
        return _reply(204, after)

    return await _in_tus(call.request, answer)


async def overridden(call: Call, appointment: Appointment) -> Reply:
    """A POST that stands for another method, where a network on the way knows no other."""
    meant = call.request.headers.get("X-HTTP-Method-Override", "").upper()
    if meant == "PATCH":
        return await part(call, appointment)
    if meant == "DELETE":
        await take_back(call.office.db, appointment, call.path("document"), call.now)
        return Reply(status=204, headers={"Tus-Resumable": VERSION})
    if meant == "HEAD":
        return await standing(call, appointment)
    raise BadInput


async def _in_tus(request: web.Request, answer: Callable[[], Awaitable[Reply]]) -> Reply:
    """Every answer names the version, a refusal too."""
    try:
        if request.headers.get("Tus-Resumable") != VERSION:
            raise OtherVersion
        return await answer()
    except Refusal as refusal:
        refusal.headers["Tus-Resumable"] = VERSION
        if isinstance(refusal, OtherVersion):
            refusal.headers["Tus-Version"] = VERSION
        raise


def _reply(status: int, there: Progress, **more: str) -> Reply:
    headers = {"Tus-Resumable": VERSION, "Upload-Offset": str(there.received), **more}
    if there.expires_at is not None:
        headers["Upload-Expires"] = format_datetime(there.expires_at.astimezone(UTC), usegmt=True)
    return Reply(status=status, headers=headers)


def _number(request: web.Request, name: str) -> int:
    given = request.headers.get(name, "")
    if not (given.isascii() and given.isdecimal() and len(given) <= 13) or int(given) > LARGEST:
        raise BadInput(errors=[{"field": name, "message": "a whole number is needed"}])
    return int(given)


def _metadata(header: str) -> dict[str, str]:
    """`key base64, key base64`; a value that is no text in UTF-8 is refused."""
    said: dict[str, str] = {}
    for pair in filter(None, (pair.strip() for pair in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            said[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            raise BadInput(
                errors=[{"field": "Upload-Metadata", "message": "base64 of UTF-8 is needed"}]
            ) from None
        if "\0" in said[key]:
            raise BadInput
    return said


def _checksum(header: str | None) -> Checksum | None:
    if header is None:
        return None
    algorithm, _, value = header.strip().partition(" ")
    try:
        wanted = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise BadInput from None
    if algorithm not in ALGORITHMS:
        raise BadInput(errors=[{"field": "Upload-Checksum", "message": f"one of {', '.join(ALGORITHMS)}"}])
    return Checksum(algorithm, wanted)


REFUSALS: Final = (OffsetMismatch, BeingWritten, ChecksumMismatch, UploadOver, OtherVersion, OtherPart)
