"""The sealed store in an S3 bucket: whole files are objects there, uploads under way grow sealed in a local folder. Only ciphertext leaves the process.

Everything else is as in `seal.py`. Why so, and what a bucket has to offer: docs/decisions/0034.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from server.documents.pieces import HEAD, Sealer, opener
from server.documents.pour import Waiting, in_thread
from server.documents.seal import LEFTOVER_AGE, Store, bound, checked_id
from server.errors import Unavailable
from server.settings import Settings, SettingsRefused

if TYPE_CHECKING:
    from obstore.store import S3Store

PART = 5 * 1024 * 1024
AT_ONCE = 2
READ = 1024 * 1024
CLOCK = "clock"
LISTED = 1000

Passing: TypeAlias = "asyncio.Queue[bytes | BaseException | None]"


class BucketStore(Store):
    """`Unavailable` while the bucket does not answer; a missing object is FileNotFoundError like a missing file."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        super().__init__(folder)
        self._settings = settings

    @cached_property
    def _bucket(self) -> "S3Store":
        """Loaded when first used: whoever keeps files in a folder does not pay for it."""
        from obstore.store import S3Store

        settings = self._settings
        place = urlsplit(settings.bucket)
        own: dict[str, Any] = {
            "endpoint": settings.s3_endpoint,
            "region": settings.s3_region,
            "access_key_id": settings.s3_access_key,
            "secret_access_key": settings.s3_secret_key.get_secret_value(),
        }
        return S3Store(
            place.netloc,
            prefix=place.path.strip("/") or None,
            client_options={
                "allow_http": settings.s3_endpoint.startswith("http:"),
                "connect_timeout": timedelta(seconds=5),
                "timeout": timedelta(seconds=60),
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
            **{name: value for name, value in own.items() if value},
        )

    async def write(self, document_id: str, key: bytes, bound_to: str, chunks: AsyncIterator[bytes]) -> int:
        """As a multi-part upload, which is visible once it is whole; a broken-off one is called off there too."""
        sealer = Sealer(key, bound(bound_to, document_id))
        passing: asyncio.Queue[bytes | BaseException | None] = asyncio.Queue(1)
        putting = asyncio.ensure_future(self._put(document_id, _until_none(passing)))
        try:
            return await _fed(passing, putting, sealer, chunks)
        except BaseException as error:
            await _call_off(passing, putting, error)
            raise

    async def _put(self, document_id: str, content: Any) -> None:
        import obstore

        name = _object(document_id)
        with _answering(missing=False):
            await obstore.put_async(
                self._bucket, name, content, use_multipart=True, chunk_size=PART, max_concurrency=AT_ONCE
            )

    async def read(self, document_id: str, key: bytes, bound_to: str) -> AsyncGenerator[bytes, None]:
        import obstore

        with _answering():
            answer = await obstore.get_async(self._bucket, _object(document_id))
            head, opening = b"", None
            async for chunk in answer.stream(min_chunk_size=READ):
                sealed = bytes(chunk)
                if opening is None:
                    head += sealed
                    if len(head) < HEAD:
                        continue
                    opening = opener(key, bound(bound_to, document_id), head[:HEAD])
                    sealed = head[HEAD:]
                for text in await in_thread(lambda sealed=sealed, at=opening: at.feed(sealed)):  # type: ignore[misc]
                    yield text
        opening = opening or opener(key, bound(bound_to, document_id), head)
        if text := opening.finish():
            yield text

    async def complete(self, document_id: str) -> None:
        """The grown file goes into the bucket, then its local part goes away; safe to repeat, also after a crash."""
        part = self.part(document_id)
        if await in_thread(part.exists):
            putting = asyncio.ensure_future(self._put(document_id, part))
            try:
                await asyncio.shield(putting)
            except asyncio.CancelledError:
                await asyncio.wait([putting])
                raise
            await in_thread(lambda: part.unlink(missing_ok=True))

    async def remove(self, document_id: str) -> None:
        import obstore

        await super().remove(document_id)
        with _answering():
            await obstore.delete_async(self._bucket, _object(document_id))

    def settled(self, now: datetime) -> list[str]:
        """Objects as well as local parts."""
        import obstore

        found = super().settled(now)
        with _answering():
            for some in obstore.list(self._bucket, chunk_size=LISTED):
                old = [one for one in some if one["last_modified"] < now - LEFTOVER_AGE]
                found += [
                    one["path"].removesuffix(".sealed") for one in old if one["path"].endswith(".sealed")
                ]
        return sorted(set(found))

    def now(self) -> datetime:
        """The slower of the two clocks: nothing is taken for older than it is."""
        import obstore

        with _answering(missing=False):
            obstore.put(self._bucket, CLOCK, b"")
            there = obstore.head(self._bucket, CLOCK)["last_modified"]
        return min(there, super().now())


def open_store(settings: Settings) -> Store:
    """The store that fits the setting SPRECHZEIT_STORE. `SettingsRefused` where the library for it is missing."""
    if not settings.bucket:
        return Store(settings.store)
    if find_spec("obstore") is None:
        raise SettingsRefused("SPRECHZEIT_STORE names a bucket: that needs the extra s3 (obstore)")
    return BucketStore(settings.store, settings)


def _object(document_id: str) -> str:
    return f"{checked_id(document_id)}.sealed"


@contextmanager
def _answering(*, missing: bool = True) -> Iterator[None]:
    """The library's troubles in our words; `missing` objects stay FileNotFoundError, a missing bucket is trouble."""
    from obstore.exceptions import BaseError

    try:
        yield
    except BaseError as error:
        raise Unavailable from error
    except FileNotFoundError as error:
        if missing and "NoSuchBucket" not in str(error):
            raise
        raise Unavailable from error


async def _fed(
    passing: Passing,
    putting: "asyncio.Future[None]",
    sealer: Sealer,
    chunks: AsyncIterator[bytes],
) -> int:
    """Seals the chunks and hands them over piece by piece; returns their size once all of it lies in the bucket."""
    size, waiting = 0, Waiting()
    await _hand_over(passing, putting, sealer.head)
    async for chunk in chunks:
        size += len(chunk)
        for whole in waiting.add(chunk):
            await _hand_over(passing, putting, await in_thread(partial(_sealed, sealer, whole, last=False)))
    last = await in_thread(partial(_sealed, sealer, waiting.rest(), last=True))
    await _hand_over(passing, putting, last)
    await _hand_over(passing, putting, None)
    await asyncio.shield(putting)
    return size


def _sealed(sealer: Sealer, plain: memoryview, *, last: bool) -> bytes:
    return b"".join(map(bytes, sealer.pieces(plain, last=last)))


async def _hand_over(
    passing: Passing,
    putting: "asyncio.Future[None]",
    what: bytes | None,
) -> None:
    """Waits for room; `Unavailable` at once when the bucket has given up."""
    handing = asyncio.ensure_future(passing.put(what))
    try:
        await asyncio.wait({handing, putting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        handing.cancel()
    if putting.done():
        putting.result()


async def _call_off(
    passing: Passing,
    putting: "asyncio.Future[None]",
    error: BaseException,
) -> None:
    """The library calls its multi-part upload off when what it reads from fails."""
    while not putting.done():
        while not passing.empty():
            passing.get_nowait()
        passing.put_nowait(error if isinstance(error, Exception) else ConnectionAbortedError())
        await asyncio.wait({putting})
    if not putting.cancelled():
        putting.exception()


async def _until_none(passing: Passing) -> AsyncIterator[bytes]:
    while (one := await passing.get()) is not None:
        if isinstance(one, BaseException):
            raise one
        yield one
