"""All that reaches the citizen: frames of the WebSocket, the browser's statistics, every packet on the line."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address

from playwright.async_api import Page, WebSocket

from signaling.stun import COOKIE
from tests.network.namespaces import Host

ALL_PROTOCOLS = 3
NAME_SERVICE = b"\0\x35"
# To be run before the page's own scripts: its connections can be asked for their statistics then, and told to take any way.
KEEP_CONNECTIONS = """{
  const Plain = RTCPeerConnection;
  const chosen = (given) => {
    const policy = localStorage.getItem('test-ice-policy');
    return policy === null ? given : { ...given, iceTransportPolicy: policy };
  };
  window.connections = [];
  window.RTCPeerConnection = class extends Plain {
    constructor(given) { super(chosen(given)); window.connections.push(this); }
    setConfiguration(given) { super.setConfiguration(chosen(given)); }
  };
}"""
STATISTICS = """async () => {
  const all = [];
  for (const one of window.connections) {
    if (one.connectionState === 'closed') continue;
    (await one.getStats()).forEach((report) => all.push(report));
    all.push(one.remoteDescription?.sdp, one.localDescription?.sdp);
  }
  return all;
}"""


class Words:
    """What a page's WebSockets and HTTP answers said."""

    def __init__(self, page: Page) -> None:
        self.received: list[str] = []
        page.on("websocket", self._listen)

    def _listen(self, line: WebSocket) -> None:
        line.on("framereceived", lambda frame: self.received.append(str(frame)))

    def messages(self, kind: str) -> list[dict[str, object]]:
        found = [json.loads(text) for text in self.received]
        return [message for message in found if message["type"] == kind]


class Packets:
    """Every frame on a host's line, as it was on the wire."""

    def __init__(self, host: Host, device: str) -> None:
        with host.entered():
            self._ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
        self._ear.bind((device, 0))
        self._ear.settimeout(0.2)
        self._stop = threading.Event()
        self.frames: list[bytes] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._stop.is_set():
            try:
                self.frames.append(self._ear.recv(65_536))
            except TimeoutError:
                continue

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._ear.close()

    def media(self) -> set[str]:
        """The IPv4 addresses at which UDP goes to and fro, name servers left out."""
        both: dict[str, set[str]] = {"from": set(), "to": set()}
        for frame in self.frames:
            ports = {frame[34:36], frame[36:38]}
            if frame[12:14] == b"\x08\0" and frame[23] == socket.IPPROTO_UDP and NAME_SERVICE not in ports:
                both["from"].add(str(IPv4Address(frame[26:30])))
                both["to"].add(str(IPv4Address(frame[30:34])))
        return both["from"] & both["to"]

    def carry(self, address: str) -> bool:
        """Whether any packet holds this address: as text, in binary, or XORed as STUN does it."""
        packed = IPv4Address(address).packed
        hidden = (int.from_bytes(packed) ^ COOKIE).to_bytes(4)
        forms = (address.encode(), b"\x00\x01" + packed, hidden)
        return any(form in frame for frame in self.frames for form in forms)


@contextmanager
def packets(host: Host, device: str = "eth0") -> Iterator[Packets]:
    heard = Packets(host, device)
    try:
        yield heard
    finally:
        heard.close()
