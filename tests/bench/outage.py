"""How soon the picture is back after the citizen's network was away: real browsers on hosts of their own."""

import os
import tempfile
from pathlib import Path

from tests.bench.harness import Measured, alone, bench
from tests.network.call import call
from tests.network.internet import CITY, internet
from tests.network.outage import begin, cut, mend
from tests.network.relay import relay

RUNS = int(os.environ.get("SPRECHZEIT_BENCH_OUTAGES", "7"))
OUTAGE_S = 10


async def measure(seconds: float, *, other_address: bool) -> Measured:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, internet() as net:
        folder = Path(name)
        with relay(net.city, [CITY], folder / "turn") as turn:
            async with call(net, folder, turn) as both:

                async def once() -> float:
                    try:
                        await begin(both)
                        if seconds:
                            await cut(both, seconds)
                        return await mend(both, other_address=other_address)
                    finally:
                        await both.part()

                return await alone(once, runs=RUNS)


@bench("outage", unit="s", limit="none: from the line's return to pictures on both sides", goal="<= 3 s")
async def outage() -> Measured:
    """Ten seconds without network, and another address afterwards."""
    return await measure(OUTAGE_S, other_address=True)


@bench("outage-same-address", unit="s", limit="none: as above, on the old address", goal="<= 3 s")
async def outage_same_address() -> Measured:
    return await measure(OUTAGE_S, other_address=False)


@bench(
    "network-change", unit="s", limit="none: from the new address to pictures on both sides", goal="<= 3 s"
)
async def network_change() -> Measured:
    return await measure(0, other_address=True)
