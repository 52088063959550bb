"""Around every request: refusals in words, security headers, no personal data in logs. Access is in `dispatch`."""

import logging
import traceback

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from server.errors import Damaged, ReasonNeeded, Refusal, Unavailable
from server.sealing import SealBroken
from server.settings import Settings
from server.web.call import OFFICE, Call
from server.web.dispatch import language_of
from server.web.embedded import goes_on, may_be_framed
from server.web.problems import as_problem, from_http
from server.web.render import render_refusal

log = logging.getLogger("sprechzeit.web")


class Broken(Refusal):
    """Our fault, not the asker's; what happened is in the log without their data."""

    status = 500
    type = "broken"
    title = "Da ist etwas schiefgegangen"
    detail = "Es lag nicht an Ihnen. Bitte versuchen Sie es noch einmal oder rufen Sie uns an."


def content_security_policy(settings: Settings, framers: str = "'none'") -> str:
    sources = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "media-src": "'self' blob: mediastream:",
        "connect-src": f"'self' {settings.room_url.partition('/signaling')[0]}",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": framers,
        "require-trusted-types-for": "'script'",
        "trusted-types": "lit-html",
    }
    return "; ".join(f"{name} {value}" for name, value in sources.items())


def security_headers(settings: Settings) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": content_security_policy(settings),
        "Server": "Sprechzeit",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.public_url.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def refusals() -> Middleware:
    """The one place where an error becomes an answer: problem+json for the API, a page for people."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refusal as refusal:
            return await _answer(request, refusal)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return await _answer(request, from_http(error, request.app[OFFICE].settings.upload_limit_mb))
        except SealBroken:
            log.error("sealed data can not be opened on %s", _route(request))
            return await _answer(request, Damaged())
        except OSError as error:
            log.error("%s on %s", type(error).__name__, _route(request))
            return await _answer(request, Unavailable())
        except Exception as error:  # noqa: BLE001  the last net: nothing of the request reaches the log
            trace = "".join(traceback.format_tb(error.__traceback__))
            log.error("unexpected %s on %s\n%s", type(error).__name__, _route(request), trace)
            return await _answer(request, Broken())

    return middleware


def hardened(settings: Settings) -> Middleware:
    """Security headers on every answer; a route may set a stricter policy of its own."""
    always = security_headers(settings)
    framed = {"Content-Security-Policy": content_security_policy(settings, " ".join(settings.embed_list))}

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if not response.prepared:
            if response.content_type == "text/html" and not request.path.startswith("/office"):
                response.enable_compression()  # not beside a session's token: BREACH (CVE-2013-3587)
            goes_on(response, request, settings)
            unframed = {"X-Frame-Options": "DENY"}
            own = framed if may_be_framed(settings, request.path) else unframed
            for name, value in {**always, **own}.items():
                response.headers.setdefault(name, value)
        return response

    return middleware


async def _answer(request: web.Request, refusal: Refusal) -> web.StreamResponse:
    if request.writer.output_size:
        # a download is under way: words would become part of the file, so only the broken line tells
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError
    language = language_of(request)
    if request.path.startswith(("/api/", "/signaling/", "/static/", "/healthz", "/readyz")):
        return as_problem(refusal, language)
    if refusal.status == 401 and request.method == "GET":
        return web.Response(status=303, headers={"Location": "/office/sign-in"})
    if isinstance(refusal, ReasonNeeded) and request.method == "GET":
        return web.Response(
            status=303, headers={"Location": f"/office/appointments/{refusal.appointment_id}/reason"}
        )
    office = request.app[OFFICE]
    return await render_refusal(Call(request, office, language, office.clock.now()), refusal)


def _route(request: web.Request) -> str:
    """The route's pattern, never the address itself: tokens stand in addresses."""
    resource = request.match_info.route.resource
    return f"{request.method} {resource.canonical if resource else '?'}"
