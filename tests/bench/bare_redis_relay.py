"""The least that passes texts between two processes over Redis: `python -m … PORT OWN OTHER REDIS_URL`. Checks nothing, keeps nothing."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator

from aiohttp import WSMsgType, web
from redis.asyncio import Redis


def main(port: int, own: str, other: str, redis_url: str) -> None:
    sockets: dict[str, web.WebSocketResponse] = {}
    redis = Redis.from_url(redis_url)

    async def talk(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        room = sockets_key = request.match_info["room"]
        sockets[sockets_key] = socket
        async for message in socket:
            if message.type is WSMsgType.TEXT and isinstance(json.loads(message.data), dict):
                await redis.publish(f"bare:{other}", f"{room}\n{message.data}")
        return socket

    async def listen() -> None:
        async with redis.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(f"bare:{own}")
            async for message in channel.listen():
                room, _, text = message["data"].decode().partition("\n")
                if room in sockets:
                    await sockets[room].send_str(text)

    async def running(_app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(listen())
        yield
        task.cancel()

    app = web.Application()
    app.router.add_get("/relay/{room}", talk)
    app.cleanup_ctx.append(running)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4])
