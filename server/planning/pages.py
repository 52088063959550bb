"""The scheduler's list of services, and the switch for video with its effect on free times shown before it is saved."""

from dataclasses import replace
from datetime import timedelta

from aiohttp import web

from server.booking.routing import Wish
from server.catalog.model import Catalogue, Service, Unit, in_language
from server.catalog.services import check_online, set_online_capable, trained_services
from server.clock import berlin
from server.errors import NotFound
from server.planning import pages_import, pages_roster
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, see_other

SCHEDULER = frozenset({"scheduler", "admin"})
FOUR_WEEKS = timedelta(days=27)
KINDS = ("refused", "needs", "warning")


async def services(call: Call) -> web.Response:
    catalogue = await call.catalogue()
    saved = catalogue.services.get(call.request.query.get("saved", ""))
    return render(call, "office/services.html", groups=_groups(catalogue), saved=_words(call, saved))


def _groups(catalogue: Catalogue) -> list[tuple[Unit, list[Service]]]:
    groups = [
        (unit, [s for s in catalogue.services.values() if s.unit == unit.id])
        for unit in catalogue.units.values()
    ]
    return [(unit, members) for unit, members in groups if members]


def _words(call: Call, service: Service | None) -> str:
    if service is None:
        return ""
    _ = call.language.gettext
    on = _("„{service}“ wird jetzt auch per Video angeboten.")
    off = _("„{service}“ wird jetzt nicht mehr per Video angeboten.")
    text = on if service.online_capable else off
    return text.format(service=in_language(service.name, call.language.code))


async def effect(call: Call) -> web.Response:
    """What the switch would change, counted on today's duties and bookings; nothing is saved here."""
    service = await _service(call)
    on = call.request.query.get("to") == "on"
    async with call.office.db.read() as tx:
        trained = service.id in await trained_services(tx)
    findings = check_online(service, trained, call.language.code) if on else []
    refused = any(finding.kind == "refused" for finding in findings)
    today = berlin(call.now).date()
    counts = []
    for state in (service.online_capable, on and not refused):
        wish = Wish(((replace(service, online_capable=state), 1),), "any", None, None)
        counts.append(await call.office.calendar.count_free(wish, today, today + FOUR_WEEKS, call.now))
    before, after = counts
    return render(
        call,
        "office/service_confirm.html",
        422 if refused else 200,
        service=service,
        on=on,
        before=before,
        after=after,
        nobody=on and not refused and not after["video"],
        refused=refused,
        findings={kind: [one for one in findings if one.kind == kind] for kind in KINDS},
    )


async def switch(call: Call) -> web.Response:
    form = await call.request.post()
    service = await _service(call)
    await set_online_capable(call.office.db, call.member, service.id, form.get("to") == "on", call.now)
    call.office.calendar.catalogue_changed()
    return see_other(f"/office/services?saved={service.id}")


async def _service(call: Call) -> Service:
    service = (await call.catalogue()).services.get(call.path("service"))
    if service is None:
        raise NotFound()
    return service


pages = [
    Page("GET", "/office/services", services, SCHEDULER),
    Page("GET", "/office/services/{service}", effect, SCHEDULER),
    Page("POST", "/office/services/{service}", switch, SCHEDULER),
    *pages_roster.pages,
    *pages_import.pages,
]
