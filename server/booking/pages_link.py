"""Stable addresses for other sites: the booking link for a service or site, and the script that embeds it.

`/buchen?service=ID`, `/buchen?site=ID`, `/buchen`. Which pages may be in a frame is in `web/embedded.py`.
"""

from urllib.parse import urlencode

from aiohttp import web

from server.catalog.model import Catalogue, Service, Site
from server.errors import NotFound
from server.web.api import Page
from server.web.assets import DIST
from server.web.call import Call
from server.web.render import render, see_other

KEPT = ("service", "count", "mode", "site", "spoken", "lang")


async def booking_link(call: Call) -> web.Response:
    """On to the times of one service; else a choice. An unknown service leads to the choice too, and says so."""
    catalogue = await call.catalogue()
    query = call.request.query
    site = catalogue.sites.get(query.get("site", ""))
    service = catalogue.services.get(query.get("service", ""))
    if service is not None:
        kept = [(name, value) for name, value in query.items() if name in KEPT and name != "site"]
        kept += [("site", site.id)] if site and site.id in service.sites else []
        return see_other(f"/times?{urlencode(kept)}")
    unknown = bool(query.get("service") or (query.get("site") and site is None))
    return render(
        call,
        "booking/link.html",
        404 if unknown else 200,
        services=[(one, address(one, site)) for one in services_at(catalogue, site)],
        site=site,
        unknown=unknown,
    )


def services_at(catalogue: Catalogue, site: Site | None) -> list[Service]:
    """What can be chosen from a list, at this site or anywhere."""
    shown = [service for service in catalogue.services.values() if not service.hidden]
    return [service for service in shown if site is None or site.id in service.sites]


def address(service: Service, site: Site | None) -> str:
    query = {"service": service.id, "count": "1", **({"site": site.id} if site else {})}
    return f"/times?{urlencode(query)}"


async def embed_script(_call: Call) -> web.StreamResponse:
    """The script for the city's own pages, from any origin; it names nobody and changes nothing by itself."""
    path = DIST / "embed.js"
    if not path.is_file():
        raise NotFound
    headers = {
        "Content-Type": "text/javascript; charset=utf-8",
        "Cache-Control": "public, max-age=3600",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return web.Response(body=path.read_bytes(), headers=headers)


pages = [Page("GET", "/buchen", booking_link), Page("GET", "/embed.js", embed_script)]
