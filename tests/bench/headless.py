"""Two people without a browser: aiortc in place of Chromium. They meet by signaling, or hand each other their descriptions."""

import asyncio
from typing import Any

import aiohttp
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

PATIENCE_S = 20.0
NO_SERVERS = RTCConfiguration(iceServers=[])  # aiortc would otherwise ask a company abroad for our address


class Headless:
    """One end of a data channel; `open` is set as soon as something can be said over it."""

    def __init__(self) -> None:
        self.connection = RTCPeerConnection(NO_SERVERS)
        self.open = asyncio.Event()

    def offers(self) -> None:
        channel = self.connection.createDataChannel("chat", negotiated=True, id=1)
        channel.on("open", self.open.set)

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def answer(self, sdp: str) -> str:
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        return self.connection.localDescription.sdp

    async def take(self, sdp: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))


async def directly() -> None:
    """What aiortc itself needs until the channel is open."""
    host, guest = Headless(), Headless()
    try:
        host.offers()
        guest.offers()
        await host.take(await guest.answer(await host.offer()))
        await _both_open(host, guest)
    finally:
        await _close(host, guest)


async def through(
    host_line: aiohttp.ClientWebSocketResponse, guest_line: aiohttp.ClientWebSocketResponse, guest_id: str
) -> None:
    """The same for two people of a room; the guest has been admitted."""
    host, guest = Headless(), Headless()
    try:
        host.offers()
        guest.offers()
        offer = {"type": "description", "to": guest_id, "kind": "offer", "sdp": await host.offer()}
        await host_line.send_json(offer)
        heard = await _next(guest_line, "description")
        answer = {
            "type": "description",
            "to": heard["from"],
            "kind": "answer",
            "sdp": await guest.answer(heard["sdp"]),
        }
        await guest_line.send_json(answer)
        await host.take((await _next(host_line, "description"))["sdp"])
        await _both_open(host, guest)
    finally:
        await _close(host, guest)


async def _next(line: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = await line.receive_json(timeout=PATIENCE_S)
        if message["type"] == "error":
            raise RuntimeError(f"{message['code']}: {message['detail']}")
        if message["type"] == kind:
            return message


async def _both_open(host: Headless, guest: Headless) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(host.open.wait(), guest.open.wait())


async def _close(*people: Headless) -> None:
    await asyncio.gather(*(person.connection.close() for person in people))
