"""What a route's handler holds in its hand: the office's parts and this one request. No rule is decided here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from recordings_policy.retention import PeriodsAt
from server.access import Staff
from server.catalog.model import Catalogue
from server.clock import Clock
from server.db import Database
from server.notices.outbox import OutboxBell
from server.sealing import Keyring
from server.settings import Settings
from server.web.language import Language
from server.web.session import caller_key
from signaling.bus import Bus

if TYPE_CHECKING:
    from server.booking.availability import Calendar
    from server.documents.checking import Door
    from server.documents.seal import Store
    from server.documents.send_out import Sending
    from server.people.sign_in import Attempts
    from server.privacy.erase import Erasing
    from server.rooms.listen import RoomWatch
    from server.rooms.tape import Studio
    from server.signing.desk import Desk


@dataclass(frozen=True)
class Office:
    """The parts that one running server has, put together in `server/app.py`."""

    settings: Settings
    clock: Clock
    db: Database
    keyring: Keyring
    store: "Store"
    door: "Door"
    bell: OutboxBell
    calendar: "Calendar"
    rooms: "RoomWatch"
    studio: "Studio"
    attempts: "Attempts"
    periods: PeriodsAt
    sending: "Sending"
    signing: "Desk"
    erasing: "Erasing"
    press: Callable[[str], Awaitable[bytes]]

    @property
    def secret(self) -> str:
        return self.settings.secret.get_secret_value()


@dataclass
class Call:
    """One request: who asks, in which language, with which validated body and query."""

    request: web.Request
    office: Office
    language: Language
    now: datetime
    staff: Staff | None = None
    body: Any = None
    query: Any = None
    client: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def member(self) -> Staff:
        """The signed-in member of staff; only called on routes that demand a role."""
        assert self.staff is not None
        return self.staff

    @property
    def caller(self) -> str:
        """Who calls, by network and browser, for one day; see `server/rooms/exclude.py`."""
        return caller_key(self.request, self.office.settings, self.now)

    def path(self, name: str) -> str:
        return self.request.match_info[name]

    async def catalogue(self) -> Catalogue:
        """The city's offer as it stands, from the versioned snapshot."""
        return await self.office.calendar.catalogue(self.now)


OFFICE = web.AppKey("office", Office)
BUS: web.AppKey[Bus] = web.AppKey("bus")
