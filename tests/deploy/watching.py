"""Watches a call from inside a page: for how long no frame was decoded, and whether it is still the same connection."""

from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

# Before the page's own scripts: remembers every connection, and every state that one of them takes on.
REMEMBER = """(() => {
  const made = [], states = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) {
      super(...given);
      made.push(this);
      this.addEventListener('connectionstatechange', () => states.push(this.connectionState));
    }
  };
  window.watched = { made, states };
})();"""

# A tick that comes late means that this page got no computing time; it counts as one tick, not as a pause of the picture.
WATCH = """() => {
  const { made, states } = window.watched, tick = 50;
  const seen = { longest: 0, frames: 0, phases: [], lines: [], begun: made.length };
  let last = performance.now(), still = 0, known = -1, over = false;
  const decoded = async () => {
    let sum = 0;
    for (const connection of made) {
      if (connection.connectionState === 'closed') continue;
      for (const row of (await connection.getStats()).values())
        if (row.type === 'inbound-rtp' && row.kind === 'video') sum += row.framesDecoded ?? 0;
    }
    return sum;
  };
  const note = (list, value) => { if (list.at(-1) !== value) list.push(value); };
  const look = async () => {
    const frames = await decoded(), now = performance.now();
    still += known < 0 ? 0 : Math.min(now - last, 2 * tick);
    seen.longest = Math.max(seen.longest, still);
    if (frames > known) still = 0;
    if (known >= 0 && frames > known) seen.frames += frames - known;
    [known, last] = [frames, now];
    const room = document.querySelector('[data-testid=room-state]');
    note(seen.phases, room?.dataset.state);
    note(seen.lines, room?.dataset.line);
    if (!over) setTimeout(look, tick);
  };
  const before = states.length;
  look();
  window.watched.stop = () => {
    over = true;
    return { ...seen, made: made.length - seen.begun, states: states.slice(before) };
  };
}"""

# The other side sends nothing for a while: a picture that really stands still.
HOLD_BACK = """async milliseconds => {
  const senders = window.watched.made.flatMap((connection) => connection.getSenders());
  const sender = senders.find((one) => one.track?.kind === 'video');
  const { track } = sender;
  await sender.replaceTrack(null);
  await new Promise((later) => setTimeout(later, milliseconds));
  await sender.replaceTrack(track);
}"""


@dataclass(frozen=True)
class Seen:
    """`longest`: milliseconds without a new frame. `made`: connections built anew. `phases`, `lines`: what the room said."""

    longest: float
    frames: int
    made: int
    states: list[str]
    phases: list[str]
    lines: list[str]


async def remember(page: Page) -> None:
    """To be called before the page is opened."""
    await page.context.add_init_script(REMEMBER)


async def watch(page: Page) -> None:
    await page.evaluate(WATCH)


async def seen(page: Page) -> Seen:
    """What was seen since `watch`; watching ends."""
    found: dict[str, Any] = await page.evaluate("window.watched.stop()")
    found.pop("begun")
    return Seen(**found)


async def hold_back(page: Page, milliseconds: int) -> None:
    await page.evaluate(HOLD_BACK, milliseconds)
