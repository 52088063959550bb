"""What too much gets: too large, too fast, too slow in reading, unreadable; and that no other room notices."""

import asyncio
import json

import pytest
from aiohttp import WSServerHandshakeError

from signaling.address import address_of
from tests.signaling.conftest import OpenOffice
from tests.signaling.people import PATIENCE_S, SDP, Office


async def test_a_message_above_64_kib_ends_the_connection_and_the_session_can_be_resumed(
    office: Office,
) -> None:
    for text in ("x" * 65_537, "ü" * 40_000):
        guest = await office.enter("guest", "anna")
        await guest.socket.send_str(text)
        assert await guest.closed() == 4413
        assert guest.heard[-1]["code"] == "too-large"
        again = await office.resume(guest)
        assert again.welcome["resumed"] is True
    frame = await office.enter("guest", "berta")
    await frame.socket.send_str("x" * 1_000_000)
    assert await frame.closed() == 1009


async def test_messages_faster_than_the_limit_end_the_connection(open_office: OpenOffice) -> None:
    office = await open_office(rate_burst=20, rate_per_s=0.001)
    guest = await office.enter("guest", "anna")
    other = await office.enter("guest", "berta", room="room-two")
    for _ in range(25):
        await guest.say("media", audio=True, video=True)
    assert await guest.closed() == 4429
    assert guest.heard[-1]["code"] == "too-fast"
    assert await other.settled() == []


@pytest.mark.criterion("K07")
async def test_unreadable_messages_get_a_coded_error_and_in_number_end_the_connection(office: Office) -> None:
    host = await office.enter("host", "Huber")
    guest = await office.enter("guest", "anna")
    bad = [
        "",
        "null",
        "1e999",
        '{"type":1}',
        "[" * 60_000,
        '{"type":"leave","x":NaN}',
        '{"type":"leave","why":1}',
        "{" * 9,
    ]
    for text in bad:
        await guest.socket.send_str(text)
        answer = await guest.hear("error")
        assert answer["code"] in ("bad-message", "unknown-type")
        assert "n" not in answer
    for _ in range(20):
        await guest.socket.send_str("garbage")
    assert await guest.closed() == 4400
    assert not [
        message for message in await host.settled() if message["type"] not in ("peer", "queue", "presence")
    ]


async def test_binary_ends_the_connection(office: Office) -> None:
    guest = await office.enter("guest", "anna")
    await guest.socket.send_bytes(b"\x00\x01")
    assert await guest.closed() == 4400


@pytest.mark.criterion("K07")
@pytest.mark.parametrize(
    "sdp",
    [
        "", "v=0", "v=1\r\na=x\r\n", SDP + "\x00\r\n", SDP + "a=ü\r\n", SDP + "a=\ud800\r\n", SDP + "a\r\n", SDP + "\r\n",
        SDP + "a=" + "x" * 2001 + "\r\n", SDP + "a=x\n\n", "v=0\r\n" + "a=x\r\n" * 7000, 5, None, [SDP], {"sdp": SDP},
    ],
)  # fmt: skip
async def test_a_description_of_another_shape_is_not_passed_on(office: Office, sdp: object) -> None:
    guest, host = await office.enter("guest", "anna"), await office.enter("host", "Huber")
    await host.hear("peer")
    await host.socket.send_str(
        json.dumps({"type": "description", "to": guest.id, "kind": "offer", "sdp": sdp})
    )
    assert (await host.hear("error"))["code"] == "bad-sdp"
    assert "description" not in [message["type"] for message in await guest.settled()]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "rollback"}, {"kind": "pranswer"}, {"from": "somebody"}, {"to": ""}, {"to": "x" * 65}, {"to": 1}, {"n": 3},
    ],
)  # fmt: skip
async def test_nobody_speaks_as_somebody_else_or_in_other_words(
    office: Office, fields: dict[str, object]
) -> None:
    guest, host = await office.enter("guest", "anna"), await office.enter("host", "Huber")
    await host.hear("peer")
    await host.say("description", **{"to": guest.id, "kind": "offer", "sdp": SDP, **fields})
    assert (await host.hear("error"))["code"] == "bad-message"
    assert "description" not in [message["type"] for message in await guest.settled()]


async def test_a_second_hello_is_refused(office: Office) -> None:
    guest = await office.enter("guest", "anna")
    await guest.say("hello", ticket=office.token("guest", "berta"), instance="page-two")
    assert (await guest.hear("error"))["code"] == "not-allowed"


async def test_a_reader_that_does_not_read_is_cut_off_and_holds_nobody_up(open_office: OpenOffice) -> None:
    office = await open_office(queue_messages=64, rate_burst=100_000, heartbeat_s=0)
    guest, host = await office.enter("guest", "anna"), await office.enter("host", "Huber")
    await host.hear("peer")
    guest.socket._response.connection.transport.pause_reading()  # type: ignore[union-attr]
    big = SDP + "a=fmtp:96 " + "x" * 1900 + "\r\n"
    big += ("a=fmtp:96 " + "x" * 1900 + "\r\n") * 14
    for _ in range(600):
        await host.say("description", to=guest.id, kind="offer", sdp=big)
    gone = await host.hear("presence")
    assert (gone["id"], gone["connected"]) == (guest.id, False)
    assert "presence" not in [message["type"] for message in await host.settled()]
    await guest.drop()


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("203.0.113.7", "", 0, ""), ("8.8.8.8", "", 0, "8.8.8.8"), ("8.8.8.8", "9.9.9.9", 0, "8.8.8.8"), ("127.0.0.1", "", 0, ""),
        ("10.0.0.2", "8.8.8.8", 1, "8.8.8.8"), ("10.0.0.2", "1.1.1.1, 8.8.8.8", 1, "8.8.8.8"), ("10.0.0.2", "", 1, "10.0.0.2"),
        ("10.0.0.2", "1.1.1.1, 8.8.8.8 , 10.0.0.3", 2, "8.8.8.8"), ("10.0.0.2", "unknown", 1, ""), ("", "", 0, ""), ("", "", 1, ""),
        ("2a00:1450:4001:830::200e", "", 0, "2a00:1450:4001:830::/64"), ("10.0.0.2", "192.168.1.5", 1, "192.168.1.5"),
    ],
)  # fmt: skip
def test_a_socket_belongs_to_the_address_that_a_trusted_proxy_names(
    peer: str, forwarded: str, proxies: int, address: str
) -> None:
    assert address_of(peer, forwarded, proxies) == address


@pytest.mark.criterion("K07")
async def test_one_address_holds_a_bounded_number_of_sockets_and_gives_them_back(
    open_office: OpenOffice,
) -> None:
    office = await open_office(sockets_per_address=3, trusted_proxies=1)
    full = {"X-Forwarded-For": "198.51.100.9, 203.0.113.7"}
    there = [await office.open(**full) for _ in range(3)]
    with pytest.raises(WSServerHandshakeError) as refusal:
        await office.open(**full)
    assert refusal.value.status == 429
    assert refusal.value.headers is not None
    assert refusal.value.headers["Retry-After"] == "10"
    await office.open(**{"X-Forwarded-For": "203.0.113.7, 203.0.113.8"})
    await there[0].socket.close()
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await office.open(**full)
            except WSServerHandshakeError:
                await asyncio.sleep(0.01)
            else:
                break
