"""Whether an appointment's room is open, and whether the guest is there, for pages of several features."""

from dataclasses import dataclass
from datetime import datetime

from server.access import Appointment
from server.rooms.admit import room_of, window
from server.web.call import Call


@dataclass(frozen=True, slots=True)
class RoomState:
    """`open` now; `over` for good; `guest_is_there` by what signaling told."""

    opens_at: datetime
    open: bool
    over: bool
    guest_is_there: bool


def room_state(call: Call, appointment: Appointment) -> RoomState:
    opens_at, closes_at = window(appointment, call.office.settings)
    guest = call.office.rooms.guest_in(room_of(appointment.id, call.office.settings))
    return RoomState(opens_at, opens_at <= call.now < closes_at, call.now >= closes_at, guest is not None)
