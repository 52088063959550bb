"""A citizen has their data erased: on a page that says before what it means, and by the API. The rules are in `erase.py`."""

from datetime import datetime
from typing import Literal

from aiohttp import web

from server.access import appointment_by_token
from server.privacy.erase import Erasure, NothingLeft, Running, ask, erasure_of, is_held, what_hinders
from server.web.api import Endpoint, Model, Page, Reply
from server.web.call import Call
from server.web.render import render, see_other

PAGE = "/a/{token}/data/erasure"


class ErasureBody(Model):
    """Said on purpose."""

    sure: Literal[True]


class ErasureOut(Model):
    """`state` is "noted" while the case must be kept, "erased" once its key is destroyed."""

    state: Literal["noted", "erased"]
    asked_at: datetime
    erased_at: datetime | None = None


async def show(call: Call) -> web.Response:
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
        asked = await erasure_of(tx, appointment)
        kept = await is_held(tx, appointment)
        trouble = await what_hinders(tx, appointment, call.now) if asked is None else None
    return render(
        call,
        "privacy/erasure.html",
        appointment=appointment,
        asked=asked,
        held=kept,
        trouble=trouble,
        to_come=appointment.state in ("pending", "confirmed") and appointment.starts_at > call.now,
        base=f"/a/{call.path('token')}",
    )


async def submit(call: Call) -> web.Response:
    await _ask(call)
    return see_other(f"/a/{call.path('token')}/data/erasure")


async def erase(call: Call) -> Reply:
    asked = await _ask(call)
    state: Literal["noted", "erased"] = "erased" if asked.emptied_at else "noted"
    return Reply(ErasureOut(state=state, asked_at=asked.asked_at, erased_at=asked.emptied_at), 202)


async def _ask(call: Call) -> Erasure:
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
    asked = await ask(call.office.erasing, appointment, call.now)
    call.office.bell.ring()
    return asked


endpoints = [
    Endpoint(
        "POST",
        "/api/v1/appointments/{token}/erasure",
        erase,
        "Alles Eigene löschen lassen (Art. 17 DSGVO); ein Termin, der noch kommt, ist damit abgesagt",
        {202: ErasureOut},
        body=ErasureBody,
        refusals=(Running, NothingLeft),
    )
]
pages = [Page("GET", PAGE, show), Page("POST", PAGE, submit)]
