"""Around every request of that API: who may ask from where, its shape of errors, what was numbered kept in memory."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from server.booking.availability import Calendar
from server.catalog.model import Catalogue
from server.errors import ForeignOrigin, Refusal, Unavailable
from server.settings import Settings
from server.web.call import OFFICE, Call
from server.web.dispatch import language_of
from server.web.session import client_key
from server.zms.book import Books
from server.zms.directory import Directory, directory_of
from server.zms.errors import Declined, declined
from server.zms.listing import Words, listing

Answer = Callable[[Call, "Front"], Awaitable[Any]]


class Front:
    """The numbered catalogue and its listing, made anew only when the catalogue is another one."""

    def __init__(self) -> None:
        self._catalogue: Catalogue | None = None
        self._directory: Directory | None = None
        self._listings: dict[str, str] = {}

    async def directory(self, call: Call) -> Directory:
        catalogue = await call.catalogue()
        if self._directory is None or catalogue is not self._catalogue:
            self._catalogue, self._directory, self._listings = catalogue, directory_of(catalogue), {}
        return self._directory

    async def listing(self, call: Call) -> str:
        """The listing as JSON text in the language of the call."""
        directory = await self.directory(call)
        code = call.language.code
        if code not in self._listings:
            assert self._catalogue is not None
            self._listings[code] = written(listing(self._catalogue, directory, words_of(call)))
        return self._listings[code]


def words_of(call: Call) -> Words:
    return Words(call.office.settings, call.language.code, call.language.gettext("Video"))


def books_of(call: Call) -> Books:
    office = call.office
    calendar: Calendar = office.calendar
    return Books(office.db, calendar, office.keyring, office.settings)


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def handler_of(front: Front, answer: Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Wraps an answer: whatever goes wrong is told in that API's words."""

    async def handle(request: web.Request) -> web.StreamResponse:
        settings = request.app[OFFICE].settings
        headers = {"Cache-Control": "no-store", **sharing(request, settings)}
        try:
            found = await answer(_call(request), front)
        except (Declined, Refusal, web.HTTPRequestEntityTooLarge, OSError) as error:
            no = _no(error)
            headers |= no.headers
            return _json(written(no.as_json()), no.status, headers)
        return _json(found if isinstance(found, str) else written(found), 200, headers)

    return handle


def _no(error: Exception) -> Declined:
    if isinstance(error, Declined):
        return error
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return Declined("requestTooLarge")
    return declined(error if isinstance(error, Refusal) else Unavailable())


def _json(text: str, status: int, headers: dict[str, str]) -> web.Response:
    return web.Response(status=status, text=text, content_type="application/json", headers=headers)


async def preflight(request: web.Request) -> web.StreamResponse:
    """A browser asks whether a page elsewhere may send JSON here (CORS)."""
    headers = sharing(request, request.app[OFFICE].settings)
    if headers:
        headers["Access-Control-Allow-Methods"] = "GET, POST"
        headers["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key"
        headers["Access-Control-Max-Age"] = "600"
    return web.Response(status=204, headers=headers)


def sharing(request: web.Request, settings: Settings) -> dict[str, str]:
    """Pages that carry a client may read the answers; there are no cookies here that they could misuse."""
    origin = request.headers.get("Origin")
    if origin is None or origin not in origins(settings):
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Origin",
    }


def origins(settings: Settings) -> frozenset[str]:
    """Where requests may come from: here, and the pages named in the settings."""
    pages = [urlsplit(page) for page in settings.client_pages]
    return frozenset({settings.origin, *(f"{page.scheme}://{page.netloc}" for page in pages)})


def _call(request: web.Request) -> Call:
    office = request.app[OFFICE]
    now = office.clock.now()
    if request.method == "POST":
        _check_origin(request, office.settings)
    call = Call(request, office, language_of(request), now)
    call.client = client_key(request, office.settings, now)
    return call


def _check_origin(request: web.Request, settings: Settings) -> None:
    """Nobody books from a page that the city does not know of."""
    origin = request.headers.get("Origin")
    same_host = settings.demo and origin is not None and origin.partition("://")[2] == request.host
    if origin is not None and origin not in origins(settings) and not same_host:
        raise ForeignOrigin
    if origin is None and request.headers.get("Sec-Fetch-Site") not in (None, "same-origin", "none"):
        raise ForeignOrigin
