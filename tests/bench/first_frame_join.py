"""From opening the address to a waiting room that is ready, and to the first picture of the other; against bare pages."""

from tests.bench.first_frame_line import DIRECT, Line, through_turn
from tests.bench.first_frame_people import NOTHING, bare_room, chromium, our_room, since_navigation
from tests.bench.harness import Measured, bench, calls, in_turn

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
LIMIT = "bare page that opens camera and socket and calls at once whoever is there; no ticket, no admission, one file"


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
            spent = await since_navigation(ours.citizen, ours.citizen_url, "ready")
            await ours.citizen.goto(NOTHING)
            return spent

        async def bare_join() -> float:
            spent = await since_navigation(bare.caller, f"{bare.url}/join.html", "ready")
            await bare.caller.goto(NOTHING)
            return spent

        return await in_turn(our_join, bare_join, runs=calls())


async def joined(line: Line) -> Measured:
    async with chromium() as browser, our_room(browser, line) as ours, bare_room(browser, line) as bare:
        return await in_turn(ours.join, bare.join, runs=calls(), also={"one page": bare.join_itself})


@bench("join-to-first-frame", unit="ms", limit=LIMIT, goal="none set")
async def directly() -> Measured:
    return await joined(DIRECT)


@bench("join-to-first-frame-turn-udp", unit="ms", limit=LIMIT, goal="none set")
async def through_udp() -> Measured:
    async with through_turn("udp") as line:
        return await joined(line)


@bench("join-to-first-frame-turn-tcp", unit="ms", limit=LIMIT, goal="none set")
async def through_tcp() -> Measured:
    async with through_turn("tcp") as line:
        return await joined(line)
