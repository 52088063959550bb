"""A mail server that takes everything and keeps it for the test to read."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.neighbours.process import free_port

PATIENCE_S = 60.0


@dataclass
class Mailbox:
    """What has arrived, in order. `refuse` makes the server answer with that line instead (e.g. "451 later")."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuse: str | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuse:
            return self.refuse
        message = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
        self.recipients.extend(envelope.rcpt_tos)
        self.messages.append(message)  # last: whoever has waited for it finds all of it
        return "250 OK"


class Patient(Controller):
    """The library gives its own thread one second to say its first word."""

    def _trigger_server(self) -> None:
        with socket.create_connection((self.hostname, self.port), PATIENCE_S) as line:
            line.recv(1024)


@pytest.fixture
def smtp() -> Iterator[Mailbox]:
    """A real SMTP server on the loopback."""
    mailbox = Mailbox(free_port())
    controller = Patient(mailbox, hostname="127.0.0.1", port=mailbox.port, ready_timeout=PATIENCE_S)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
