"""Processes stop, fall and come back behind nginx: no request is lost, and rooms go where somebody is."""

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from signaling.messages import SUBPROTOCOL
from tests.deploy.people import beside, book, enter, free, sign_in
from tests.deploy.running_city import Process, RunningCity
from tests.neighbours.process import port_answers
from tests.office.papers import a_pdf
from tests.signaling.people import SDP

SETTINGS = {"max_holds": 1000}
AT_ONCE = 8


@asynccontextmanager
async def asking(ask: Callable[[], Awaitable[int]]) -> AsyncIterator[Counter[int]]:
    """Several people ask all the time; the answers' status codes are counted."""
    seen: Counter[int] = Counter()
    over = asyncio.Event()

    async def go_on() -> None:
        while not over.is_set():
            seen[await ask()] += 1

    people = [asyncio.create_task(go_on()) for _ in range(AT_ONCE)]
    try:
        yield seen
    finally:
        over.set()
        await asyncio.gather(*people)


def reads_pages(session: aiohttp.ClientSession) -> Callable[[], Awaitable[int]]:
    async def ask() -> int:
        async with session.get("/services/bauberatung") as answer:
            await answer.read()
            return answer.status

    return ask


def takes_and_gives_back(
    session: aiohttp.ClientSession, slots: list[dict[str, Any]]
) -> Callable[[], Awaitable[int]]:
    """A POST that changes something; 201 when the time was free, 409 when somebody else had it."""

    async def ask() -> int:
        slot = slots[secrets.randbelow(len(slots))]
        wanted = {"services": [{"id": "bauberatung", "count": 1}], "mode": "video", "start": slot["start"]}
        headers = {"Idempotency-Key": secrets.token_hex(16)}
        async with session.post("/api/v1/holds", json=wanted, headers=headers) as answer:
            status, held = answer.status, await answer.read()
        if status == 201:
            async with session.delete(f"/api/v1/holds/{_hold(held)}") as gone:
                assert gone.status in (204, 404), await gone.text()
        return status

    return ask


def _hold(body: bytes) -> str:
    return str(json.loads(body)["hold"])


async def test_a_rolling_restart_loses_no_request_of_any_kind(
    deployed: RunningCity, browser_like: aiohttp.ClientSession
) -> None:
    slots = beside(await free(browser_like))[2:]  # none that passes while we look
    async with (
        asking(reads_pages(browser_like)) as pages,
        asking(takes_and_gives_back(browser_like, slots)) as holds,
    ):
        for process in deployed.server:
            await process.restart()
    assert set(pages) == {200}
    assert set(holds) <= {201, 409}
    assert pages[200] > AT_ONCE
    assert holds[201] > AT_ONCE


@pytest.mark.criterion("K09")
async def test_readers_notice_nothing_of_a_killed_server(
    deployed: RunningCity, browser_like: aiohttp.ClientSession
) -> None:
    async with asking(reads_pages(browser_like)) as pages:
        await deployed.server[0].restart(kill=True)
    assert set(pages) == {200}
    assert pages[200] > AT_ONCE


async def test_a_request_under_way_is_finished_by_a_server_that_stops(
    deployed: RunningCity, browser_like: aiohttp.ClientSession
) -> None:
    token = await book(browser_like)
    begun, go_on = asyncio.Event(), asyncio.Event()
    paper = a_pdf()

    async def slowly() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="item"\r\n\r\nlageplan\r\n'
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="p.pdf"\r\n\r\n' + paper[:9]
        begun.set()
        await go_on.wait()
        yield paper[9:] + b"\r\n--x--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    sending = asyncio.create_task(
        browser_like.post(f"/api/v1/appointments/{token}/documents", data=slowly(), headers=headers)
    )
    await begun.wait()
    process = await with_a_line(deployed.server)
    stopping = asyncio.create_task(process.restart())
    while await asyncio.to_thread(listens, process):  # noqa: ASYNC110  seen from outside only
        await asyncio.sleep(0.02)
    go_on.set()
    async with await sending as answer:
        assert answer.status == 201, await answer.text()
    await stopping


def listens(process: Process) -> bool:
    return port_answers(process.port)


async def with_a_line(processes: list[Process]) -> Process:
    """The one that somebody is connected to."""
    async with asyncio.timeout(60):
        while True:
            for process in processes:
                if process.lines():
                    return process
            await asyncio.sleep(0.02)


