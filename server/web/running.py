"""How a server process listens and how it leaves: no request that reached it is lost. What is served is in `server/app.py`."""

import asyncio
import errno
import logging
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

from aiohttp import web

from server.settings import Settings

log = logging.getLogger("sprechzeit")

BACKLOG = 1024
LAST_REQUEST_S = 1.0  # so long an open line without a request is kept for one that is on its way
LOOK_S = 0.02
CLEANUP_S = 1.0


class Leaving:
    """Whether this process is on its way out; `/readyz` says so, and every answer closes its line."""

    def __init__(self) -> None:
        self.begun = False


LEAVING: web.AppKey[Leaving] = web.AppKey("leaving", Leaving)


def add_leaving(app: web.Application) -> None:
    """To be called while the application is put together."""
    app[LEAVING] = Leaving()
    app.on_response_prepare.append(_close_the_line)


async def _close_the_line(request: web.Request, response: web.StreamResponse) -> None:
    if request.app[LEAVING].begun and response.status != 101:
        response.force_close()


def run_until_told(app: web.Application, settings: Settings, ready: Callable[[], None]) -> None:
    """Serves until SIGTERM or SIGINT. OSError when the port can't be had.

    Then: `/readyz` says 503 for `drain_seconds`; the door closes; who came in before is answered, for up to `stop_seconds`.
    A second signal ends it at once.
    """
    asyncio.run(_run(app, settings, ready))


async def _run(app: web.Application, settings: Settings, ready: Callable[[], None]) -> None:
    told = _listen_to_signals()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLEANUP_S)
    doors: list[socket.socket] = []
    try:
        await runner.setup()
        doors = await _doors(settings.host, settings.port)
        for door in doors:
            await web.SockSite(runner, door, backlog=BACKLOG).start()
        ready()
        await told.get()
        leaving = asyncio.create_task(_leave(runner, doors, settings.drain_seconds, settings.stop_seconds))
        at_once = asyncio.create_task(told.get())
        await asyncio.wait((leaving, at_once), return_when=asyncio.FIRST_COMPLETED)
        for task in (leaving, at_once):
            task.cancel()
        for result in await asyncio.gather(leaving, at_once, return_exceptions=True):
            if isinstance(result, Exception):
                log.error("stopping was disturbed: %s", type(result).__name__)
    finally:
        for door in doors:
            door.close()
        await runner.cleanup()


def _listen_to_signals() -> asyncio.Queue[int]:
    told: asyncio.Queue[int] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.put_nowait, number)
    return told


async def _doors(host: str, port: int) -> list[socket.socket]:
    """A listening socket for each address of the host; one that this machine does not have is left out."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    doors: list[socket.socket] = []
    missing: OSError | None = None
    for family, _, _, _, address in dict.fromkeys(found):
        try:
            door = socket.create_server(address[:2], family=family, backlog=BACKLOG)
        except OSError as error:
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                for other in doors:
                    other.close()
                raise
            missing = error
            continue
        door.setblocking(False)
        doors.append(door)
    if not doors and missing is not None:
        raise missing
    return doors


async def _leave(runner: web.AppRunner, doors: list[socket.socket], drain_s: float, stop_s: float) -> None:
    app, server = runner.app, runner.server
    assert server is not None
    app[LEAVING].begun = True
    log.info("stopping")
    await asyncio.sleep(drain_s)
    await _close_doors(runner, doors)
    await runner.shutdown()  # lines that never end by themselves are told to go elsewhere
    loop = asyncio.get_running_loop()
    begin = loop.time()
    await asyncio.sleep(LOOK_S)  # those just taken in are no connections yet
    while server.connections and loop.time() < begin + LAST_REQUEST_S:  # noqa: ASYNC110  nobody tells when a line ends
        await asyncio.sleep(LOOK_S)
    server.pre_shutdown()  # idle lines go; those with a request are answered first
    await server.shutdown(stop_s)


async def _close_doors(runner: web.AppRunner, doors: list[socket.socket]) -> None:
    """Takes in whoever stands before the door already, and only then closes it: the kernel would turn them away."""
    loop, server = asyncio.get_running_loop(), runner.server
    assert server is not None
    guests: list[socket.socket] = []
    for door in doors:
        loop.remove_reader(door)
        with suppress(BlockingIOError):
            while True:
                guest, _ = door.accept()
                guests.append(guest)
    for site in list(runner.sites):
        await site.stop()
    for guest in guests:
        guest.setblocking(False)
        with suppress(OSError):
            await loop.connect_accepted_socket(server, guest)
