"""A cable that takes its time: two TAP devices in two namespaces, and each frame held for a while in between.

python -m tests.network.forwarder MILLISECONDS NAMESPACE DEVICE NAMESPACE DEVICE
"""

import fcntl
import heapq
import itertools
import os
import select
import struct
import sys
import time

from tests.network.namespaces import Host

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
FRAME = 65_536


def device(namespace: str, name: str) -> int:
    """Made in that namespace; it is gone when this process is."""
    with Host(namespace).entered():
        descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return descriptor


def forward(one: int, other: int, delay_s: float) -> None:
    """Until the process is ended. Order is kept; nothing is lost here."""
    to = {one: other, other: one}
    held: list[tuple[float, int, int, bytes]] = []
    count = itertools.count()
    while True:
        patience = max(0.0, held[0][0] - time.monotonic()) if held else None
        readable, _, _ = select.select((one, other), (), (), patience)
        now = time.monotonic()
        for descriptor in readable:
            heapq.heappush(held, (now + delay_s, next(count), to[descriptor], os.read(descriptor, FRAME)))
        while held and held[0][0] <= now:
            _, _, descriptor, frame = heapq.heappop(held)
            try:
                os.write(descriptor, frame)
            except OSError:  # the other end is down for the moment: a cable loses it too
                continue


if __name__ == "__main__":
    milliseconds, *ends = sys.argv[1:]
    forward(device(*ends[:2]), device(*ends[2:]), int(milliseconds) / 1000)
