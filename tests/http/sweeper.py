"""A sweep in a process that kills itself at a given step: of documents alone, or of all that ends by rule.

    python -m tests.http.sweeper DATABASE_URL STORE NOW documents|all|erasures

Each line on standard input is a step's number; the answer is "killed" or "done". A step is what lies before and after each
commit, and after each file's removal. The process that dies is a child of this one, so that it starts at once.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from server.booking.availability import Calendar
from server.booking.cancel import cancel_own
from server.db import Database
from server.documents import delete
from server.documents.seal import Store
from server.privacy import erase
from server.recurring import sweep_all
from server.sealing import Keyring
from tests.office.city import MASTER_KEY, settings_for


class Steps:
    """Counts down to the kill."""

    def __init__(self, left: int) -> None:
        self._left = left

    def pass_one(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class DyingDatabase(Database):
    def __init__(self, url: str, steps: Steps) -> None:
        super().__init__(url)
        self._steps = steps

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        async with super().write() as tx:
            yield tx
            self._steps.pass_one()
        self._steps.pass_one()


class DyingStore(Store):
    def __init__(self, folder: Path, steps: Steps) -> None:
        super().__init__(folder)
        self._steps = steps

    async def remove(self, document_id: str) -> None:
        await super().remove(document_id)
        self._steps.pass_one()


def erasing(db: Database) -> erase.Erasing:
    """As the city has it, on this database."""
    settings = settings_for(db.url.render_as_string(hide_password=False), Path("nowhere"), 1)
    cancel = partial(cancel_own, db, Calendar(db, assumption_day=settings.assumption_day), settings)
    return erase.Erasing(db, Keyring(MASTER_KEY, 1), cancel, delete.close_cases)


async def sweep(url: str, folder: Path, now: datetime, what: str, dies_at: int) -> None:
    steps = Steps(dies_at)
    db = DyingDatabase(url, steps)
    if what == "erasures":
        await erase.finish(erasing(db), now)
    else:
        some = delete.sweep if what == "documents" else sweep_all
        await some(db, DyingStore(folder, steps), now)
    await db.close()


def main() -> None:
    url, folder, now, what = sys.argv[1:]
    for line in sys.stdin:
        if not (child := os.fork()):
            asyncio.run(sweep(url, Path(folder), datetime.fromisoformat(now), what, int(line)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else "done" if status == 0 else "failed", flush=True)


if __name__ == "__main__":
    main()
