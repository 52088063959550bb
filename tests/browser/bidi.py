"""The little of WebDriver BiDi that the tests need to steer Firefox: commands and their answers over one WebSocket. Pages
and what people do on them stand in fox.py."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp


class BidiError(Exception):
    """Firefox has refused a command."""


class Bidi:
    """One session. Events that were subscribed to lie in `events`, oldest first."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reader = asyncio.create_task(self._read())

    async def command(self, method: str, **params: Any) -> dict[str, Any]:
        """What `method` answers. Raises BidiError when it is refused or Firefox has gone."""
        number = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        await self._socket.send_str(json.dumps({"id": number, "method": method, "params": params}))
        return await asyncio.wait_for(answer, 60)

    async def close(self) -> None:
        await self._socket.close()
        await self._reader

    async def _read(self) -> None:
        async for message in self._socket:
            self._take(json.loads(message.data))
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(BidiError("Firefox has closed the line"))

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "event":
            self.events.append((message["method"], message["params"]))
            return
        waiting = self._waiting.pop(message["id"], None)
        if waiting is None or waiting.done():
            return
        if message["type"] == "success":
            waiting.set_result(message["result"])
        else:
            waiting.set_exception(BidiError(f"{message['error']}: {message['message']}"))


@asynccontextmanager
async def session(address: str) -> AsyncIterator[Bidi]:
    """A session on a Firefox that runs; it takes one at a time."""
    async with aiohttp.ClientSession() as client, client.ws_connect(address, max_msg_size=0) as socket:
        bidi = Bidi(socket)
        await bidi.command("session.new", capabilities={})
        await bidi.command("session.subscribe", events=["log.entryAdded"])
        try:
            yield bidi
        finally:
            await bidi.command("session.end")
            await bidi.close()
