"""What lies between the two who call: nothing, or a TURN server on one side, or that with a slow line to it and to the server.
Who calls stands in first_frame_people.py."""

import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from signaling.settings import SignalingSettings
from signaling.turn import ice_servers
from tests.neighbours.process import Neighbour, free_port, port_answers
from tests.neighbours.turn import start_turn
from tests.office.served import ROOT


@dataclass(frozen=True)
class Line:
    """`settings` are for our server, `ice` configures the calling end of a bare page: relay only, as our clerk's is."""

    settings: dict[str, str] = field(default_factory=dict)
    ice: str = "{}"
    delay_ms: int = 0

    @property
    def query(self) -> str:
        return f"ice={quote(self.ice)}"

    @contextmanager
    def front_of(self, port: int) -> Iterator[int]:
        """The port at which browsers find what listens on `port`: another one where the line is slow."""
        if not self.delay_ms:
            yield port
            return
        front = free_port()
        with tempfile.TemporaryDirectory() as folder:
            command = [
                sys.executable,
                "-m",
                "tests.bench.slow_line",
                str(front),
                str(port),
                str(self.delay_ms),
            ]
            slow = Neighbour(command, Path(folder) / "line.log", cwd=ROOT)
            try:
                slow.wait_until(partial(port_answers, front))
                yield front
            finally:
                slow.stop()


DIRECT = Line()
NO_SECRET = "here-nobody-needs-a-ticket-at-all-really"


@asynccontextmanager
async def through_turn(transport: str, delay_ms: int = 0) -> AsyncIterator[Line]:
    """A line by way of a coturn of its own, over `udp` or `tcp`; with `delay_ms` to it and back."""
    with tempfile.TemporaryDirectory() as folder:
        turn = start_turn(Path(folder))
        try:
            with Line(delay_ms=delay_ms).front_of(turn.port) as port:
                url = f"turn:127.0.0.1:{port}?transport={transport}"
                now = time.time()
                known = SignalingSettings(NO_SECRET, turn_urls=(url,), turn_secret=turn.secret)
                ice: dict[str, Any] = {"iceServers": ice_servers(known, "bench", now + 7200, now)}
                ice["iceTransportPolicy"] = "relay"
                settings = {"turn_urls": url, "turn_secret": turn.secret}
                yield Line(settings, json.dumps(ice), delay_ms)
        finally:
            turn.server.stop()
