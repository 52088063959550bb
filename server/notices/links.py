"""The links in notices, made again from the secret, and who writes. What they lead to is in `booking/pages*.py`."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from server.access import Appointment, manage_token
from server.notices.facts import Sender
from server.sealing import process_key
from server.settings import Settings


def link_in_mail(settings: Settings, event: str, appointment: Appointment, facts: Mapping[str, Any]) -> str:
    """The citizen's own page; for what was booked with another client and is to be confirmed, that client's page."""
    if event == "preconfirmed" and facts.get("client") and settings.client_pages:
        return client_link(settings, "appointment/confirm", appointment.number)
    return manage_link(settings, appointment.id)


def client_link(settings: Settings, path: str, number: str) -> str:
    """`…#/{path}/{b64}`, b64 of {"id", "authKey"}: what the clients of the citizen API open."""
    key = process_key(settings.secret.get_secret_value(), number)
    plain = json.dumps({"id": int(number.replace("-", "")), "authKey": key}, separators=(",", ":"))
    page = (settings.client_pages or (settings.public_url.rstrip("/") + "/",))[0]
    return f"{page}#/{path}/{base64.b64encode(plain.encode()).decode()}"


def manage_link(settings: Settings, appointment_id: str) -> str:
    """The citizen's own link, made again from the secret."""
    token = manage_token(settings.secret.get_secret_value(), appointment_id)
    return f"{settings.public_url.rstrip('/')}/a/{token}"


def sender_of(settings: Settings) -> Sender:
    host = urlsplit(settings.public_url).hostname or "localhost"
    return Sender(city=settings.city, mail=settings.mail_from, phone=settings.phone, host=host)


def not_coming_link(settings: Settings, appointment_id: str) -> str:
    """A page with one button; opening it changes nothing, since mail scanners open links."""
    return f"{manage_link(settings, appointment_id)}/not-coming"
