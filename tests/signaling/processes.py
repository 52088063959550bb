"""Signaling as real processes over a Redis of their own: started, told to stop, killed. Asserts nothing."""

import asyncio
import os
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from tests.neighbours.process import Neighbour, free_port, port_answers
from tests.signaling.people import SECRET, Desk, Person

ROOT = Path(__file__).parents[2]


class Process(Desk):
    """One `python -m signaling`; sockets are opened from the test's own client session."""

    def __init__(self, redis_url: str, folder: Path, http: aiohttp.ClientSession, **environ: str) -> None:
        super().__init__(self._connect, time.time)
        self._http = http
        self._port = free_port()
        self._command = [sys.executable, "-m", "signaling"]
        self._log = folder / f"signaling-{self._port}.log"
        self._environ = {
            "SPRECHZEIT_TICKET_SECRET": SECRET,
            "SPRECHZEIT_REDIS_URL": redis_url,
            "SPRECHZEIT_SIGNALING_PORT": str(self._port),
            "SPRECHZEIT_PUBLIC_URL": "https://termine.example.de",
            **environ,
        }
        self._neighbour = self._start()

    def _start(self) -> Neighbour:
        return Neighbour(self._command, self._log, env=self._environ, cwd=ROOT)

    async def _connect(self, path: str, **how: Any) -> aiohttp.ClientWebSocketResponse:
        address = f"http://127.0.0.1:{self._port}{path}"
        socket: aiohttp.ClientWebSocketResponse = await self._http.ws_connect(address, **how)
        return socket

    async def there(self) -> "Process":
        """Returns when it takes connections."""
        await asyncio.to_thread(self._neighbour.wait_until, partial(port_answers, self._port))
        return self

    def tell(self, what: signal.Signals) -> None:
        os.kill(self._neighbour.pid, what)

    async def gone(self) -> None:
        """Returns when it has ended by itself."""
        await asyncio.to_thread(self._neighbour.process.wait, 60)

    async def again(self) -> None:
        """The same process anew, on the same port."""
        self._neighbour.stop()
        self._neighbour = self._start()
        await self.there()

    def stop(self) -> None:
        self._neighbour.stop()

    @property
    def said(self) -> str:
        return self._log.read_text()


async def meet(owner: Process, carrier: Process, room: str) -> tuple[Person, Person]:
    """A call in a room that the first process owns, with the guest at the second."""
    host = await owner.enter("host", "Huber", room=room)
    guest = await carrier.enter("guest", "anna", room=room)
    await host.say("admit", guest=guest.id)
    await guest.hear("peer", prepared=False)
    await host.hear("peer", prepared=False)
    return host, guest
