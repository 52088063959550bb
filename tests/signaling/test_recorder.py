"""The recorder, in a process of its own and with real peers: a visible participant that exists only while the policy says yes."""

import asyncio
import io
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import av
import pytest

from recordings_policy.decide import Permission
from signaling.app import PATH
from signaling.contract import participant_id
from signaling.recorder import DONE, Order, Recorder
from tests.signaling.people import SECRET, Office, until
from tests.signaling.talker import Talker

WHOLE = Permission(
    switched_on=True,
    legal_basis="§ 1",
    approved_by_officer=True,
    of_this_text=True,
    before_booking=True,
)
ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "signaling.recorder")
PATIENCE_S = 150.0
IDAS_PHONE = "phone-of-ida"


@asynccontextmanager
async def call_of_two(office: Office) -> AsyncIterator[tuple[Talker, Talker]]:
    host = Talker(await office.enter("host", "Frau Kern"))
    guest = Talker(await office.enter("guest", "Ida", device=IDAS_PHONE))
    await host.person.say("admit", guest=guest.id)
    await guest.person.hear("admitted")
    try:
        yield host, guest
    finally:
        await asyncio.gather(host.connection.close(), guest.connection.close())


def order(office: Office, consenting: list[str], **permission: Any) -> bytes:
    subject = participant_id(SECRET, "room-one", "recorder")
    ticket = office.token("recorder", "Aufzeichnung", subject=subject, part="recorder")
    said = {
        "url": str(office.client.make_url(PATH)),
        "ticket": ticket,
        "consenting": consenting,
        "permission": {**asdict(WHOLE), **permission},
        "most_s": 600,
    }
    return json.dumps(said).encode() + b"\n"


async def recorder(words: bytes) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert process.stdin is not None
    process.stdin.write(words)
    return process


async def within_a_second(*what: Coroutine[Any, Any, object]) -> None:
    """A tick that comes late means that this machine had no time for us; it counts as one."""
    under_way = {asyncio.create_task(one) for one in what}
    for _ in range(20):
        done, under_way = await asyncio.wait(under_way, timeout=0.05)
        for one in done:
            one.result()
        if not under_way:
            return
    raise TimeoutError


@pytest.mark.criterion("J09")
async def test_it_is_seen_by_all_takes_both_and_a_word_ends_it_within_a_second(office: Office) -> None:
    async with call_of_two(office) as (host, guest):
        process = await recorder(order(office, [host.id, guest.id]))
        assert process.stdin is not None
        assert process.stdout is not None
        seen = await asyncio.gather(host.meet_recorder(), guest.meet_recorder())
        assert {(one["role"], one["part"], one["name"]) for one in seen} == {
            ("recorder", "recorder", "Aufzeichnung")
        }
        async with asyncio.timeout(PATIENCE_S):
            film = await process.stdout.readexactly(4_000)
        process.stdin.close()
        await within_a_second(*(one.person.hear("left", id=seen[0]["id"]) for one in (host, guest)))
        film += await process.stdout.read()
        assert await process.wait() == 0
    tape: Any = av.open(io.BytesIO(film))
    assert sorted(stream.type for stream in tape.streams) == ["audio", "audio", "video", "video"]
    assert len({packet.stream.index for packet in tape.demux() if packet.size}) == 4


@pytest.mark.criterion("J09")
async def test_who_loads_the_page_anew_ends_it_and_is_never_half_in_it(office: Office) -> None:
    async with call_of_two(office) as (host, guest):
        process = await recorder(order(office, [host.id, guest.id]))
        assert process.stdout is not None
        seen = (await asyncio.gather(host.meet_recorder(), guest.meet_recorder()))[0]
        async with asyncio.timeout(PATIENCE_S):
            film = await process.stdout.readexactly(4_000)
            await office.enter("guest", "Ida", device=IDAS_PHONE)
            await host.person.hear("left", id=seen["id"])
            film += await process.stdout.read()
            assert await process.wait() == 0
    assert {stream.type for stream in av.open(io.BytesIO(film)).streams} == {"audio", "video"}


@pytest.mark.criterion("J09")
@pytest.mark.parametrize(
    "lack", [{"switched_on": False}, {"legal_basis": ""}, {"approved_by_officer": False}]
)
def test_without_a_yes_the_process_refuses_to_exist(lack: dict[str, Any]) -> None:
    said = {
        "url": "ws://127.0.0.1:1/",
        "ticket": "x",
        "consenting": ["a"],
        "permission": {**asdict(WHOLE), **lack},
        "most_s": 1,
    }
    for words in (json.dumps(said).encode() + b"\n", b"", b"{}\n"):
        done = subprocess.run(COMMAND, input=words, cwd=ROOT, capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (3, b"")


@pytest.mark.criterion("J07")
@pytest.mark.criterion("J09")
async def test_who_has_not_consented_ends_it_before_anything_is_taken(office: Office) -> None:
    async with call_of_two(office) as (host, guest):
        process = await recorder(order(office, [host.id]))
        for one in (host, guest):
            came = await one.person.hear("peer", role="recorder")
            await one.person.hear("left", id=came["id"])
        film, _ = await process.communicate()
        assert (process.returncode, film) == (3, b"")


async def test_who_takes_long_to_connect_is_waited_for_instead_of_recording_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.recorder.GATHER_S", 0)
    async with call_of_two(office) as (host, guest):
        recorder = Recorder(Order.from_json(order(office, [host.id, guest.id])), io.BytesIO())
        running = asyncio.create_task(recorder.run())
        await asyncio.gather(host.meet_recorder(), guest.meet_recorder())
        await until(lambda: recorder.began)
        recorder.stop("told")
        assert await running == DONE


@pytest.mark.criterion("J09")
async def test_it_enters_only_beside_a_host_and_takes_no_guests_place(office: Office) -> None:
    lonely = await office.open()
    token = office.token("recorder", "Aufzeichnung", part="recorder")
    await lonely.say("hello", ticket=token, instance="recorder-1")
    assert (await lonely.hear("error"))["code"] == "not-allowed"
    await office.enter("host")
    for who in ("a", "b", "c"):
        await office.enter("guest", who)
    assert (await office.enter("recorder", "r", part="recorder")).welcome["state"] == "admitted"
    second = await office.open()
    await second.say("hello", ticket=office.token("recorder", "s", part="recorder"), instance="recorder-2")
    assert (await second.hear("error"))["code"] == "not-allowed"
