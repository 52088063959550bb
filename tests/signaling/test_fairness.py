"""Somebody who never stops talking leaves everybody else their turn."""

import asyncio
import itertools
import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import WSMessage, WSMsgType, web

from signaling.connection import TURN, Connection
from signaling.settings import SignalingSettings
from tests.signaling.conftest import OpenOffice
from tests.signaling.people import SECRET, Office


class Chatterbox:
    """A socket on which the next text is always there already, so that reading it never waits."""

    def __init__(self, office: Office, texts: int) -> None:
        hello = {"type": "hello", "ticket": office.token("guest", "anna"), "instance": "page-one"}
        self._texts = [json.dumps(hello), *['{"type":"media","audio":true,"video":true}'] * texts]
        self.read = 0

    async def receive(self) -> WSMessage:
        if self.read == len(self._texts):
            return WSMessage(WSMsgType.CLOSE, 1000, "")
        self.read += 1
        return WSMessage(WSMsgType.TEXT, self._texts[self.read - 1], "")

    async def send_str(self, _text: str) -> None:
        """Nobody reads it."""

    async def close(self, *, code: int) -> bool:
        return bool(code)


@pytest.mark.criterion("K07")
async def test_after_a_few_texts_others_have_their_turn(office: Office) -> None:
    chatterbox = Chatterbox(office, 10 * TURN)
    settings = SignalingSettings(SECRET, rate_burst=10**6)
    request = cast(web.Request, SimpleNamespace(transport=None))
    socket = cast(web.WebSocketResponse, chatterbox)
    connection = Connection(socket, request, office.switchboard, settings)
    read_at_each_turn: list[int] = []

    async def somebody_else() -> None:
        while not connection.gone.is_set():
            read_at_each_turn.append(chatterbox.read)
            await asyncio.sleep(0)

    await asyncio.gather(connection.run(), somebody_else())
    steps = [later - earlier for earlier, later in itertools.pairwise(read_at_each_turn)]
    assert chatterbox.read == 10 * TURN + 1
    assert max(steps) <= TURN + 1


@pytest.mark.criterion("K07")
async def test_a_room_that_floods_ends_alone(open_office: OpenOffice) -> None:
    office = await open_office(rate_burst=50, rate_per_s=0.001)
    host, guest = await office.enter("host", "Huber"), await office.enter("guest", "anna")
    await host.say("admit", guest=guest.id)
    await guest.hear("admitted")
    floods: list[Any] = [await office.enter("guest", "loud", room=f"flood-{number}") for number in range(16)]
    for flood in floods:
        for _ in range(60):
            await flood.say("media", audio=True, video=True)
    for flood in floods:
        assert await flood.closed() == 4429
    await host.say("candidate", to=guest.id, candidate="")
    await guest.hear("candidate")
    assert office.hub.rooms.keys() >= {"room-one"}
