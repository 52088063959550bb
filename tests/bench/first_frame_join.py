"""From opening the address to a waiting room that is ready, against a bare page that opens camera and socket."""

import os

from playwright.async_api import Page

from tests.bench.first_frame_people import NOTHING, bare_room, chromium, our_room
from tests.bench.harness import Measured, bench, in_turn

RUNS = int(os.environ.get("SPRECHZEIT_BENCH_JOINS", "15"))
# Ready: in the line, and the own camera runs. `data-state` speaks of the line, `srcObject` of the camera.
READY = """() => {
  const state = document.querySelector('[data-testid=room-state]')?.dataset.state;
  return state === 'waiting' && Boolean(document.querySelector('video[data-own]')?.srcObject);
}"""
# Looks at every change of the page, so that the mark is as exact as the bare page's own.
MARK_READY = f"""new MutationObserver((_, watch) => {{
  if (!({READY})()) return;
  performance.mark('ready');
  watch.disconnect();
}}).observe(document, {{ subtree: true, childList: true, attributes: true }});"""
SINCE_NAVIGATION = """() => new Promise((resolve) => {
  const seen = (list) => list.getEntriesByName('ready').forEach((mark) => resolve(mark.startTime));
  new PerformanceObserver(seen).observe({ type: 'mark', buffered: true });
})"""


async def join(page: Page, url: str) -> float:
    """Milliseconds from the navigation's begin to the mark."""
    await page.goto(url, wait_until="commit")
    spent = await page.evaluate(SINCE_NAVIGATION)
    await page.goto(NOTHING)
    return float(spent)


@bench(
    "cold-join",
    unit="ms",
    limit="bare page that opens camera and socket; no ticket, no words, no list, one file",
    goal="<= 1.15",
)
async def cold_join() -> Measured:
    async with chromium() as browser, our_room(browser) as ours, bare_room(browser) as bare:
        await ours.citizen.add_init_script(MARK_READY)

        async def our_join() -> float:
            return await join(ours.citizen, ours.citizen_url)

        async def bare_join() -> float:
            return await join(bare.caller, f"{bare.url}/join.html")

        return await in_turn(our_join, bare_join, runs=RUNS)
