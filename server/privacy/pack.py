"""All of it in one ZIP: the data as JSON and PDF, and every document as a file. Written as a stream, with nothing on disk."""

import zipfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import IO, Final, Protocol, cast

from server.clock import berlin
from server.privacy.collect import Stored
from server.sealing import SealBroken

MISSING: Final = "FEHLT.txt"


class Store(Protocol):
    """The sealed store, as far as it is read here."""

    def read(self, document_id: str, key: bytes, bound_to: str) -> AsyncGenerator[bytes, None]: ...


class Sink:
    """A file that can only be written to: what came since it was last asked is handed on."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def take(self) -> bytes:
        data, self._parts = b"".join(self._parts), []
        return data


async def packed(
    store: Store, files: Mapping[str, bytes], stored: tuple[Stored, ...], now: datetime
) -> AsyncGenerator[bytes, None]:
    """The ZIP in pieces. A document that can't be opened is named in a file of its own instead."""
    sink, missing = Sink(), []
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(_entry(name, now), data)
            yield sink.take()
        for one in stored:
            async with aclosing(store.read(one.id, one.key, one.bound_to)) as chunks:
                try:
                    first = await anext(chunks, b"")
                except (SealBroken, FileNotFoundError):
                    missing.append(one.name)
                    continue
                with archive.open(_entry(one.name, now), "w", force_zip64=True) as file:
                    file.write(first)
                    async for chunk in chunks:
                        file.write(chunk)
                        yield sink.take()
        if missing:
            archive.writestr(_entry(MISSING, now), "\n".join(missing))
    yield sink.take()


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    local = berlin(now)
    return zipfile.ZipInfo(name, (local.year, local.month, local.day, local.hour, local.minute, local.second))
