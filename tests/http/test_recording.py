"""A meeting is recorded only while everybody there has said yes; a no or a taken-back yes leaves nothing."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from recordings_policy.consent import VERSION
from server.rooms.model_recording import RecordingRow
from server.rooms.tape import forget_recordings
from tests.http.meeting import Meeting, in_room, meeting_in, problem
from tests.http.reading import get, send
from tests.http.recordings import permit
from tests.neighbours.sockets import udp_sockets
from tests.office.city import City, MakeCity, only_sqlite
from tests.signaling.people import until
from tests.signaling.talker import Talker

pytestmark = only_sqlite()
YES, NO = {"agreed": True, "version": VERSION}, {"agreed": False, "version": VERSION}
DAY = timedelta(days=1)
SIGN, SUPPORT = {"part": "sign", "name": "Gesa"}, {"part": "support", "name": "Ingo"}


@pytest.fixture
async def city(make_city: MakeCity) -> City:
    return await make_city(recorder=True)


@dataclass
class Call:
    meeting: Meeting
    host: Talker
    guest: Talker

    async def citizen(self, said: dict[str, Any] | None = None) -> dict[str, Any]:
        path = f"/api/v1/appointments/{self.meeting.token}/recording"
        client = self.meeting.city.client
        answer = await (client.post(path, json=said) if said else client.get(path))
        return dict(await answer.json())

    async def ask(self) -> dict[str, Any]:
        return dict(await (await self.meeting.clerk.post(f"{self.meeting.desk}/recording/request")).json())

    async def row(self) -> Any:
        async with self.meeting.city.office.db.read() as tx:
            return (await tx.execute(select(RecordingRow.__table__))).first()

    async def record(self) -> dict[str, Any]:
        """Both agree; both send to the recorder until something of it has come."""
        assert (await self.ask())["state"] == "asked"
        return await self.begin()

    async def begin(self) -> dict[str, Any]:
        """The citizen is the last to agree."""
        assert (await self.citizen(YES))["state"] == "running"
        peers = await asyncio.gather(self.host.meet_recorder(), self.guest.meet_recorder())
        async with asyncio.timeout(60):
            while sum(self.meeting.city.office.studio.taken.values()) < 1000:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return peers[0]

    async def record_and_keep(self) -> None:
        await self.record()
        await self.keep()

    async def keep(self) -> None:
        assert (await self.meeting.clerk.post(f"{self.meeting.desk}/recording/end")).status == 204
        await until(lambda: not self.meeting.city.office.studio.following)

    def files(self) -> list[Path]:
        folder = self.meeting.city.settings.data_dir
        return [path for path in folder.rglob("*") if path.suffix in (".part", ".sealed")]


@asynccontextmanager
async def a_call(city: City) -> AsyncIterator[Call]:
    meeting = await meeting_in(city)
    host = Talker(await in_room(city, (await meeting.enter_as(meeting.clerk))[1]))
    guest = Talker(await in_room(city, (await meeting.enter())[1]))
    await host.person.say("admit", guest=guest.id)
    await guest.person.hear("admitted")
    try:
        yield Call(meeting, host, guest)
    finally:
        await asyncio.gather(host.connection.close(), guest.connection.close())


@pytest.mark.criterion("J07")
@pytest.mark.criterion("J09")
async def test_in_a_normal_call_nobody_can_record_and_the_server_holds_no_media_socket(city: City) -> None:
    before = udp_sockets(os.getpid())
    async with a_call(city) as call:
        assert (await call.citizen())["permitted"] is False
        assert problem(await call.ask()) == "not-recordable"
        await permit(city)  # too late for this one
        assert problem(await call.ask()) == "not-recordable"
        assert problem(await call.citizen(YES)) == "nothing-asked"
        assert await call.row() is None
        assert udp_sockets(os.getpid()) <= before


@pytest.mark.criterion("J07")
async def test_an_installation_without_a_recorder_asks_nobody_whatever_is_permitted(
    make_city: MakeCity,
) -> None:
    city = await make_city()
    await permit(city)
    async with a_call(city) as call:
        assert (await call.citizen())["permitted"] is False
        assert problem(await call.ask()) == "not-recordable"


@pytest.mark.parametrize("recorder", [True, False])
async def test_the_room_names_the_way_to_its_recording_only_where_there_is_a_recorder(
    make_city: MakeCity, recorder: bool
) -> None:
    meeting = await meeting_in(await make_city(recorder=recorder))
    desk = meeting.desk.removeprefix("/api/v1")
    for page in (
        await meeting.city.client.get(f"/a/{meeting.token}/room"),
        await meeting.clerk.get(f"{desk}/room"),
    ):
        words = await page.text()
        assert "<sz-room" in words
        assert ('/recording"' in words) is recorder


async def test_one_no_is_enough_and_the_room_is_told(city: City) -> None:
    await permit(city)
    async with a_call(city) as call:
        assert (await call.ask())["state"] == "asked"
        seen = await call.citizen()
        assert (seen["state"], seen.get("mine"), seen["permitted"]) == ("asked", None, True)
        assert "aufgezeichnet" in seen["question"]
        assert (await call.citizen(NO))["reason"] == "refused"
        desk = await (await call.meeting.clerk.get(f"{call.meeting.desk}/recording")).json()
        assert (desk["state"], desk["reason"]) == ("gone", "refused")
        assert not call.files()


@pytest.mark.criterion("J09")
async def test_taking_it_back_ends_it_before_that_is_answered_and_leaves_nothing(city: City) -> None:
    await permit(city)
    async with a_call(city) as call:
        recorder = await call.record()
        assert (recorder["role"], recorder["name"]) == ("recorder", "Aufzeichnung")
        assert not recorder["audio"]
        assert not recorder["video"]
        assert (await call.citizen(NO))["reason"] == "withdrawn"
        for one in (call.host, call.guest):
            told = await one.person.settled()
            assert [message["id"] for message in told if message["type"] == "left"] == [recorder["id"]]
        await until(lambda: not call.meeting.city.office.studio.following)
        assert not call.files()
        assert (await call.row()).key_sealed is None


@pytest.mark.criterion("J09")
async def test_what_is_kept_is_sealed_expires_and_can_still_be_taken_back(city: City) -> None:
    await permit(city)
    async with a_call(city) as call:
        await call.record_and_keep()
        row = await call.row()
        assert (row.state, row.expires_at) == ("kept", city.now + 14 * DAY)
        (file,) = call.files()
        assert b"webm" not in file.read_bytes()[:4096]  # where it would say what it is
        await forget_recordings(city.office.db, city.office.store, city.now + 13 * DAY)
        assert call.files() == [file]
        await forget_recordings(city.office.db, city.office.store, city.now + 14 * DAY)
        assert not call.files()
        assert ((await call.row()).state, (await call.row()).key_sealed) == ("gone", None)


@pytest.mark.criterion("J08")
async def test_the_citizens_page_takes_the_yes_back_long_after_the_meeting(city: City) -> None:
    await permit(city)
    async with a_call(city) as call:
        await call.record_and_keep()
    # asked again later and refused: that says nothing of the first one
    city.clock.advance(timedelta(minutes=1))
    assert (await call.ask())["state"] == "asked"
    refused = await call.citizen(NO)
    assert (refused["reason"], refused["kept"]) == ("refused", True)
    assert len(call.files()) == 1
    city.clock.advance(DAY)
    page = f"/a/{call.meeting.token}"
    seen = await get(city.client, page)
    after = await send(city.client, seen.form("/recording/delete"))
    assert "Die Aufzeichnung ist gelöscht" in after.text
    assert "mit Ihrer Einwilligung aufgezeichnet" not in after.text
    assert not call.files()
    async with city.office.db.read() as tx:
        keys = await tx.scalars(select(RecordingRow.key_sealed))
        assert set(keys) == {None}


@pytest.mark.criterion("J08")
@pytest.mark.parametrize("revoked", [False, True])
async def test_who_was_invited_takes_the_yes_back_long_after_the_meeting(
    city: City, *, revoked: bool
) -> None:
    """By the link alone, which else leads nowhere any more; without a yes of one's own it tells nothing."""
    await permit(city)
    async with a_call(city) as call:
        desk, clerk = call.meeting.desk, call.meeting.clerk
        made = [await (await clerk.post(f"{desk}/invitations", json=whom)).json() for whom in (SIGN, SUPPORT)]
        mine, other = (one["url"].rpartition("/i/")[2] for one in made)
        assert (await call.ask())["state"] == "asked"
        agreed = await city.client.post(f"/api/v1/invitations/{mine}/recording", json=YES)
        assert (await agreed.json())["mine"] is True
        await call.begin()
        await call.keep()
        if revoked:
            for one in made:
                await clerk.delete(f"{desk}/invitations/{one['id']}")
    city.clock.advance(DAY)
    assert (await city.client.get(f"/i/{other}")).status == 410
    assert (await city.client.post(f"/api/v1/invitations/{mine}/recording", json=YES)).status in (409, 410)
    seen = await get(city.client, f"/i/{mine}")
    assert "gilt nicht mehr" in seen.text
    assert "Warteraum" not in seen.text
    after = await send(city.client, seen.form("/recording/delete"))
    assert "Die Aufzeichnung ist gelöscht" in after.text
    assert "mit Ihrer Einwilligung aufgezeichnet" not in after.text
    assert not call.files()
    assert (await city.client.get(f"/i/{mine}")).status == 410


@pytest.mark.criterion("J08")
async def test_the_clerk_too_takes_back_every_yes_at_once(city: City) -> None:
    await permit(city)
    async with a_call(city) as call:
        await call.record_and_keep()
        found = await (await call.meeting.clerk.delete(f"{call.meeting.desk}/recording")).json()
        assert (found["state"], found["reason"], found["kept"]) == ("gone", "withdrawn", False)
        assert (await call.citizen())["kept"] is False
        assert not call.files()
