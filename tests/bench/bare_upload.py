"""The limit for documents: a bare aiohttp handler that pours a form's file, or a whole body, to the disk, and sends it back."""

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import BodyPartReader, web

CHUNK = 256 * 1024
Read = Callable[[], Awaitable[bytes]]


def app(folder: Path) -> web.Application:
    kept = folder / "kept"

    async def pour(read: Read) -> web.Response:
        with kept.open("wb") as file:
            while chunk := await read():
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        return web.Response(status=201)

    async def form(request: web.Request) -> web.Response:
        part = await (await request.multipart()).next()
        assert isinstance(part, BodyPartReader)
        return await pour(lambda: part.read_chunk(CHUNK))

    async def body(request: web.Request) -> web.Response:
        return await pour(lambda: request.content.read(CHUNK))

    async def back(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": str(kept.stat().st_size)})
        await answer.prepare(request)
        with kept.open("rb") as file:
            while chunk := file.read(CHUNK):
                await answer.write(chunk)
        return answer

    made = web.Application(client_max_size=1 << 40)
    made.router.add_post("/", form)
    made.router.add_patch("/", body)
    made.router.add_get("/", back)
    return made


if __name__ == "__main__":
    web.run_app(app(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), print=None, access_log=None)
