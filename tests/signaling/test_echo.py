"""The device check: a real peer gets its sound, picture and data back; anything else gets a clear refusal."""

import asyncio
import os

import pytest
from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack, VideoStreamTrack

from signaling.app import ECHO, ECHOES
from tests.neighbours.sockets import udp_sockets
from tests.signaling.conftest import OpenOffice
from tests.signaling.people import Office

HEADERS = {"Content-Type": "application/sdp"}


async def offer_of(peer: RTCPeerConnection) -> str:
    peer.addTrack(AudioStreamTrack())
    peer.addTrack(VideoStreamTrack())
    await peer.setLocalDescription(await peer.createOffer())
    return peer.localDescription.sdp


def a_peer() -> RTCPeerConnection:
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


async def test_sound_picture_and_data_come_back(office: Office) -> None:
    peer = a_peer()
    tracks: dict[str, MediaStreamTrack] = {}
    answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    channel: RTCDataChannel = peer.createDataChannel("check")
    channel.on("open", lambda: channel.send("there?"))
    channel.on("message", answered.set_result)
    peer.on("track", lambda track: tracks.update({track.kind: track}))
    try:
        answer = await office.client.post(ECHO, data=await offer_of(peer), headers=HEADERS)
        assert (answer.status, answer.content_type) == (201, "application/sdp")
        await peer.setRemoteDescription(RTCSessionDescription(await answer.text(), "answer"))
        async with asyncio.timeout(25):
            assert await answered == "there?"
            for kind in ("audio", "video"):
                assert (await tracks[kind].recv()).pts is not None
        place = answer.headers["Location"]
        assert office.client.app is not None
        assert office.client.app[ECHOES].taken == 1
        assert (await office.client.delete(place)).status == 204
        assert office.client.app[ECHOES].taken == 0
        assert (await office.client.delete(place)).status == 404
    finally:
        await peer.close()


async def test_a_full_house_says_when_to_come_again_and_time_frees_the_place(open_office: OpenOffice) -> None:
    long, short = await open_office(echo_slots=1), await open_office(echo_slots=1, echo_s=0.1)
    peer = a_peer()
    try:
        offer = await offer_of(peer)
        for office in (long, short):
            first = await office.client.post(ECHO, data=offer, headers=HEADERS)
            assert first.status == 201
        second = await long.client.post(ECHO, data=offer, headers=HEADERS)
        assert (second.status, second.content_type) == (503, "application/problem+json")
        assert "Retry-After" in second.headers
        assert short.client.app is not None
        echo = short.client.app[ECHOES]
        await short.until(lambda: echo.taken == 0)
    finally:
        await peer.close()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"garbage", 400), (b"\xff\xfe", 400), (b"v=0\r\n", 400), (b"v=0\r\ns=-\r\n", 422), (b"v=0\r\na=" + b"x" * 40_000, 413),
        (b"v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", 422),
        (b"v=0\r\nm=audio 9 X 1\r\nm=audio 9 X 1\r\n", 400), (b"v=0\r\nm=text 9 X 1\r\n", 400),
        (b"v=0\r\nm=audio\r\n", 400), (b"v=0\r\nm=audio nine UDP/TLS/RTP/SAVPF 1\r\na=fingerprint:x\r\n", 400),
        (b"v=0\r\n" + b"m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n" * 2, 422),
    ],
)  # fmt: skip
async def test_what_is_no_offer_is_refused(office: Office, body: bytes, status: int) -> None:
    answer = await office.client.post(ECHO, data=body, headers=HEADERS)
    assert (answer.status, answer.content_type) == (status, "application/problem+json")
    assert office.client.app is not None
    assert office.client.app[ECHOES].taken == 0


async def test_other_content_is_refused(office: Office) -> None:
    assert (await office.client.post(ECHO, json={})).status == 415


async def test_mutilated_offers_are_refused_one_by_one_and_leave_no_socket_behind(office: Office) -> None:
    before = udp_sockets(os.getpid())
    peer = a_peer()
    offer = await offer_of(peer)
    await peer.close()
    lines = offer.split("\r\n")
    for leave_out in range(len(lines) - 1):
        text = "\r\n".join(line for number, line in enumerate(lines) if number != leave_out)
        answer = await office.client.post(ECHO, data=text, headers=HEADERS)
        assert answer.status in (201, 400, 422), lines[leave_out]
        if answer.status == 201:
            await office.client.delete(answer.headers["Location"])
    await office.until(lambda: udp_sockets(os.getpid()) <= before)


@pytest.mark.criterion("C05")
async def test_without_a_device_check_no_media_socket_is_open(office: Office) -> None:
    """Two people in a room leave the process without any UDP socket: media has no way through it."""
    before = udp_sockets(os.getpid())
    host, guest = await office.enter("host", "Huber"), await office.enter("guest", "anna")
    await host.say("admit", guest=guest.id)
    await guest.hear("peer", prepared=False)
    for one, other in ((host, guest), (guest, host)):
        await one.say("candidate", to=other.id, candidate="candidate:1 1 udp 1 192.0.2.1 9 typ host")
        await other.hear("candidate")
    assert udp_sockets(os.getpid()) <= before
