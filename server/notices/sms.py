"""The two ways a text message leaves the house: by an HTTP gateway, or into a folder. Its words are in `texts.py`."""

import asyncio
import json
import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from aiohttp import ClientError, ClientSession, ClientTimeout

from server.notices.mailer import NeverSent, NotSent
from server.notices.texts import Text
from server.settings import Settings

log = logging.getLogger("sprechzeit.sms")

TIMEOUT_S = 15.0
NEVER = (400, 422)
"""What a gateway says of a number or text that it will not take; any other trouble may pass."""
LONGEST_WAIT_S = 3600


class Texter(Protocol):
    """Takes responsibility for a text message, or raises `NotSent`."""

    async def send(self, text: Text) -> None: ...


class HttpTexter:
    """POSTs JSON made of the template to a gateway; the reference is the Idempotency-Key too. Follows no redirect."""

    def __init__(
        self, url: str, token: str, sender: str, template: str, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._url, self._token, self._sender = url, token, sender
        self._template = json.loads(template)
        self._timeout = ClientTimeout(total=timeout_s)

    async def send(self, text: Text) -> None:
        values = {"to": text.to, "from": self._sender, "text": text.text, "reference": text.reference}
        headers = {"Idempotency-Key": text.reference}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            async with ClientSession(timeout=self._timeout) as session:
                sending = session.post(
                    self._url, json=filled(self._template, values), headers=headers, allow_redirects=False
                )
                async with sending as answer:
                    status, wait = answer.status, answer.headers.get("Retry-After", "")
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise NotSent(type(error).__name__) from None
        if status in NEVER:
            raise NeverSent(f"HTTP {status}")
        if not 200 <= status < 300:
            raise NotSent(f"HTTP {status}", seconds_of(wait))


class FileTexter:
    """Writes text messages as .txt files into a folder: for the demo city and for trying out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def send(self, text: Text) -> None:
        try:
            await asyncio.to_thread(self._write, text)
        except OSError as error:
            raise NotSent(type(error).__name__) from None

    def _write(self, text: Text) -> None:
        name = re.sub(r"[^0-9A-Za-z]", "", text.reference)
        part = self._folder / f".{name}.part"
        part.write_text(f"To: {text.to}\n\n{text.text}\n")
        part.replace(self._folder / f"{name}.txt")


def filled(template: Any, values: dict[str, str]) -> Any:
    """The template with {to}, {from}, {text}, {reference} replaced inside its strings: no value can break the JSON."""
    if isinstance(template, dict):
        return {key: filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, values) for value in template]
    if not isinstance(template, str):
        return template
    return re.sub(r"\{(to|from|text|reference)\}", lambda found: values[found[1]], template)


def seconds_of(header: str) -> timedelta:
    """Retry-After in seconds, at most an hour; a date or nonsense counts as nothing said."""
    sound = header.isascii() and header.isdigit() and len(header) < 7
    return timedelta(seconds=min(int(header), LONGEST_WAIT_S) if sound else 0)


def open_texter(settings: Settings) -> Texter:
    """The texter that the settings ask for; says loudly when real messages would end in a folder."""
    if settings.sms_url:
        token = settings.sms_token.get_secret_value()
        return HttpTexter(settings.sms_url, token, settings.sms_from, settings.sms_body)
    folder = settings.data_dir / "sms"
    if not settings.demo:
        log.warning("no text message leaves this house: SPRECHZEIT_SMS_URL is not set, they go to %s", folder)
    return FileTexter(folder)
