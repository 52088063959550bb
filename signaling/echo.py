"""Sends back what a browser sends, so that it can check camera, microphone and network. Speaks no HTTP; see app."""

import asyncio
import contextlib
import importlib
import logging
import re
import secrets
from typing import TYPE_CHECKING, Any, Final

from signaling.sdp import SDP_CHARS, is_description

if TYPE_CHECKING:
    from aiortc import MediaStreamTrack, RTCDataChannel, RTCPeerConnection

log = logging.getLogger(__name__)

SECTION: Final = re.compile(r"^m=(\w+)", re.MULTILINE)
SECTIONS: Final = ("audio", "video", "application")
ANSWER_S: Final = 5.0
MESSAGE_CHARS: Final = 1024


class EchoRefused(Exception):
    """The offer is not one that can be echoed. `status` is the HTTP status that says so."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class EchoFull(Exception):
    """All places are taken; one is free after `retry_after` seconds at the latest."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class Echo:
    """At most `slots` peers at once, each for at most `seconds`. Asks no STUN server."""

    def __init__(self, slots: int, seconds: float) -> None:
        self._slots = slots
        self._seconds = seconds
        self._opening = 0
        self._peers: dict[str, tuple[RTCPeerConnection, asyncio.TimerHandle]] = {}
        self._closing: set[asyncio.Task[bool]] = set()

    @property
    def taken(self) -> int:
        return len(self._peers) + self._opening

    async def open(self, offer: str) -> tuple[str, str]:
        """An id and the answer (SDP with all candidates). Raises EchoFull, EchoRefused."""
        _check(offer)
        if self.taken >= self._slots:
            raise EchoFull(int(self._seconds))
        self._opening += 1
        try:
            return await self._open(offer)
        finally:
            self._opening -= 1

    async def _open(self, offer: str) -> tuple[str, str]:
        # A large library of compiled parts: loaded with the first check, and not on the event loop.
        rtc: Any = await asyncio.to_thread(importlib.import_module, "aiortc")
        peer: RTCPeerConnection = rtc.RTCPeerConnection(rtc.RTCConfiguration(iceServers=[]))
        peer.on("track", lambda track: _send_back(peer, track))
        peer.on("datachannel", _say_back)
        try:
            async with asyncio.timeout(ANSWER_S):
                await peer.setRemoteDescription(rtc.RTCSessionDescription(sdp=offer, type="offer"))
                await peer.setLocalDescription(await peer.createAnswer())
        except Exception as error:  # noqa: BLE001
            # The parser lets many kinds of exceptions out, and none of them is this process's trouble.
            log.info("offer for the echo refused: %s", type(error).__name__)
            await _discard(peer)
            raise EchoRefused(422, "Dieses Angebot wird nicht verstanden.") from None
        key = secrets.token_urlsafe(16)
        timer = asyncio.get_running_loop().call_later(self._seconds, self._close_soon, key)
        self._peers[key] = (peer, timer)
        peer.on("connectionstatechange", lambda: self._ended(key, peer))
        return key, peer.localDescription.sdp

    async def close(self, key: str) -> bool:
        """Frees the place; False when there is none of that id."""
        found = self._peers.pop(key, None)
        if found is None:
            return False
        peer, timer = found
        timer.cancel()
        await _discard(peer)
        return True

    async def stop(self) -> None:
        await asyncio.gather(*(self.close(key) for key in list(self._peers)), *self._closing)

    def _ended(self, key: str, peer: "RTCPeerConnection") -> None:
        if peer.connectionState in ("failed", "closed"):
            self._close_soon(key)

    def _close_soon(self, key: str) -> None:
        task = asyncio.create_task(self.close(key))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _check(offer: str) -> None:
    if len(offer) > SDP_CHARS:
        raise EchoRefused(413, "Das Angebot ist zu groß.")
    if not is_description(offer):
        raise EchoRefused(400, "Das ist keine Sitzungsbeschreibung (SDP).")
    sections = SECTION.findall(offer)
    if not sections or len(set(sections)) < len(sections) or not set(sections) <= set(SECTIONS):
        raise EchoRefused(422, "Erlaubt sind höchstens einmal Ton, einmal Bild und ein Datenkanal.")


async def _discard(peer: "RTCPeerConnection") -> None:
    """Closes a peer and all its sockets, also one that a strange offer left half made (its own `close` fails then)."""
    try:
        await peer.close()
    except Exception as error:  # noqa: BLE001
        log.info("echo closed piece by piece: %s", type(error).__name__)
        for transceiver in peer.getTransceivers():
            with contextlib.suppress(Exception):
                await transceiver.receiver.transport.stop()
                await transceiver.receiver.transport.transport.stop()


def _send_back(peer: "RTCPeerConnection", track: "MediaStreamTrack") -> None:
    peer.addTrack(track)


def _say_back(channel: "RTCDataChannel") -> None:
    def reply(message: str | bytes) -> None:
        if len(message) <= MESSAGE_CHARS and channel.readyState == "open":
            channel.send(message)

    channel.on("message", reply)
