"""The staff's cookie, and who a request comes from. Signing in is `people/sign_in.py`."""

import hashlib
import hmac
from datetime import datetime

from aiohttp import web

from server.settings import Settings

DEMO_COOKIE = "sprechzeit_session"
COOKIE = "__Host-sprechzeit_session"


def cookie_name(settings: Settings) -> str:
    """`__Host-` demands https; the demo on http://localhost has to do without."""
    return COOKIE if settings.public_url.startswith("https:") else DEMO_COOKIE


def set_cookie(response: web.StreamResponse, settings: Settings, value: str) -> None:
    secure = settings.public_url.startswith("https:")
    response.set_cookie(
        cookie_name(settings), value, httponly=True, secure=secure, samesite="Strict", path="/"
    )


def clear_cookie(response: web.StreamResponse, settings: Settings) -> None:
    secure = settings.public_url.startswith("https:")
    response.del_cookie(cookie_name(settings), path="/", secure=secure, httponly=True, samesite="Strict")


def client_key(request: web.Request, settings: Settings, now: datetime) -> str:
    """A keyed hash of the address, new every day: good for limits, useless for following anybody (J16)."""
    return _keyed("client", _network(request, settings), settings, now)


def caller_key(request: web.Request, settings: Settings, now: datetime) -> str:
    """The same for network and browser together: it keeps one caller out for a day and not a whole building."""
    agent = request.headers.get("User-Agent", "")[:500]
    return _keyed("caller", f"{_network(request, settings)}|{agent}", settings, now)


def _network(request: web.Request, settings: Settings) -> str:
    address = request.remote or ""
    if settings.trusted_proxies:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= settings.trusted_proxies:
            address = hops[-settings.trusted_proxies]
    if ":" in address:
        address = ":".join(address.split(":")[:4])
    return address


def _keyed(purpose: str, what: str, settings: Settings, now: datetime) -> str:
    secret = settings.secret.get_secret_value().encode()
    text = f"{purpose}|{now.date()}|{what}"
    return hmac.new(secret, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]
