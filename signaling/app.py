"""Puts signaling into an aiohttp application: the WebSocket, the echo, their start and their end. Decides nothing."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import Final
from urllib.parse import urlsplit
from weakref import WeakSet

from aiohttp import web

from signaling.address import Crowd, address_of
from signaling.bus import Bus
from signaling.closing import MOVING
from signaling.connection import Connection
from signaling.echo import Echo, EchoFull, EchoRefused
from signaling.hub import Hub
from signaling.messages import MESSAGE_BYTES, SUBPROTOCOL
from signaling.sdp import SDP_CHARS
from signaling.settings import SignalingSettings
from signaling.switchboard import Switchboard

log = logging.getLogger(__name__)

PATH: Final = "/signaling/v1"
ECHO: Final = f"{PATH}/echo"
BODY_S: Final = 5.0
GOODBYE_S: Final = 1.0
# Somewhat above our own limit, so that the client is told in the protocol's words; far above it the library cuts (1009).
FRAME_BYTES: Final = 4 * MESSAGE_BYTES

SETTINGS: Final = web.AppKey("signaling_settings", SignalingSettings)
HUB: Final = web.AppKey("signaling_hub", Hub)
SWITCHBOARD: Final = web.AppKey("signaling_switchboard", Switchboard)
ECHOES: Final = web.AppKey("signaling_echoes", Echo)
CROWD: Final = web.AppKey("signaling_crowd", Crowd)
CONNECTIONS: Final = web.AppKey("signaling_connections", WeakSet[Connection])


def add_signaling(
    app: web.Application, settings: SignalingSettings, bus: Bus, clock: Callable[[], float] = time.time
) -> None:
    """Mounts GET /signaling/v1 and POST, DELETE /signaling/v1/echo; starts and stops the bus with the application.

    `clock` gives epoch seconds. On shutdown rooms are handed over and every socket is closed with 1012: at once, or within five seconds when Redis or another process is slow.
    """
    app[SETTINGS] = settings
    app[HUB] = Hub(settings, bus, clock)
    app[SWITCHBOARD] = Switchboard(app[HUB], bus)
    app[ECHOES] = Echo(settings.echo_slots, settings.echo_s)
    app[CONNECTIONS] = WeakSet()
    app[CROWD] = Crowd(settings.sockets_per_address)
    bus.subscribe(app[HUB].hear)
    app.router.add_get(PATH, _talk, allow_head=False)
    app.router.add_post(ECHO, _open_echo)
    app.router.add_delete(ECHO + "/{key}", _close_echo)
    app.on_shutdown.append(_say_goodbye)

    async def running(app: web.Application) -> AsyncIterator[None]:
        await bus.start()
        works = (app[HUB].run_errands(), app[SWITCHBOARD].tend(), _sweep(app[HUB]))
        tasks = [asyncio.create_task(work) for work in works]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await app[ECHOES].stop()
        await bus.stop()

    app.cleanup_ctx.append(running)


async def _talk(request: web.Request) -> web.StreamResponse:
    if not _origin_allowed(request):
        return _problem(403, "foreign-origin", "Die Anfrage kam von einer fremden Seite.")
    socket = web.WebSocketResponse(
        protocols=(SUBPROTOCOL,),
        compress=False,
        max_msg_size=FRAME_BYTES,
        heartbeat=request.app[SETTINGS].heartbeat_s or None,
        timeout=0.5,
    )
    offered = request.headers.get("Sec-WebSocket-Protocol", "")
    if not socket.can_prepare(request) or SUBPROTOCOL not in [word.strip() for word in offered.split(",")]:
        return _problem(426, "websocket-needed", f"Hier wird nur WebSocket mit {SUBPROTOCOL} gesprochen.")
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    address = address_of(request.remote or "", forwarded, request.app[SETTINGS].trusted_proxies)
    with request.app[CROWD].place(address) as free:
        if not free:
            return _busy(429, "too-many", "Von diesem Anschluss sind schon sehr viele verbunden.", 10)
        await socket.prepare(request)
        connection = Connection(socket, request, request.app[SWITCHBOARD], request.app[SETTINGS])
        request.app[CONNECTIONS].add(connection)
        await connection.run()
    return socket


async def _open_echo(request: web.Request) -> web.Response:
    if not _origin_allowed(request):
        return _problem(403, "foreign-origin", "Die Anfrage kam von einer fremden Seite.")
    if request.content_type != "application/sdp":
        return _problem(415, "type-not-allowed", "Erwartet wird application/sdp.")
    try:
        async with asyncio.timeout(BODY_S):
            offer = await _body(request)
        key, answer = await request.app[ECHOES].open(offer)
    except TimeoutError:
        return _problem(408, "too-slow", "Die Anfrage kam nicht rechtzeitig an.")
    except EchoRefused as refused:
        return _problem(refused.status, "too-large" if refused.status == 413 else "bad-sdp", refused.detail)
    except EchoFull as full:
        detail = "Gerade prüfen andere ihre Technik. Bitte gleich noch einmal versuchen."
        return _busy(503, "echo-full", detail, full.retry_after)
    return web.Response(
        status=201, text=answer, content_type="application/sdp", headers={"Location": f"{ECHO}/{key}"}
    )


async def _close_echo(request: web.Request) -> web.Response:
    if not _origin_allowed(request):
        return _problem(403, "foreign-origin", "Die Anfrage kam von einer fremden Seite.")
    if not await request.app[ECHOES].close(request.match_info["key"]):
        return _problem(404, "not-found", "Diese Prüfung ist schon beendet.")
    return web.Response(status=204)


async def _body(request: web.Request) -> str:
    parts = bytearray()
    async for part in request.content.iter_chunked(8192):
        parts += part
        if len(parts) > SDP_CHARS:
            raise EchoRefused(413, "Das Angebot ist zu groß.")
    try:
        return parts.decode("ascii")
    except UnicodeDecodeError:
        raise EchoRefused(400, "Das ist keine Sitzungsbeschreibung (SDP).") from None


def _origin_allowed(request: web.Request) -> bool:
    """No Origin: not a browser, so nobody's session can be abused (RFC 6455, 10.2)."""
    origin = request.headers.get("Origin")
    settings = request.app[SETTINGS]
    if origin is None or origin in settings.allowed_origins:
        return True
    try:
        return settings.same_host_origin and urlsplit(origin).netloc == request.host != ""
    except ValueError:
        return False


def _problem(status: int, type: str, detail: str) -> web.Response:  # noqa: A002 - RFC 9457's word
    body = {"type": type, "title": "Das geht so nicht", "status": status, "detail": detail}
    return web.json_response(body, status=status, content_type="application/problem+json")


def _busy(status: int, type: str, detail: str, retry_after: int) -> web.Response:  # noqa: A002 - RFC 9457's word
    response = _problem(status, type, detail)
    response.headers["Retry-After"] = str(retry_after)
    return response


async def _sweep(hub: Hub) -> None:
    while True:
        await asyncio.sleep(hub.settings.sweep_s)
        try:
            hub.sweep()
        except Exception:  # the next sweep comes all the same
            log.exception("sweep failed")


async def _say_goodbye(app: web.Application) -> None:
    connections: WeakSet[Connection] = app[CONNECTIONS]
    await app[SWITCHBOARD].leave()
    there = list(connections)
    for connection in there:
        connection.shut(MOVING)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_all_gone(there), GOODBYE_S)


async def _all_gone(connections: list[Connection]) -> None:
    await asyncio.gather(*(connection.gone.wait() for connection in connections))
