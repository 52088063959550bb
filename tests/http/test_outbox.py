"""The outbox: every notice is sent once and in order, also when the mail server or a process went away meanwhile."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import insert, select, update

from server.booking.model import AppointmentRow, CaseRow, DutyRow
from server.catalog.model import Catalogue, ChecklistItem, Service, Site
from server.clock import SetClock
from server.contact import Contact, contact_sealed
from server.db import Base, Database
from server.notices import outbox, sms
from server.notices.mailer import FileMailer, Mailer, NotSent, SmtpMailer, open_mailer
from server.notices.outbox import OutboxRow
from server.notices.sending import LOCK, MOST_ATTEMPTS, Postman, pause_after
from server.people.model import StaffRow
from server.sealing import Keyring, fingerprint
from server.settings import Settings
from server.web.language import choose
from tests.neighbours.smtp import Mailbox

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
START = datetime(2026, 11, 23, 9, 15, tzinfo=UTC)
EMAIL = "jürgen@example.org"


def _service(id_: str, name: str, *, hidden: bool = False) -> Service:
    item = ChecklistItem("plan", {"de": "Lageplan"}, "ahead", required=True)
    return Service(
        id_, "bau", "99012008000000", {"de": name, "en": f"{name} (en)"}, {}, (), 30, ("video", "onsite"), True, {}, 0,
        4, frozenset(), ("kronenstrasse",), (), (item,), {}, hidden,
    )  # fmt: skip


CATALOGUE = Catalogue(
    units={},
    sites={
        "kronenstrasse": Site("kronenstrasse", "Bürger-Service-Bauen", "Kronenstraße 8, 87435 Kempten", ())
    },
    services={
        "bauberatung": _service("bauberatung", "Bauberatung"),
        "auskunftssperre": _service("auskunftssperre", "Auskunftssperre", hidden=True),
    },
    closures=frozenset[tuple[str | None, date]](),
)


class House:
    """An office with one clerk, its outbox, and a postman that writes to `mailer`."""

    def __init__(self, db: Database, settings: Settings, mailer: Mailer) -> None:
        self.db, self.settings, self.mailer = db, settings, mailer
        self.clock = SetClock(NOW)
        self.keyring = Keyring(settings.master_key.get_secret_value(), 1)

    def postman(self) -> Postman:
        async def catalogue(_at: datetime) -> Catalogue:
            return CATALOGUE

        return Postman(
            self.db, self.mailer, self.keyring, self.settings, self.clock, catalogue,
            lambda code: choose(code, None, ""), sms.FileTexter(self.settings.data_dir / "sms"),
        )  # fmt: skip

    async def book(self, *, email: str | None = EMAIL, language: str = "de", mode: str = "video") -> str:
        id_, case_id = secrets.token_hex(16), secrets.token_hex(16)
        key, wrapped = self.keyring.new_key()
        sealed = contact_sealed(key, case_id, Contact("Jürgen Groß", email, None, {}))
        async with self.db.write() as tx:
            await tx.execute(
                insert(CaseRow).values(
                    id=case_id, wrapped_key=wrapped, key_version=1, contact_sealed=sealed, created_at=NOW
                )
            )
            await tx.execute(insert(AppointmentRow).values(**_appointment(id_, case_id, language, mode)))
        await self.post(id_, "confirmed", mode=mode)
        return id_

    async def post(self, id_: str, event: str, **changes: Any) -> None:
        facts = {
            "start": START.isoformat(),
            "end": (START + timedelta(minutes=30)).isoformat(),
            "mode": "video",
            "site": None,
            "number": "482-915-376",
            "sequence": 0,
            "services": [["bauberatung", 1], ["auskunftssperre", 1]],
            **changes,
        }
        if facts["mode"] == "onsite":
            facts["site"] = "kronenstrasse"
        async with self.db.write() as tx:
            await outbox.post(tx, event, id_, facts, self.clock.now())

    async def rows(self) -> list[Any]:
        async with self.db.read() as tx:
            return list(await tx.execute(select(OutboxRow).order_by(OutboxRow.created_at)))


def _appointment(id_: str, case_id: str, language: str, mode: str) -> dict[str, Any]:
    return {
        "id": id_,
        "number": id_[:11],
        "hold_hash": fingerprint(id_),
        "state": "confirmed",
        "mode": mode,
        "duty_id": 1,
        "starts_at": START,
        "ends_at": START + timedelta(minutes=30),
        "services": [{"id": "bauberatung", "count": 1}],
        "language": language,
        "channel": "web",
        "client_key": "",
        "ticks": 6,
        "case_id": case_id,
        "created_at": NOW,
    }


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    async with database.write() as tx:
        await tx.run_sync(Base.metadata.create_all)
        staff = {"login": "c", "display": "C", "password_hash": None, "roles": ["clerk"], "languages": ["de"]}
        await tx.execute(insert(StaffRow).values(id=1, **staff))
        span = {"starts_at": START, "ends_at": START + timedelta(hours=4)}
        await tx.execute(insert(DutyRow).values(id=1, staff_id=1, place="home", takes_video=True, **span))
    yield database
    await database.close()


@pytest.fixture
def settings(tmp_path: Path, smtp: Mailbox) -> Settings:
    return Settings(demo=True, public_url="https://termine.example", data_dir=tmp_path, smtp_url=smtp.url)


@pytest.fixture
def house(db: Database, settings: Settings) -> House:
    return House(db, settings, open_mailer(settings))


def calendar_of(message: EmailMessage) -> Calendar:
    [attachment] = list(message.iter_attachments())
    assert attachment.get_content_type() == "text/calendar"
    content = attachment.get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = Calendar.from_ical(content)
    assert isinstance(calendar, Calendar)
    assert attachment.get_param("method") == calendar["METHOD"]
    return calendar


@pytest.mark.criterion("A12", "A15")
async def test_move_and_cancellation_follow_in_order_with_the_same_entry(house: House, smtp: Mailbox) -> None:
    id_ = await house.book()
    later = START + timedelta(days=1)
    house.clock.advance(timedelta(minutes=1))
    await house.post(id_, "moved", start=later.isoformat(), mode="onsite", sequence=1)
    house.clock.advance(timedelta(minutes=1))
    await house.post(id_, "cancelled", sequence=2)
    assert await house.postman().deliver() == 3
    calendars = [calendar_of(message) for message in smtp.messages]
    assert [calendar["METHOD"] for calendar in calendars] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [calendar.events[0]["SEQUENCE"] for calendar in calendars] == [0, 1, 2]
    assert len({calendar.events[0]["UID"] for calendar in calendars}) == 1
    assert calendars[1].events[0].start == later


async def test_without_an_address_or_with_a_deleted_case_nothing_is_sent(house: House, smtp: Mailbox) -> None:
    await house.book(email=None)
    await house.book()
    async with house.db.write() as tx:
        await tx.execute(update(CaseRow).values(wrapped_key=None, contact_sealed=None))
    assert await house.postman().deliver() == 2
    assert smtp.messages == []
    assert all(row.sent_at for row in await house.rows())


async def test_while_the_mail_server_refuses_mails_wait_and_keep_their_order(
    house: House, smtp: Mailbox
) -> None:
    smtp.refuse = "451 later"
    id_ = await house.book()
    house.clock.advance(timedelta(seconds=1))
    await house.post(id_, "cancelled", sequence=1)
    assert await house.postman().deliver() == 1
    assert await house.postman().deliver() == 0
    smtp.refuse = None
    house.clock.advance(pause_after(1))
    assert await house.postman().deliver() == 2
    assert [calendar_of(message)["METHOD"] for message in smtp.messages] == ["REQUEST", "CANCEL"]


async def test_a_mail_server_that_is_away_costs_nothing_but_time(house: House, smtp: Mailbox) -> None:
    house.mailer = SmtpMailer("smtp://127.0.0.1:9", timeout_s=2)
    await house.book()
    assert await house.postman().deliver() == 1
    house.mailer = SmtpMailer(smtp.url)
    house.clock.advance(timedelta(hours=1))
    assert await house.postman().deliver() == 1
    assert len(smtp.messages) == 1


async def test_a_mail_that_never_goes_out_is_given_up_and_said_so(
    house: House, smtp: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    smtp.refuse = "550 no such user"
    await house.book()
    async with house.db.write() as tx:
        await tx.execute(update(OutboxRow).values(attempts=MOST_ATTEMPTS - 1))
    with caplog.at_level(logging.WARNING):
        await house.postman().deliver()
    [row] = await house.rows()
    assert row.sent_at is not None
    assert "given up" in caplog.text
    assert EMAIL not in caplog.text


async def test_two_postmen_at_once_send_every_mail_once(house: House, smtp: Mailbox) -> None:
    for _ in range(6):
        await house.book()
    await asyncio.gather(house.postman().deliver(), house.postman().deliver())
    assert len(smtp.messages) == 6


async def test_dying_between_sending_and_marking_repeats_the_same_message_id(
    house: House, smtp: Mailbox
) -> None:
    class Dying:
        async def send(self, message: EmailMessage) -> None:
            await SmtpMailer(smtp.url).send(message)
            raise KeyboardInterrupt

    house.mailer = Dying()
    await house.book()
    with pytest.raises(KeyboardInterrupt):
        await house.postman().deliver()
    house.mailer = SmtpMailer(smtp.url)
    assert await house.postman().deliver() == 0
    house.clock.advance(LOCK + timedelta(seconds=1))
    assert await house.postman().deliver() == 1
    first, second = smtp.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes().count(b"BEGIN:VEVENT") == second.as_bytes().count(b"BEGIN:VEVENT")
    assert calendar_of(first).to_ical() == calendar_of(second).to_ical()


async def test_one_broken_notice_does_not_stop_the_others(house: House, smtp: Mailbox) -> None:
    broken = await house.book(email=None)
    async with house.db.write() as tx:
        await tx.execute(update(OutboxRow).where(OutboxRow.appointment_id == broken).values(facts={}))
        await tx.execute(update(CaseRow).values(contact_sealed=b"broken" * 5))
    await house.book()
    assert await house.postman().deliver() == 2
    assert len(smtp.messages) == 1


@pytest.mark.parametrize("email", ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org"])
async def test_an_address_cannot_smuggle_in_further_recipients(
    house: House, smtp: Mailbox, email: str
) -> None:
    await house.book(email=email)
    await house.postman().deliver()
    assert "b@example.org" not in smtp.recipients


def test_without_a_mail_server_it_is_said_loudly_unless_in_the_demo(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    demo = Settings(demo=True, data_dir=tmp_path)
    quiet = open_mailer(demo)
    assert isinstance(quiet, FileMailer)
    assert caplog.text == ""
    open_mailer(demo.model_copy(update={"demo": False}))
    assert "no mail leaves this house" in caplog.text


@pytest.mark.parametrize("url", ["http://mail.example", "mail.example:25", "smtp://"])
def test_a_mail_address_of_another_kind_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="smtp_url"):
        SmtpMailer(url)


async def test_a_full_disk_is_trouble_of_the_mailer(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path / "outbox")
    (tmp_path / "outbox").rmdir()
    message = EmailMessage()
    message["Message-ID"] = "<1@example>"
    with pytest.raises(NotSent):
        await mailer.send(message)
