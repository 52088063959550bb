"""The two ways a mail leaves the house: by SMTP, or into a folder. What is in it is in `mail.py`."""

import asyncio
import logging
import re
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from server.settings import Settings

log = logging.getLogger("sprechzeit.mail")

TIMEOUT_S = 20.0


class NotSent(Exception):
    """A neighbour is away or said no; the message names the kind of trouble, never an address. `after`: not before."""

    def __init__(self, trouble: str, after: timedelta = timedelta(0)) -> None:
        super().__init__(trouble)
        self.after = after


class NeverSent(NotSent):
    """Trying again would change nothing."""


class Mailer(Protocol):
    """Takes responsibility for a mail, or raises `NotSent`."""

    async def send(self, message: EmailMessage) -> None: ...


class SmtpMailer:
    """smtp://user:password@host:25 (STARTTLS when offered) or smtps://host:465; one connection per mail."""

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("smtp_url must look like smtp://host:25 or smtps://host:465")
        self._host = parts.hostname
        self._tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 25)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._timeout_s = timeout_s

    async def send(self, message: EmailMessage) -> None:
        try:
            await aiosmtplib.send(
                message,
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._tls,
                start_tls=False if self._tls else None,
                timeout=self._timeout_s,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            code = getattr(error, "code", "")
            raise NotSent(f"{type(error).__name__} {code}".strip()) from None


class FileMailer:
    """Writes mails as .eml files into a folder: for the demo city and for trying out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def send(self, message: EmailMessage) -> None:
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise NotSent(type(error).__name__) from None

    def _write(self, message: EmailMessage) -> None:
        # named after its Message-ID: a repetition takes the place of the first
        name = re.sub(r"[^0-9A-Za-z]", "", str(message["Message-ID"]).partition("@")[0])
        part = self._folder / f".{name}.part"
        part.write_bytes(message.as_bytes())
        part.replace(self._folder / f"{name}.eml")


def open_mailer(settings: Settings) -> Mailer:
    """The mailer that the settings ask for; says loudly when real mails would end in a folder."""
    if settings.smtp_url:
        return SmtpMailer(settings.smtp_url)
    folder = settings.data_dir / "outbox"
    if not settings.demo:
        log.warning("no mail leaves this house: SPRECHZEIT_SMTP_URL is not set, mails go to %s", folder)
    return FileMailer(folder)