async def test_both_sides_of_a_room_reach_the_same_process_and_rooms_are_spread(
    deployed: RunningCity, browser_like: aiohttp.ClientSession
) -> None:
    used: Counter[int] = Counter()
    for number in range(100):  # which goes where depends on the ports: one process may be long in coming
        chosen = []
        for _ in range(2):
            before = [process.lines() for process in deployed.signaling]
            url = deployed.url.replace("https", "wss") + f"/signaling/v1?at={number:02x}"
            async with browser_like.ws_connect(url, protocols=(SUBPROTOCOL,)):
                after = [process.lines() for process in deployed.signaling]
                chosen += [i for i in range(2) if after[i] - before[i]]
        assert len(chosen) == 2
        assert len(set(chosen)) == 1
        used[chosen[0]] += 1
        if number >= 12 and len(used) == 2:
            break
    assert set(used) == {0, 1}


async def test_both_sides_of_a_room_whose_process_was_killed_meet_at_the_other(
    deployed: RunningCity, browser_like: aiohttp.ClientSession
) -> None:
    token = await book(browser_like, "Anna Wartet")
    await sign_in(browser_like)
    async with enter(browser_like, f"/appointments/{token}") as person:
        async with person.staying():
            appointment = await until_all_tell_of(browser_like, "Anna Wartet")
        fallen = await with_a_line(deployed.signaling)
        await asyncio.to_thread(fallen.kill)
        with pytest.raises(ConnectionResetError):
            while True:
                await person.next()
    async with (
        enter(browser_like, f"/appointments/{token}") as guest,
        enter(browser_like, f"/office/appointments/{appointment}") as clerk,
    ):
        await clerk.say("admit", guest=guest.id)
        await guest.hear("admitted")
        await clerk.say("description", to=guest.id, kind="offer", sdp=SDP)
        assert (await guest.hear("description"))["sdp"] == SDP
        await clerk.say("end")
    await fallen.come_back()


async def test_a_signaling_process_that_stops_gets_nobody_new(
    deployed: RunningCity, browser_like: aiohttp.ClientSession
) -> None:
    token = await book(browser_like)
    async with enter(browser_like, f"/appointments/{token}") as person:
        stopping = await with_a_line(deployed.signaling)
        before = stopping.lines()
        ended = asyncio.create_task(asyncio.to_thread(stopping.stop))
        assert await person.closed() in (1001, 1012)
        async with enter(browser_like, f"/appointments/{token}") as again:
            assert again.welcome["state"] == "waiting"
            assert stopping.lines() <= before
        await ended
    await stopping.come_back()


async def until_all_tell_of(session: aiohttp.ClientSession, name: str) -> str:
    """Until every server lists this guest for the clerk, asked often enough to have asked each; the appointment."""
    async with asyncio.timeout(120):
        while True:
            found = []
            for _ in range(8):
                async with session.get("/api/v1/office/arrivals") as answer:
                    assert answer.status == 200, await answer.text()
                    there = (await answer.json())["arrivals"]
                found += [arrival["appointment"] for arrival in there if arrival["name"] == name]
            if len(found) == 8:
                return str(found[0])
            await asyncio.sleep(0.1)


async def test_servers_that_were_restarted_know_who_waits_and_whose_meeting_ends(
    deployed: RunningCity, browser_like: aiohttp.ClientSession
) -> None:
    token = await book(browser_like, "Berta Bleibt")
    await sign_in(browser_like)
    async with enter(browser_like, f"/appointments/{token}") as guest, guest.staying():
        appointment = await until_all_tell_of(browser_like, "Berta Bleibt")
        async with enter(browser_like, f"/office/appointments/{appointment}") as clerk, clerk.staying():
            for process in deployed.server:
                await process.restart()
            assert await until_all_tell_of(browser_like, "Berta Bleibt") == appointment
            await clerk.say("end")
            async with asyncio.timeout(60):
                while await status_of_entry(browser_like, token) == 200:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
    assert await status_of_entry(browser_like, token) == 410


async def status_of_entry(session: aiohttp.ClientSession, token: str) -> int:
    async with session.post(f"/api/v1/appointments/{token}/entry") as answer:
        return answer.status
