"""The city in which the matrix is walked: visitors with their browsers, three appointments and what points to them."""

import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from aiohttp import FormData
from sqlalchemy import select, update

from server.booking.model import AppointmentRow, DutyRow
from tests.http.matrix import LOGINS, VISITORS
from tests.office.city import City, Client
from tests.office.papers import a_pdf

State = dict[str, Any]
PDF = a_pdf()
WATCHED = (
    "appointment",
    "claim",
    "case",
    "document",
    "service",
    "duty",
    "staff",
    "idempotency",
    "site",
    "unit",
)
COUNTED = ("outbox", "staff_session", "calendar_change", "closure", "training")


@dataclass(frozen=True)
class Thing:
    """An appointment with all that points to it; `hold` is a hold of its own, still open."""

    id: str
    token: str
    hold: str
    document: str


def random_thing() -> Thing:
    return Thing(
        secrets.token_hex(16), secrets.token_urlsafe(21), secrets.token_urlsafe(21), secrets.token_hex(16)
    )


@dataclass
class World:
    """The city with its visitors and three appointments."""

    city: City
    clients: dict[str, Client] = field(default_factory=dict)
    own: Thing = field(default_factory=random_thing)
    foreign: Thing = field(default_factory=random_thing)
    others: Thing = field(default_factory=random_thing)
    slots: Iterator[dict[str, Any]] = field(default_factory=lambda: iter(()))
    spare: dict[str, Any] = field(default_factory=dict)
    _beside: sqlite3.Connection | None = None
    _version: int = 0
    _state: State | None = None

    async def open(self) -> None:
        offered = await self.city.free("bauberatung", "video", days=27)
        slots = [slot for slot in offered if ":15:" not in slot["start"] and ":45:" not in slot["start"]]
        self.slots, self.spare = iter(slots[3:-1]), slots[-1]
        self.own = await self.thing(slots[0])
        self.foreign = await self.thing(slots[1])
        self.others = await self.thing(slots[2])
        await self._give(self.own, 1)
        await self._give(self.foreign, 4)
        await self._give(self.others, 4)
        self.city.clock.set(datetime.fromisoformat(slots[0]["start"]) - timedelta(minutes=5))
        self.own = replace(self.own, hold=await self.hold())
        for visitor in VISITORS:
            self.clients[visitor] = await self.client(visitor)

    async def client(self, visitor: str) -> Client:
        login = LOGINS.get(visitor)
        return await (self.city.sign_in(login) if login else self.city.another_client())

    async def _give(self, thing: Thing, staff_id: int) -> None:
        """The appointment lies on a duty of this clerk."""
        async with self.city.office.db.write() as tx:
            duty = await tx.scalar(select(DutyRow.id).where(DutyRow.staff_id == staff_id).limit(1))
            one = update(AppointmentRow).where(AppointmentRow.id == thing.id)
            await tx.execute(one.values(duty_id=duty))

    async def hold(self) -> str:
        answer = await self.city.hold("bauberatung", next(self.slots))
        assert answer.status == 201, await answer.text()
        return str((await answer.json())["hold"])

    async def fresh(self, key: str) -> Thing:
        """Something of the rightful visitor's that this route may use up."""
        if "{appointment}" in key:
            thing = await self.thing()
            await self._give(thing, 1)
            return thing
        if "{token}" in key:
            return await self.thing()
        uses_hold = "{hold}" in key or key == "POST /api/v1/appointments"
        return Thing("", "", await self.hold() if uses_hold else "", "")

    async def thing(self, slot: dict[str, Any] | None = None) -> Thing:
        held = await self.city.hold("bauberatung", slot or next(self.slots))
        answer = await self.city.confirm((await held.json())["hold"])
        booked = await answer.json()
        path = f"/api/v1/appointments/{booked['token']}/documents"
        sent = await (await self.city.client.post(path, data=a_file())).json()
        async with self.city.office.db.read() as tx:
            id_ = await tx.scalar(select(AppointmentRow.id).where(AppointmentRow.number == booked["number"]))
        return Thing(str(id_), booked["token"], "", sent["id"])

    def state(self) -> State:
        """What the database holds, read beside the server; anew only when somebody has written since."""
        if self._beside is None:
            self._beside = sqlite3.connect(str(self.city.office.db.url.database))
        (version,) = self._beside.execute("PRAGMA data_version").fetchone()
        if self._state is None or version != self._version:
            self._version, self._state = version, _read(self._beside)
        return self._state

    def close(self) -> None:
        if self._beside is not None:
            self._beside.close()


def _read(connection: sqlite3.Connection) -> State:
    rows = {t: sorted(map(repr, connection.execute(f'SELECT * FROM "{t}"'))) for t in WATCHED}
    counts = {t: connection.execute(f'SELECT count(*) FROM "{t}"').fetchone() for t in COUNTED}
    acts = "SELECT count(*) FROM audit WHERE action <> 'case.opened'"  # that they came to look is told anyway
    return {**rows, **counts, "audit": connection.execute(acts).fetchone()}


def a_file(csrf: str = "") -> FormData:
    form = FormData()
    if csrf:
        form.add_field("csrf", csrf)
    form.add_field("item", "lageplan")
    form.add_field("file", PDF, filename="plan.pdf", content_type="application/pdf")
    return form


def nothing_sealed() -> FormData:
    """A file that is no PDF, for those who ask whether it is sealed."""
    form = FormData()
    form.add_field("file", b"no PDF", filename="brief.pdf", content_type="application/pdf")
    return form
