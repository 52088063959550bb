"""A bare relay: reads JSON, passes the text on to the other in the room. No tickets, checks, numbers or resume."""

import json
import sys
from pathlib import Path

from aiohttp import WSMsgType, web

rooms: dict[str, set[web.WebSocketResponse]] = {}


async def relay(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    room = rooms.setdefault(request.match_info["room"], set())
    room.add(socket)
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT and "kind" in json.loads(message.data):
                for other in room:
                    if other is not socket:
                        await other.send_str(message.data)
    finally:
        room.discard(socket)
    return socket


def main(port: int) -> None:
    app = web.Application()
    app.router.add_get("/relay/{room}", relay)
    app.router.add_static("/", Path(__file__).parent)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
