"""Sites and services by the API, and the scheduler's switch for video. The pages are in `pages.py`."""

from server.catalog.model import Catalogue, Service, Site, in_language
from server.catalog.pages import why_no_video
from server.catalog.routes_import import endpoints as import_endpoints
from server.catalog.services import DAYS, NoVideo, search, set_online_capable
from server.catalog.shapes import (
    ItemOut,
    OfficeServiceOut,
    ServiceOut,
    ServicesQuery,
    SiteOut,
    StationOut,
    SwitchBody,
)
from server.errors import NotFound
from server.web.api import Endpoint, Reply
from server.web.call import Call

SCHEDULER = frozenset({"scheduler", "admin"})


async def list_sites(call: Call) -> Reply:
    catalogue = await call.catalogue()
    return Reply([_site(site) for site in catalogue.sites.values()])


async def list_services(call: Call) -> Reply:
    query: ServicesQuery = call.query
    catalogue = await call.catalogue()
    found = search(catalogue, query.q, call.language.code)
    return Reply([_service(catalogue, service, call) for service in found])


async def list_office_services(call: Call) -> Reply:
    catalogue = await call.catalogue()
    return Reply([_office_service(catalogue, service) for service in catalogue.services.values()])


async def switch_service(call: Call) -> Reply:
    body: SwitchBody = call.body
    await set_online_capable(call.office.db, call.member, call.path("service"), body.online_capable, call.now)
    call.office.calendar.catalogue_changed()
    catalogue = await call.catalogue()
    return Reply(_office_service(catalogue, catalogue.services[call.path("service")]))


def _site(site: Site) -> SiteOut:
    hours = {
        day: [(opens.strftime("%H:%M"), _closing(closes.strftime("%H:%M"))) for opens, closes in spans]
        for day, spans in zip(DAYS, site.hours, strict=True)
        if spans
    }
    return SiteOut(id=site.id, name=site.name, address=site.address, hours=hours)


def _closing(text: str) -> str:
    return "24:00" if text == "00:00" else text


def _service(catalogue: Catalogue, service: Service, call: Call) -> ServiceOut:
    code = call.language.code
    return ServiceOut(
        id=service.id,
        name=in_language(service.name, code),
        leika=service.leika,
        unit=in_language(catalogue.units[service.unit].name, code),
        minutes=service.minutes,
        modes=list(service.offered_modes),
        why_no_video=why_no_video(service, call) or None,
        fee_cents=service.fee_cents,
        checklist=[
            ItemOut(key=item.key, name=in_language(item.name, code), when=item.when, required=item.required)
            for item in service.checklist
        ],
        stations=[
            StationOut(key=station.key, name=in_language(station.name, code), fee_cents=station.fee_cents)
            for station in service.stations
        ],
        sites=list(service.sites),
        max_count=service.max_count,
    )


def _office_service(catalogue: Catalogue, service: Service) -> OfficeServiceOut:
    return OfficeServiceOut(
        id=service.id,
        name=in_language(service.name, "de"),
        unit=in_language(catalogue.units[service.unit].name, "de"),
        video_possible="video" in service.modes,
        online_capable=service.online_capable,
        hidden=service.hidden,
        why_no_video=in_language(service.why_no_video, "de") or None,
    )


endpoints = [
    Endpoint("GET", "/api/v1/sites", list_sites, "Standorte mit ihren Öffnungszeiten", {200: list[SiteOut]}),
    Endpoint(
        "GET",
        "/api/v1/services",
        list_services,
        "Dienstleistungen, auch gesucht mit Alltagswörtern",
        {200: list[ServiceOut]},
        query=ServicesQuery,
    ),
    Endpoint(
        "GET",
        "/api/v1/office/services",
        list_office_services,
        "Alle Dienstleistungen mit dem Schalter für Video",
        {200: list[OfficeServiceOut]},
        roles=SCHEDULER,
    ),
    Endpoint(
        "PATCH",
        "/api/v1/office/services/{service}",
        switch_service,
        "Eine Dienstleistung für Video ein- oder ausschalten",
        {200: OfficeServiceOut},
        body=SwitchBody,
        refusals=(NotFound, NoVideo),
        roles=SCHEDULER,
    ),
    *import_endpoints,
]
