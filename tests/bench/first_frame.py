"""From "Einlassen" to the clerk's picture before the citizen, against a cold call of two bare pages."""

import os

from tests.bench.first_frame_people import bare_room, chromium, our_room
from tests.bench.harness import Measured, bench, in_turn

# Fewer say little: over 15 runs the bare call against itself spread from 0.90 to 1.12.
RUNS = int(os.environ.get("SPRECHZEIT_BENCH_CALLS", "40"))


@bench(
    "admit-to-first-frame",
    unit="ms",
    limit="cold call of two bare pages over a bare relay, cameras and sockets open before the click; no waiting room",
    goal="<= 0.5",
)
async def admit_to_first_frame() -> Measured:
    async with chromium() as browser, our_room(browser) as ours, bare_room(browser) as bare:
        return await in_turn(ours.admit, bare.call, runs=RUNS)
