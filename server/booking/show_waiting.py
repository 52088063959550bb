"""A place on the waiting list as its citizen sees it, in the API."""

from typing import Any

from server.booking.waiting_list import WaitingView
from server.clock import berlin
from server.web.call import Call


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
