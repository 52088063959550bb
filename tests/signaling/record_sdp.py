"""`python -m tests.signaling.record_sdp`: records what today's Firefox and Chromium say to each other, as samples in
sdp_samples/ for the tests of the allow-list. Keys and addresses are replaced; nothing is checked here."""

import asyncio
import hashlib
import json
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from playwright.async_api import async_playwright

from tests.browser.bidi import session
from tests.browser.fox import Fox
from tests.browser.people import new_person
from tests.browser.seat import ChromiumSeat, Seat
from tests.neighbours.browser import ARGUMENTS, find_chromium
from tests.neighbours.firefox import start_firefox, start_screen
from tests.neighbours.process import free_port

SAMPLES = Path(__file__).parent / "sdp_samples"
SCRIPT = """(() => {
  const gathered = (pc) => new Promise((done) => {
    if (pc.iceGatheringState === 'complete') done();
    pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done();
    setTimeout(done, 5000);
  });
  window.begin = () => {
    window.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    window.candidates = [];
    pc.onicecandidate = ({ candidate }) => candidate && candidates.push(candidate.candidate);
    return true;
  };
  window.own = async () => (window.stream ??= await navigator.mediaDevices.getUserMedia({ audio: true, video: true }));
  window.prepare = () => {
    const empty = new MediaStream();
    for (const kind of ['audio', 'video']) pc.addTransceiver(kind, { direction: 'sendrecv', streams: [empty] });
    return true;
  };
  window.send = async () => {
    const stream = await own();
    for (const track of stream.getTracks()) {
      const prepared = pc.getTransceivers().find((one) => one.receiver.track.kind === track.kind);
      if (prepared) { prepared.direction = 'sendrecv'; await prepared.sender.replaceTrack(track); }
      else pc.addTrack(track, stream);
    }
    return true;
  };
  window.second = async () => {
    const [track] = (await own()).getVideoTracks();
    pc.addTransceiver(track.clone(), { direction: 'sendonly', streams: [new MediaStream()] });
    return true;
  };
  window.data = () => Boolean(pc.createDataChannel('control', { negotiated: true, id: 0 }));
  window.describe = async () => { await pc.setLocalDescription(); return pc.localDescription.sdp; };
  window.whole = async () => { await gathered(pc); return pc.localDescription.sdp; };
  window.take = async (type, sdp) => { await pc.setRemoteDescription({ type, sdp }); return true; };
  return true;
})()"""


def anonymous(text: str) -> str:
    """The same lines with other keys, names and addresses, of the same shape."""

    def digits(found: re.Match[str]) -> str:
        made = hashlib.sha512(found[2].encode()).hexdigest()
        if ":" in found[2]:
            return found[1] + ":".join(made[i : i + 2].upper() for i in range(0, 64, 2))
        return found[1] + made[: len(found[2])]

    text = re.sub(r"(a=fingerprint:\S+ )([0-9A-Fa-f:]+)", digits, text)
    text = re.sub(r"((?:a=ice-ufrag:|a=ice-pwd:|ufrag ))([A-Za-z0-9+/]+)", digits, text)
    text = re.sub(r"\b(?:10|127|169\.254|172|192\.168|21)\.\d+\.\d+(?:\.\d+)?\b", "192.0.2.7", text)
    return re.sub(r"(?<= )(?:(?:f[cde]|2)[0-9a-f]*:[0-9a-f:]+|::1)\b", "2001:db8::7", text)


@asynccontextmanager
async def page_server() -> AsyncIterator[str]:
    async def nothing(_request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>SDP</title>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", nothing)
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        await runner.cleanup()


def keep(name: str, text: str) -> None:
    (SAMPLES / name).write_bytes(anonymous(text).encode("ascii"))


async def negotiate(offering: tuple[str, Seat], answering: tuple[str, Seat], what: str) -> None:
    (one, first), (other, second) = offering, answering
    offer = await first.evaluate("describe()")
    keep(f"{one}-offer-{what}.sdp", offer)
    await second.evaluate(f"take('offer', {json.dumps(offer)})")
    if what != "prepared":
        await second.evaluate("send()")
    answer = await second.evaluate("describe()")
    keep(f"{other}-answer-to-{one}-{what}.sdp", answer)
    await first.evaluate(f"take('answer', {json.dumps(answer)})")


async def converse(offering: tuple[str, Seat], answering: tuple[str, Seat]) -> None:
    """As in a room: prepared without tracks, then pictures, then words, then a screen, then another network."""
    for _, seat in (offering, answering):
        await seat.evaluate("begin()")
    name, seat = offering
    await seat.evaluate("prepare()")
    await negotiate(offering, answering, "prepared")
    await seat.evaluate("send()")
    await seat.evaluate("data()")
    await answering[1].evaluate("data()")
    await negotiate(offering, answering, "data")
    await seat.evaluate("second()")
    await negotiate(offering, answering, "screen")
    await seat.evaluate("pc.restartIce()")
    await negotiate(offering, answering, "restart")
    keep(f"{name}-offer-gathered.sdp", await seat.evaluate("whole()"))
    candidates = await seat.evaluate("candidates")
    keep(f"{name}-candidates.txt", "".join(f"{line}\n" for line in candidates if line))


async def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        screen, display = start_screen(folder)
        firefox = start_firefox(folder, display)
        try:
            async with (
                page_server() as url,
                async_playwright() as playwright,
                session(firefox.address) as bidi,
            ):
                launched = await playwright.chromium.launch(
                    executable_path=find_chromium(), args=list(ARGUMENTS)
                )
                chromium: Seat = ChromiumSeat(await new_person(launched))
                fox: Seat = await Fox(bidi).new_person()
                for seat in (chromium, fox):
                    await seat.goto(url)
                    await seat.evaluate(SCRIPT)
                await converse(("firefox", fox), ("chromium", chromium))
                await converse(("chromium", chromium), ("firefox", fox))
                await launched.close()
        finally:
            firefox.process.stop()
            screen.stop()


if __name__ == "__main__":
    asyncio.run(main())
