"""Which other ways stand open when video does not work, for the room's and the check's page. No rule is decided here."""

from dataclasses import dataclass
from datetime import datetime

from server.access import Appointment, case_of
from server.errors import NotFound
from server.rooms.admit import window
from server.rooms.call_back import call_back_possible, call_backs
from server.web.call import Call
from server.web.manage_page import exchangeable


@dataclass(frozen=True, slots=True)
class Rescue:
    """Addresses; None where a way is closed. `number` is the telephone that the citizen gave when booking."""

    ways: str
    call_back: str | None
    asked: bool
    number: str
    onsite: str | None
    check: str | None
    starts: datetime
    opens: datetime


async def rescue_of(call: Call, appointment: Appointment) -> Rescue:
    token = call.path("token")
    async with call.office.db.read() as tx:
        asked = (await call_backs(tx, [appointment.id])).get(appointment.id)
        try:
            number = (await case_of(tx, appointment, call.office.keyring)).contact.phone or ""
        except NotFound:
            number = ""
    possible = call_back_possible(appointment, call.office.settings, call.now)
    opens_at, _ = window(appointment, call.office.settings)
    return Rescue(
        ways=f"/a/{token}/ways",
        call_back=f"/api/v1/appointments/{token}/call-back" if possible else None,
        asked=asked is not None and asked.called_at is None,
        number=number,
        onsite=f"/a/{token}/move?mode=onsite" if exchangeable(call, appointment) else None,
        check=f"/a/{token}/check",
        starts=appointment.starts_at,
        opens=opens_at,
    )
