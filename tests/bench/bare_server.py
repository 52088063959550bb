"""The limit for bookings: a bare aiohttp handler that does one guarded insert with the bare driver, and nothing else."""

import asyncio
import itertools
import sys

import aiosqlite
import asyncpg
from aiohttp import web
from sqlalchemy import make_url

TABLE = "CREATE TABLE IF NOT EXISTS bare (duty INTEGER, tick INTEGER, who TEXT, PRIMARY KEY (duty, tick))"
counter = itertools.count()


async def on_postgresql(url: str) -> web.Application:
    pool = await asyncpg.create_pool(url.replace("+asyncpg", ""), min_size=4, max_size=10)
    await pool.execute(TABLE)

    async def insert(_request: web.Request) -> web.Response:
        await pool.execute("INSERT INTO bare VALUES ($1, $2, 'x')", 1, next(counter))
        return web.json_response({"ok": True}, status=201)

    return _app(insert)


async def on_sqlite(url: str) -> web.Application:
    connection = await aiosqlite.connect(make_url(url).database or "", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        await connection.execute(f"PRAGMA {pragma}")
    await connection.execute(TABLE)
    one = asyncio.Lock()

    async def insert(_request: web.Request) -> web.Response:
        async with one:
            await connection.execute("BEGIN IMMEDIATE")
            await connection.execute("INSERT INTO bare VALUES (?, ?, 'x')", (1, next(counter)))
            await connection.execute("COMMIT")
        return web.json_response({"ok": True}, status=201)

    return _app(insert)


def _app(handler: object) -> web.Application:
    app = web.Application()
    app.router.add_post("/insert", handler)  # type: ignore[arg-type]
    return app


if __name__ == "__main__":
    database_url, port = sys.argv[1], int(sys.argv[2])
    make = on_sqlite if database_url.startswith("sqlite") else on_postgresql
    web.run_app(make(database_url), host="127.0.0.1", port=port, print=None, access_log=None)
