"""A file is looked into while it still arrives: its bytes go to the child on their way to the store. What is judged is in `checking.py`.

Only where a place is free, and only until somebody who has a whole file wants it, or the line is slow: then it is called
off, and the file is looked into once it is there. So a look ahead is never needed, and nobody waits for a slow line.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Self
from weakref import WeakValueDictionary

from server.child import places
from server.documents.content import Inspector
from server.documents.sandbox import CHECK_S, Found, look_into
from server.errors import Refusal

BATCH = 1024 * 1024  # who sends less costs no child before the file is whole
ARRIVES_S = 45.0


class Ahead:
    """The look into one file that arrives, in one request or several; `size` where it is known before.

    `kept` is told how much of it counts: what the child saw beyond that may come otherwise.
    """

    def __init__(self, inspector: Inspector | None = None, size: int | None = None) -> None:
        self.inspector = inspector or Inspector()
        self.count = self.kept = 0
        self._inspects, self._size = inspector is None, size
        self._batch: list[bytes] = []
        self._batched = 0
        self._coming: asyncio.Queue[list[bytes]] = asyncio.Queue(1)
        self._look: asyncio.Task[Found] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._whole = self._called_off = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.call_off()

    async def passing(self, chunks: AsyncIterator[bytes], offset: int = 0) -> AsyncGenerator[bytes, None]:
        """The chunks, which begin at `offset`; what the child sees is this and nothing else."""
        if offset != self.count:
            self.call_off()
        async for chunk in chunks:
            if not self._called_off:
                await self._feed(chunk)
            yield chunk
        if not self._called_off and self._size in (None, self.count):
            await self._end()

    async def told(self) -> tuple[str, Found] | None:
        """Media type and what was found; None where nobody has looked to the end. Raises NotDecodable, `Refusal`."""
        if self._look is None or self._called_off or not self._whole:
            return None
        found = await self._look
        return self.inspector.finish(), found

    def call_off(self) -> None:
        """Nobody needs it, or the child's place is wanted."""
        self._called_off = True
        places().stays(self.call_off)
        if self._timer is not None:
            self._timer.cancel()
        self._batch = []
        if self._look is not None:
            self._look.cancel()

    async def _feed(self, chunk: bytes) -> None:
        self.count += len(chunk)
        if self._inspects:
            try:
                self.inspector.feed(chunk)
            except Refusal:  # said by who looks at the whole file
                self.call_off()
                return
        self._batch.append(chunk)
        self._batched += len(chunk)
        if self._batched >= BATCH:
            await self._hand_over()

    async def _hand_over(self) -> None:
        if self._look is None:
            if not places().free:
                self.call_off()
                return
            self._begin()
        batch, self._batch, self._batched = self._batch, [], 0
        await self._put(batch)

    async def _put(self, batch: list[bytes]) -> None:
        if self._look is not None and not self._look.done():
            await self._coming.put(batch)

    def _begin(self) -> None:
        places().gives_way(self.call_off)
        media_type = self.inspector.media_type
        self._look = asyncio.create_task(look_into(media_type, self._handed_over(), ARRIVES_S + CHECK_S))
        self._look.add_done_callback(self._looked)
        self._timer = asyncio.get_running_loop().call_later(ARRIVES_S, self.call_off)

    def _looked(self, look: "asyncio.Task[Found]") -> None:
        if not look.cancelled():
            look.exception()  # heard in `told`, if anybody asks
        if not self._whole:
            self.call_off()
        while not self._coming.empty():  # who waits to hand something over goes on
            self._coming.get_nowait()

    async def _end(self) -> None:
        if self._look is None:
            return
        places().stays(self.call_off)
        try:
            if self._batch:
                await self._hand_over()
            await self._put([])
        except asyncio.CancelledError:
            self.call_off()
            raise
        self._whole = not self._called_off
        if self._timer is not None:
            self._timer.cancel()

    async def _handed_over(self) -> AsyncGenerator[bytes, None]:
        while batch := await self._coming.get():
            for chunk in batch:
                yield chunk


class Looks:
    """The looks into files that come in several requests, by document."""

    def __init__(self) -> None:
        self._under_way: WeakValueDictionary[str, Ahead] = WeakValueDictionary()

    @contextmanager
    def part(self, document_id: str, offset: int, size: int) -> Iterator[Ahead]:
        """While a part comes: the look that saw the file up to `offset`, a new one at its beginning, else one that sees nothing."""
        ahead = self._under_way.get(document_id)
        if ahead is None or ahead.count != offset:
            if ahead is not None:
                ahead.call_off()
            ahead = self._under_way[document_id] = Ahead(size=size)
            ahead.kept = offset
        try:
            yield ahead
        finally:
            if ahead.kept != ahead.count or ahead.kept == size:
                ahead.call_off()
