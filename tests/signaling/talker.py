"""Somebody in a call with a real peer connection, who sends sound and picture to the recorder. Asserts nothing."""

from dataclasses import dataclass, field
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

from tests.signaling.people import Person


@dataclass
class Talker:
    """Somebody in the call who sends sound and picture to whoever signaling names."""

    person: Person
    connection: RTCPeerConnection = field(
        default_factory=lambda: RTCPeerConnection(RTCConfiguration(iceServers=[]))
    )

    @property
    def id(self) -> str:
        return self.person.id

    async def meet_recorder(self) -> dict[str, Any]:
        peer = await self.person.hear("peer", role="recorder")
        self.connection.addTrack(AudioStreamTrack())
        self.connection.addTrack(VideoStreamTrack())
        await self.connection.setLocalDescription(await self.connection.createOffer())
        sdp = self.connection.localDescription.sdp
        await self.person.say("description", to=peer["id"], kind="offer", sdp=sdp)
        answer = await self.person.hear("description", **{"from": peer["id"]})
        await self.connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        return peer
