"""A form on its way: prepared by clerk1, read, signed with the code from the outbox, sealed. For the tests of signing."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse

from server.recurring import jobs_of
from server.signing.own_seal import make_seal
from tests.office import small_city
from tests.office.city import City, Client, MakeCity
from tests.office.outbox import mails

FIELDS = {
    "holder": "Erika Musterfrau",
    "address": "Kronenstraße 1\n87435 Kempten",
    "iban": "DE89370400440532013000",
    "reference": "M-1",
    "purpose": "Hundesteuer",
}
MINUTE = timedelta(minutes=1)
LINES = [[100, 250, 300, 100, 500, 400, 700, 100], [800, 250, 1200, 260]]


def with_seal(folder: Path, now: datetime = small_city.NOW) -> dict[str, Any]:
    """Settings with a seal made on the spot."""
    file = folder / "siegel.p12"
    make_seal(file, "Siegel der Tests", "geheim", now)
    return {"seal_file": file, "seal_password": "geheim"}


async def sealing_city(make_city: MakeCity, folder: Path, **changes: Any) -> City:
    """A city with a seal of its own making."""
    return await make_city(**with_seal(folder), **changes)


@dataclass
class Signing:
    """One appointment with its two sides."""

    city: City
    clerk: Client
    token: str
    desk: str
    form: dict[str, Any]

    @property
    def own(self) -> str:
        return f"/api/v1/appointments/{self.token}/forms/{self.form['id']}"

    @property
    def office(self) -> str:
        return f"{self.desk}/forms/{self.form['id']}"

    async def read(self) -> dict[str, Any]:
        self.form = await (await self.city.client.get(self.own)).json()
        return self.form

    async def ask_code(self, version: int | None = None) -> ClientResponse:
        body = {"version": version or self.form["version"]}
        return await self.city.client.post(f"{self.own}/code", json=body)

    async def code(self) -> str:
        """Asks for a code and takes it out of the outbox."""
        answer = await self.ask_code()
        assert answer.status == 202, await answer.text()
        return await self.newest_code()

    async def newest_code(self) -> str:
        texts = [_words(mail) for mail in await mails(self.city)]
        codes = [found[1] for text in texts if (found := re.search(r"Unterschrift: (\d{6})", text))]
        return codes[-1]

    async def sign(self, code: str, /, **more: Any) -> ClientResponse:
        body = {"version": self.form["version"], "hash": self.form["hash"], "code": code, "read": True}
        how = {} if {"name", "lines"} & more.keys() else {"lines": LINES}
        return await self.city.client.post(f"{self.own}/signature", json={**body, **how, **more})


def _words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


async def begin(city: City, **person: Any) -> Signing:
    """A video appointment of clerk1 with a form to sign."""
    booked = await city.book("bauberatung", "video", **person)
    desk = f"/api/v1/office/appointments/{await city.id_of(booked)}"
    for login in ("clerk1", "clerk4"):  # whose duty it is, is the office's affair
        clerk = await city.sign_in(login)
        made = await clerk.post(f"{desk}/forms", json={"blank": "sepa-lastschrift", "fields": FIELDS})
        if made.status == 201:
            break
    assert made.status == 201, await made.text()
    return Signing(city, clerk, booked["token"], desk, await made.json())


async def until_sealed(signing: Signing) -> dict[str, Any]:
    """Lets the house work until the sealed form is there."""
    job = next(job for job in jobs_of(signing.city.office) if job.name == "forms-seal")
    await job.run(signing.city.now)
    while (await signing.read())["status"] != "sealed":
        signing.city.clock.advance(MINUTE)  # what took too long on a busy machine is tried again later
        await job.run(signing.city.now)
    return signing.form


async def sealed_pdf(signing: Signing) -> bytes:
    """What the citizen downloads in the end."""
    form = await until_sealed(signing)
    answer = await signing.city.client.get(
        f"/api/v1/appointments/{signing.token}/documents/{form['document']}"
    )
    assert answer.status == 200, await answer.text()
    return await answer.read()
