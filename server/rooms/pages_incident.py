"""The page of incidents: for the clerk the own ones, for the administration all; data protection sees how long each is kept."""

from aiohttp import web

from recordings_policy.classes import INCIDENT
from server.rooms.report_incident import incidents, lift
from server.rooms.routes_incident import LIFTERS, READERS
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, see_other

WORDS = {
    "insult": "Beleidigung",
    "threat": "Bedrohung",
    "indecent": "Belästigung",
    "recording": "Aufnahme ohne Erlaubnis",
    "other": "Anderes",
}


async def show(call: Call) -> web.Response:
    kept = (await call.office.periods(call.now)).of(INCIDENT)
    found = await incidents(call.office.db, call.office.keyring, call.member, call.now, kept)
    return render(
        call,
        "office/incidents.html",
        incidents=found,
        kinds={kind: call.language.gettext(word) for kind, word in WORDS.items()},
        done=call.request.query.get("done", ""),
        may_lift=bool(call.member.roles & LIFTERS),
    )


async def lift_one(call: Call) -> web.Response:
    await lift(call.office.db, call.member, call.path("incident"), call.now)
    return see_other("/office/incidents?done=lifted")


pages = [
    Page("GET", "/office/incidents", show, READERS),
    Page("POST", "/office/incidents/{incident}/lift", lift_one, LIFTERS),
]
