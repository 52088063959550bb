"""A place on the waiting list as its citizen sees it, in the API and on the page."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from server.access import Appointment, WaitingEntry, appointment_by_id, waiting_by_token
from server.booking.waiting_list import OPEN, position_of
from server.clock import berlin
from server.web.call import Call


@dataclass(frozen=True, slots=True)
class WaitingView:
    """The entry, its position (None when it is over), and the time that is kept for it."""

    entry: WaitingEntry
    position: int | None
    offered: Appointment | None


async def view_of(tx: AsyncConnection, token: str) -> WaitingView:
    entry = await waiting_by_token(tx, token)
    position = await position_of(tx, entry) if entry.state in OPEN else None
    offered = None
    if entry.state in ("offered", "booked") and entry.offered_id:
        offered = await appointment_by_id(tx, entry.offered_id)
    return WaitingView(entry, position, offered)


def waiting_json(call: Call, view: WaitingView, token: str) -> dict[str, Any]:
    """The fields of `WaitOut`."""
    entry, offered = view.entry, view.offered
    public = call.office.settings.public_url.rstrip("/")
    offer = None
    if entry.state == "offered" and offered is not None and entry.offer_until is not None:
        offer = {
            "start": berlin(offered.starts_at),
            "end": berlin(offered.ends_at),
            "mode": offered.mode,
            "site": offered.site_id,
            "until": berlin(entry.offer_until),
        }
    return {
        "token": token,
        "state": entry.state,
        "position": view.position,
        "services": [{"id": service, "count": count} for service, count in entry.services],
        "mode": entry.mode,
        "site": entry.site_id,
        "from_": entry.first_day,
        "to": entry.last_day,
        "offer": offer,
        "links": {"self": f"{public}/w/{token}"},
    }
