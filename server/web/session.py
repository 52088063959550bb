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
    address = request.remote or ""
    if settings.trusted_proxies:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= settings.trusted_proxies:
            address = hops[-settings.trusted_proxies]
    if ":" in address:
        address = ":".join(address.split(":")[:4])
    secret = settings.secret.get_secret_value().encode()
    return hmac.new(secret, f"client|{now.date()}|{address}".encode(), hashlib.sha256).hexdigest()[:32]
