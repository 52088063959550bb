"""The limit for reading: a bare aiohttp handler that answers with the bytes of a file, and nothing else."""

import sys
from pathlib import Path

from aiohttp import web


def app(body: bytes, content_type: str) -> web.Application:
    async def read(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type=content_type)

    made = web.Application()
    made.router.add_get("/", read)
    return made


if __name__ == "__main__":
    file, kind, port = sys.argv[1:]
    web.run_app(
        app(Path(file).read_bytes(), kind), host="127.0.0.1", port=int(port), print=None, access_log=None
    )
