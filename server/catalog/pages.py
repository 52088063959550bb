"""The start page with its search, and the page of one service. Which services fit the words is in `search.py`."""

from aiohttp import web

from server.booking.routing import wish_of
from server.catalog.model import Catalogue, Service, Unit, in_language
from server.catalog.pages_city import accessibility, imprint, language
from server.catalog.pages_import import pages as import_pages
from server.catalog.search import nearest, search
from server.errors import NotFound, Refusal
from server.web.api import Page
from server.web.call import Call
from server.web.render import render

LONGEST_QUESTION = 200
SWITCHED_OFF = "Die Stadt bietet dieses Anliegen zurzeit nicht per Video an."
NEEDS_PRESENCE = "Dieses Anliegen braucht Ihre Anwesenheit."


async def home(call: Call) -> web.Response:
    words = call.request.query.get("q", "").strip()[:LONGEST_QUESTION]
    catalogue = await call.catalogue()
    found = search(catalogue, words, call.language.code)
    groups = by_unit(catalogue, found)
    guesses = [] if found else nearest(catalogue, words, call.language.code)
    return render(call, "catalog/home.html", words=words, found=len(found), groups=groups, guesses=guesses)


def by_unit(catalogue: Catalogue, services: list[Service]) -> list[tuple[Unit, list[Service]]]:
    """Grouped under their units, in the order in which the services came."""
    groups: dict[str, list[Service]] = {}
    for service in services:
        groups.setdefault(service.unit, []).append(service)
    return [(catalogue.units[unit], members) for unit, members in groups.items()]


async def show_service(call: Call) -> web.Response:
    catalogue = await call.catalogue()
    service = catalogue.services.get(call.path("service"))
    if service is None:
        raise NotFound()
    return render(
        call,
        "catalog/service.html",
        service=service,
        unit=catalogue.units[service.unit],
        sites=[catalogue.sites[site] for site in service.sites],
        why_no_video=why_no_video(service, call),
        ahead=[item for item in service.checklist if item.when == "ahead"],
        bring=[item for item in service.checklist if item.when == "bring"],
        others=[other for other in catalogue.services.values() if _goes_with(catalogue, service, other)],
    )


def why_no_video(service: Service, call: Call) -> str:
    """The reason in words, or "" where the service can be had by video."""
    if service.video:
        return ""
    if "video" in service.modes:
        return call.language.gettext(SWITCHED_OFF)
    return in_language(service.why_no_video, call.language.code) or call.language.gettext(NEEDS_PRESENCE)


def _goes_with(catalogue: Catalogue, service: Service, other: Service) -> bool:
    if other.id == service.id or other.hidden:
        return False
    try:
        wish_of(catalogue, [(service.id, 1), (other.id, 1)])
    except Refusal:
        return False
    return True


pages = [
    Page("GET", "/", home),
    Page("GET", "/services/{service}", show_service),
    Page("GET", "/barrierefreiheit", accessibility),
    Page("GET", "/impressum", imprint),
    Page("GET", "/language", language),
    *import_pages,
]
