"""A line with delay in front of one port: `python -m tests.bench.slow_line LISTEN TO MILLISECONDS`. Holds back each piece, TCP
and UDP alike, for half of that each way; loses nothing and keeps the order."""

import asyncio
import sys
from collections.abc import Callable
from functools import partial
from typing import cast

Address = tuple[str, int]
HERE = "127.0.0.1"


async def pump(delay_s: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    loop = asyncio.get_running_loop()
    try:
        while piece := await reader.read(65_536):
            loop.call_later(delay_s, writer.write, piece)
    except ConnectionError:
        pass
    finally:
        loop.call_later(delay_s, writer.close)


async def take(to: int, delay_s: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    far_reader, far_writer = await asyncio.open_connection(HERE, to)
    await asyncio.gather(pump(delay_s, reader, far_writer), pump(delay_s, far_reader, writer))


class Back(asyncio.DatagramProtocol):
    """The way back to one sender."""

    def __init__(self, front: "Front", sender: Address) -> None:
        self.front, self.sender = front, sender

    def datagram_received(self, data: bytes, _address: Address) -> None:
        self.front.later(partial(self.front.send, data, self.sender))


class Front(asyncio.DatagramProtocol):
    """Gives each sender a socket of its own towards the far end."""

    def __init__(self, to: int, delay_s: float) -> None:
        self.to, self.delay_s = to, delay_s
        self.loop = asyncio.get_running_loop()
        self.ways: dict[Address, asyncio.Task[asyncio.DatagramTransport]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # By its class it is none before Python 3.12.
        self.send = cast(asyncio.DatagramTransport, transport).sendto

    def datagram_received(self, data: bytes, sender: Address) -> None:
        if sender not in self.ways:
            self.ways[sender] = self.loop.create_task(self.way(sender))
        self.later(lambda: self.ways[sender].add_done_callback(lambda way: way.result().sendto(data)))

    def later(self, send: Callable[[], None]) -> None:
        self.loop.call_later(self.delay_s, send)

    async def way(self, sender: Address) -> asyncio.DatagramTransport:
        far = (HERE, self.to)
        transport, _ = await self.loop.create_datagram_endpoint(lambda: Back(self, sender), remote_addr=far)
        return transport


async def main(listen: int, to: int, delay_s: float) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: Front(to, delay_s), local_addr=(HERE, listen))
    server = await asyncio.start_server(partial(take, to, delay_s), HERE, listen)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) / 2000))
