"""From "Einlassen" to the clerk's picture before the citizen, against a cold call of two bare pages and of two ends in one page:
directly, through TURN, and through TURN over a slow line."""

from tests.bench.first_frame_line import DIRECT, Line, through_turn
from tests.bench.first_frame_people import bare_room, chromium, our_room
from tests.bench.harness import Measured, bench, calls, in_turn

LIMIT = "cold call of two bare pages over a bare relay, cameras and sockets open before the click; no waiting room"


async def admitted(line: Line) -> Measured:
    async with chromium() as browser, our_room(browser, line) as ours, bare_room(browser, line) as bare:
        return await in_turn(ours.admit, bare.call, runs=calls(), also={"one page": bare.call_itself})


@bench("admit-to-first-frame", unit="ms", limit=LIMIT, goal="<= 0.5")
async def directly() -> Measured:
    return await admitted(DIRECT)


@bench("admit-to-first-frame-turn-udp", unit="ms", limit=LIMIT, goal="<= 0.5")
async def through_udp() -> Measured:
    async with through_turn("udp") as line:
        return await admitted(line)


@bench("admit-to-first-frame-turn-tcp", unit="ms", limit=LIMIT, goal="<= 0.5")
async def through_tcp() -> Measured:
    async with through_turn("tcp") as line:
        return await admitted(line)


@bench("admit-to-first-frame-turn-slow", unit="ms", limit=f"{LIMIT}; 40 ms there and back", goal="<= 0.4")
async def over_a_slow_line() -> Measured:
    async with through_turn("udp", delay_ms=40) as line:
        return await admitted(line)
