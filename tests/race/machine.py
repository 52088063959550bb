"""The office as a state machine: citizens, hotline, gate and scheduler do what they like, and the books must stay right.

What is acknowledged is written down here; after every step the database is compared with it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from aiohttp import ClientResponse
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.clock import BERLIN
from tests.office.city import City, Client
from tests.race.books import faults

T = TypeVar("T")
Opened = tuple[City, Callable[[], Coroutine[Any, Any, None]]]
CHANNELS = {"phone": "hotline", "walk-in": "gate", "onsite": "clerk3"}
WISHES = (
    (("bauberatung", 1),),
    (("meldebescheinigung", 2),),
    (("personalausweis", 1),),
    (("meldebescheinigung", 1), ("personalausweis", 1)),
)
nth = st.integers(0, 40)


@dataclass
class Told:
    """What the citizens were told: open holds, and the appointments that are theirs until they give them back."""

    holds: list[dict[str, Any]] = field(default_factory=list)
    booked: dict[str, dict[str, Any]] = field(default_factory=dict)


class OfficeMachine(RuleBasedStateMachine):
    """`opener` gives a fresh city; every rule is one request (or one action of the house)."""

    done: ClassVar[Counter[tuple[str, int]]] = Counter()

    @staticmethod
    def opener() -> Coroutine[Any, Any, Opened]:
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.told = Told()
        self.staff: dict[str, Client] = {}
        self.duties: list[int] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def open(self) -> None:
        self.city, self._close = self.run(type(self).opener())

    def teardown(self) -> None:
        try:
            if hasattr(self, "city"):
                self.run(self._close())
        finally:
            self.runner.close()

    # -- citizens ---------------------------------------------------------------------------------------------

    @rule(wish=st.sampled_from(WISHES), mode=st.sampled_from(("video", "onsite")), which=nth)
    def hold(self, wish: Any, mode: str, which: int) -> None:
        self.run(self._hold(wish, mode, which, None))

    @rule(wish=st.sampled_from(WISHES), channel=st.sampled_from(sorted(CHANNELS)), which=nth)
    def hold_by_staff(self, wish: Any, channel: str, which: int) -> None:
        self.run(self._hold(wish, "onsite", which, channel))

    @precondition(lambda self: self.told.holds)
    @rule(which=nth)
    def confirm(self, which: int) -> None:
        self.run(self._confirm(self.told.holds.pop(which % len(self.told.holds))))

    @precondition(lambda self: self.told.holds)
    @rule(which=nth)
    def release(self, which: int) -> None:
        hold = self.told.holds.pop(which % len(self.told.holds))
        self.expect(self.run(self.city.client.delete(f"/api/v1/holds/{hold['hold']}")), 204)

    @precondition(lambda self: self.told.booked)
    @rule(which=nth, to=nth, mode=st.sampled_from(("video", "onsite")))
    def move(self, which: int, to: int, mode: str) -> None:
        self.run(self._move(sorted(self.told.booked)[which % len(self.told.booked)], to, mode))

    @precondition(lambda self: self.told.booked)
    @rule(which=nth)
    def cancel(self, which: int) -> None:
        token = sorted(self.told.booked)[which % len(self.told.booked)]
        answer = self.run(self.city.client.delete(f"/api/v1/appointments/{token}"))
        self.expect(answer, 204, 409)
        if answer.status == 204:
            del self.told.booked[token]

    # -- the house --------------------------------------------------------------------------------------------

    @rule(clerk=st.integers(1, 4), day=st.integers(0, 10), begin=st.integers(8, 10), hours=st.integers(1, 4))
    def sickness(self, clerk: int, day: int, begin: int, hours: int) -> None:
        start = self._at(day, begin)
        span = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=hours)).isoformat()}
        for hold in self.told.holds:
            hold["shaky"] = True
        self.run(self._as("scheduler", "/api/v1/office/absences", {"staff_id": clerk, **span}))

    @rule(clerk=st.integers(1, 4), day=st.integers(0, 10), begin=st.integers(12, 15))
    def roster_change(self, clerk: int, day: int, begin: int) -> None:
        start = self._at(day, begin)
        span = {"start": start.isoformat(), "end": (start + timedelta(hours=2)).isoformat()}
        body = {"login": f"clerk{clerk}", "takes_video": True, **span}
        made = self.run(self._as("scheduler", "/api/v1/office/duties", body))
        if made is not None:
            self.duties.append(made["id"])

    @precondition(lambda self: self.duties)
    @rule(which=nth)
    def duty_withdrawn(self, which: int) -> None:
        """Gone where it holds nothing; else it stays and the scheduler is told."""
        self.run(self._withdraw(self.duties.pop(which % len(self.duties))))

    @rule(minutes=st.sampled_from((1, 9, 11, 45, 300)))
    def time_passes(self, minutes: int) -> None:
        self.city.clock.advance(timedelta(minutes=minutes))
        self.run(self.city.work())
        self.told.holds = [h for h in self.told.holds if h["expires_at"] > self.city.now.isoformat()]

    # -- what must always be true -----------------------------------------------------------------------------

    @invariant()
    def the_books_are_right(self) -> None:
        if hasattr(self, "city"):
            wrong = self.run(faults(self.city, {one["number"] for one in self.told.booked.values()}))
            assert wrong == []

    # -- how it is asked --------------------------------------------------------------------------------------

    def expect(self, answer: ClientResponse, *statuses: int) -> None:
        assert answer.status in statuses, (answer.method, answer.url, answer.status, self.run(answer.text()))

    def _at(self, day: int, hour: int) -> datetime:
        today = self.city.now.astimezone(BERLIN).replace(hour=hour, minute=0, second=0, microsecond=0)
        return today + timedelta(days=day)

    async def _slot(self, wish: Any, mode: str, which: int, **more: str) -> dict[str, Any] | None:
        query = [("service", service) for service, _ in wish] + [("count", str(count)) for _, count in wish]
        today = self.city.now.astimezone(BERLIN).date()
        query += [
            ("mode", mode),
            ("from", f"{today}"),
            ("to", f"{today + timedelta(days=10)}"),
            *more.items(),
        ]
        path, client = "/api/v1/availability", self.city.client
        if "channel" in more:
            path, client = "/api/v1/office/availability", await self._staff(CHANNELS[more["channel"]])
        answer = await client.get(path, params=query)
        assert answer.status in (200, 422), await answer.text()
        days = (await answer.json()).get("days", [])
        slots = [slot for day in days for slot in day["slots"] if slot["mode"] == mode]
        return slots[which % len(slots)] if slots else None

    async def _hold(self, wish: Any, mode: str, which: int, channel: str | None) -> None:
        slot = await self._slot(wish, mode, which, **({"channel": channel} if channel else {}))
        if slot is None:
            return
        services = [{"id": service, "count": count} for service, count in wish]
        body = {"services": services, "mode": mode, "start": slot["start"]}
        body |= {"site": slot["site"]} if slot.get("site") else {}
        path, client = "/api/v1/holds", self.city.client
        if channel:
            path, client = "/api/v1/office/holds", await self._staff(CHANNELS[channel])
            body["channel"] = channel
        answer = await client.post(path, json=body)
        assert answer.status == 201, (
            body,
            await answer.text(),
        )  # nobody else is there: what is shown can be had
        self.told.holds.append(await answer.json())

    async def _confirm(self, hold: dict[str, Any]) -> None:
        answer = await self.city.confirm(hold["hold"], email=None)
        if answer.status == 410 and hold.get("shaky"):
            return  # its clerk fell ill and no colleague was free: the only hold that may end early
        assert answer.status == 201, await answer.text()
        booked = await answer.json()
        self.told.booked[booked["token"]] = booked

    async def _move(self, token: str, to: int, mode: str) -> None:
        wish = tuple((s["id"], s["count"]) for s in self.told.booked[token]["services"])
        slot = await self._slot(wish, mode, to)
        if slot is None:
            return
        body = {key: slot[key] for key in ("start", "mode", "site") if slot.get(key)}
        answer = await self.city.client.post(f"/api/v1/appointments/{token}/move", json=body)
        assert answer.status in (200, 409), await answer.text()

    async def _as(self, login: str, path: str, body: dict[str, Any]) -> Any:
        """What was made, or None where the house said no (an overlap, a day in the past)."""
        client = await self._staff(login)
        answer = await client.post(path, json=body)
        assert answer.status in (201, 409, 422), (path, answer.status, await answer.text())
        self.done[path, answer.status] += 1
        return await answer.json() if answer.status == 201 else None

    async def _withdraw(self, duty_id: int) -> None:
        client = await self._staff("scheduler")
        answer = await client.delete(f"/api/v1/office/duties/{duty_id}")
        assert answer.status in (200, 204, 404, 409), await answer.text()

    async def _staff(self, login: str) -> Client:
        client = self.staff.get(login)
        if client is None or (await client.get("/api/v1/session")).status != 200:
            client = self.staff[login] = await self.city.sign_in(login)
        return client
