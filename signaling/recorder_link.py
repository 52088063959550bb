"""The recorder's connection to one person of the room: it takes and never gives. Decides nothing about who is recorded."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack
from aiortc.sdp import candidate_from_sdp

log = logging.getLogger(__name__)
Say = Callable[..., Awaitable[None]]


class Link:
    """What signaling says about this person goes in by `hear`, one after the other; the tracks come out in `tracks`."""

    def __init__(
        self,
        peer: str,
        instance: str,
        servers: list[dict[str, Any]],
        say: Say,
        changed: Callable[[], None],
    ) -> None:
        """`instance`: the page load of this person; another one has another connection."""
        self._peer, self.instance, self._say, self._changed = peer, instance, say, changed
        self.tracks: list[MediaStreamTrack] = []
        self.ready = False
        self._connection = RTCPeerConnection(
            RTCConfiguration(
                iceServers=[RTCIceServer(one["urls"], one["username"], one["credential"]) for one in servers]
            )
        )
        self._connection.on("track", self.tracks.append)
        self._heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._work = asyncio.create_task(self._follow())

    def hear(self, message: dict[str, Any]) -> None:
        self._heard.put_nowait(message)

    async def close(self) -> None:
        self._work.cancel()
        with contextlib.suppress(Exception):
            await self._connection.close()

    async def _follow(self) -> None:
        while True:
            message = await self._heard.get()
            try:
                if message["type"] == "description":
                    await self._answer(message["sdp"])
                elif message["candidate"]:
                    await self._add(message)
            except Exception as error:  # noqa: BLE001
                # The library lets many kinds out; one that can't be connected to is missing in the recording.
                log.info("not understood: %s", type(error).__name__)

    async def _answer(self, sdp: str) -> None:
        connection = self._connection
        await connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        answer = connection.localDescription.sdp
        await self._say("description", to=self._peer, kind="answer", sdp=answer)
        self.ready = True
        self._changed()

    async def _add(self, message: dict[str, Any]) -> None:
        candidate = candidate_from_sdp(message["candidate"].removeprefix("a=").removeprefix("candidate:"))
        candidate.sdpMid = message["sdp_mid"]
        candidate.sdpMLineIndex = message["sdp_m_line_index"]
        await self._connection.addIceCandidate(candidate)
