"""A clerk of the rush's office who can sign in, for benchmarks that work beside the crowd."""

import aiohttp
from sqlalchemy import update

from server.db import Database
from server.people.model import StaffRow
from server.people.sign_in import HASHER

NAME, PASSWORD = "a", "sprechzeit-bench"


async def may_sign_in(database_url: str) -> None:
    """Gives the office's only clerk a password."""
    db = Database(database_url)
    async with db.write() as tx:
        await tx.execute(update(StaffRow).values(password_hash=HASHER.hash(PASSWORD)))
    await db.close()


def browser(*, connections: int = 0) -> aiohttp.ClientSession:
    """Keeps cookies of addresses without a name, too."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections), cookie_jar=aiohttp.CookieJar(unsafe=True)
    )


async def sign_in(session: aiohttp.ClientSession, url: str) -> int:
    body = {"name": NAME, "password": PASSWORD}
    async with session.post(f"{url}/api/v1/session", json=body) as answer:
        assert answer.status < 300, await answer.text()
        return answer.status
