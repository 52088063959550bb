"""The composition root: puts the parts of one running server together. No rule is decided here."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from server.booking import pages as booking_pages
from server.booking import (
    pages_knock,
    pages_waiting,
    routes_knock,
    routes_onsite,
    routes_proof,
    routes_waiting,
)
from server.booking import routes as booking_routes
from server.booking import routes_office as booking_routes_office
from server.booking.availability import Calendar
from server.booking.cancel import cancel_own
from server.catalog import pages as catalog_pages
from server.catalog import routes as catalog_routes
from server.clock import Clock, SystemClock
from server.db import Database
from server.documents import pages as documents_pages
from server.documents import pages_office as documents_pages_office
from server.documents import routes as documents_routes
from server.documents import routes_office as documents_routes_office
from server.documents import routes_pages
from server.documents.bucket import open_store
from server.documents.checking import Door
from server.documents.delete import close_cases
from server.documents.rotate import keyring_of
from server.documents.sandbox import page_of
from server.documents.scan import open_scanner
from server.documents.send_out import Sending
from server.jobs import JobRunner
from server.notices import routes as notices_routes
from server.notices.mailer import open_mailer
from server.notices.outbox import OutboxBell
from server.notices.sending import Postman
from server.notices.sms import open_texter
from server.people import pages as people_pages
from server.people import routes as people_routes
from server.people.sign_in import Attempts
from server.planning import pages as planning_pages
from server.planning import pages_absence, pages_release, routes_absence
from server.planning import routes as planning_routes
from server.privacy import routes_table as privacy
from server.privacy.erase import Erasing
from server.privacy.rules import periods_in_force
from server.recurring import jobs_of
from server.rooms import pages as rooms_pages
from server.rooms import (
    pages_feedback,
    pages_incident,
    pages_invitation,
    pages_recording,
    pages_ways,
    routes_call_back,
    routes_check,
    routes_feedback,
    routes_identity,
    routes_incident,
    routes_invitation,
    routes_recording,
    routes_tapes,
    routes_transfer,
)
from server.rooms import routes as rooms_routes
from server.rooms.admit import signaling_settings
from server.rooms.finish import appointment_of, finish
from server.rooms.listen import RoomWatch
from server.rooms.tape import Studio
from server.settings import Settings
from server.signing import pages as signing_pages
from server.signing import pages_office as signing_pages_office
from server.signing import routes as signing_routes
from server.signing import routes_office as signing_routes_office
from server.signing import routes_verify
from server.signing import show as signing_show
from server.signing.blanks import load_blanks
from server.signing.desk import Desk, print_plain
from server.web import health
from server.web.api import Endpoint, Page, Reply
from server.web.assets import keep_built
from server.web.call import BUS, OFFICE, Call, Office
from server.web.dispatch import api_handler, page_handler
from server.web.language import Language
from server.web.logs import without_content
from server.web.metrics import Metrics, serve_metrics
from server.web.middleware import hardened, refusals
from server.web.openapi import describe
from server.web.running import add_leaving, run_until_told
from server.zms.routes import add_citizen_api
from signaling.app import add_signaling
from signaling.bus import open_bus

log = logging.getLogger("sprechzeit")
STOP_S = 4.0

STATIC = Path(__file__).parent.parent / "webclient" / "dist"
ENDPOINTS: list[Endpoint] = [
    *catalog_routes.endpoints,
    *booking_routes.endpoints,
    *booking_routes_office.endpoints,
    *routes_waiting.endpoints,
    *routes_knock.endpoints,
    *routes_onsite.endpoints,
    *routes_proof.endpoints,
    *documents_routes.endpoints,
    *documents_routes_office.endpoints,
    *routes_pages.endpoints,
    *notices_routes.endpoints,
    *rooms_routes.endpoints,
    *routes_check.endpoints,
    *routes_identity.endpoints,
    *routes_incident.endpoints,
    *routes_transfer.endpoints,
    *routes_invitation.endpoints,
    *routes_recording.endpoints,
    *routes_tapes.endpoints,
    *routes_call_back.endpoints,
    *routes_feedback.endpoints,
    *people_routes.endpoints,
    *signing_routes.endpoints,
    *signing_routes_office.endpoints,
    *routes_verify.endpoints,
    *planning_routes.endpoints,
    *routes_absence.endpoints,
    *privacy.endpoints,
]
PAGES: list[Page] = [
    *catalog_pages.pages,
    *booking_pages.pages,
    *pages_waiting.pages,
    *pages_knock.pages,
    *documents_pages.pages,
    *documents_pages_office.pages,
    *rooms_pages.pages,
    *routes_identity.pages,
    *pages_incident.pages,
    *pages_invitation.pages,
    *pages_recording.pages,
    *pages_ways.pages,
    *pages_feedback.pages,
    *routes_tapes.pages,
    *people_pages.pages,
    *signing_pages.pages,
    *signing_pages_office.pages,
    *routes_verify.pages,
    *planning_pages.pages,
    *pages_absence.pages,
    *pages_release.pages,
    *privacy.pages,
]


def make_app(settings: Settings, clock: Clock | None = None) -> web.Application:
    """A server ready to run; its database must have been migrated."""
    without_content()
    middlewares = [hardened(settings), refusals()]
    metrics = Metrics() if settings.metrics_port else None
    if metrics:
        middlewares.insert(0, metrics.counting())
    app = web.Application(middlewares=middlewares, client_max_size=256 * 1024)
    office = _office(settings, clock or SystemClock())
    app[OFFICE] = office
    add_leaving(app)
    app[BUS] = open_bus(settings.redis_url)
    office.rooms.when_ended(partial(finish, office.db), partial(appointment_of, office.db, settings))
    office.rooms.tell_by(app[BUS].publish)
    app[BUS].subscribe(office.rooms.hear)
    app.cleanup_ctx.extend([_database, _bus, _background])
    if metrics:
        app.cleanup_ctx.append(serve_metrics(metrics, settings))
    _add_routes(app, settings)
    if settings.signaling_url is None:
        add_signaling(app, signaling_settings(settings), app[BUS], lambda: office.clock.now().timestamp())
    return app


def _office(settings: Settings, clock: Clock) -> Office:
    db = Database(settings.database_url)
    store = open_store(settings)
    keyring = keyring_of(settings)
    door = Door(db, store, open_scanner(settings.clamd))
    periods = partial(periods_in_force, db)
    rooms = RoomWatch()
    calendar = Calendar(db, assumption_day=settings.assumption_day)
    sending = Sending(door, keyring, settings.upload_limit_mb, periods)
    return Office(
        settings=settings,
        clock=clock,
        db=db,
        keyring=keyring,
        store=store,
        door=door,
        bell=OutboxBell(),
        calendar=calendar,
        rooms=rooms,
        studio=Studio(db, store, keyring, settings, rooms, clock.now),
        attempts=Attempts(),
        periods=periods,
        sending=sending,
        signing=Desk(
            db,
            keyring,
            settings,
            load_blanks(settings.forms),
            signing_show.page,
            signing_show.signed_page,
            page_of,
            sending.put_in,
        ),
        erasing=Erasing(db, keyring, partial(cancel_own, db, calendar, settings), close_cases),
        press=print_plain,
    )


@cache
def _description() -> dict[str, Any]:
    return describe(ENDPOINTS)


def _add_routes(app: web.Application, settings: Settings) -> None:
    async def openapi(_call: Call) -> Reply:
        description = await asyncio.to_thread(_description)
        return Reply({**description, "servers": [{"url": settings.public_url}]})

    document = Endpoint("GET", "/api/openapi.json", openapi, "Diese Beschreibung", {200: None})
    for endpoint in (*ENDPOINTS, *health.endpoints, document):
        _add_route(app, endpoint.method, endpoint.path, api_handler(endpoint))
    for page in PAGES:
        _add_route(app, page.method, page.path, page_handler(page))
    add_citizen_api(app)
    if STATIC.is_dir():
        app.router.add_static("/static/", STATIC, append_version=False)
        app.on_response_prepare.append(keep_built)


def _add_route(app: web.Application, method: str, path: str, handler: Handler) -> None:
    if method == "GET":
        app.router.add_get(path, handler, allow_head=True)
    else:
        app.router.add_route(method, path, handler)


async def _database(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[OFFICE].db.close()


async def _bus(app: web.Application) -> AsyncIterator[None]:
    await app[BUS].start()
    yield
    await app[BUS].stop()


async def _background(app: web.Application) -> AsyncIterator[None]:
    office = app[OFFICE]
    stopping = asyncio.Event()
    runner = JobRunner(office.db, office.clock, jobs_of(office))
    tasks = [
        asyncio.create_task(runner.run_forever(stopping)),
        asyncio.create_task(_postman(office).run_forever(office.bell, stopping)),
        asyncio.create_task(office.rooms.ask_forever(office.clock, stopping)),
    ]
    yield
    stopping.set()
    office.bell.ring()
    await office.studio.stop()
    _, late = await asyncio.wait(tasks, timeout=STOP_S)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _postman(office: Office) -> Postman:
    return Postman(
        office.db,
        open_mailer(office.settings),
        office.keyring,
        office.settings,
        office.clock,
        office.calendar.catalogue,
        Language,
        open_texter(office.settings),
    )


def run(settings: Settings, ready: Callable[[], None] = lambda: None) -> None:
    """Serves until SIGTERM or SIGINT."""
    run_until_told(make_app(settings), settings, ready)
