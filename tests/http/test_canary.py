"""Words that a citizen sent are looked for in every file the house writes, byte for byte: while they arrive, as they lie there,
and after they were deleted. Database, its log, store, temporary folders, outbox, the scanner's folder."""

import base64
import contextlib
import mmap
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import FormData
from sqlalchemy import select, update

from recordings_policy.classes import CONTACT
from server.booking.model import AppointmentRow, CaseRow
from server.documents import delete
from server.sealing import Keyring, SealBroken
from tests.http.tus import PIECE, Upload
from tests.neighbours.clamav import ClamdServer
from tests.neighbours.postgres import Cluster
from tests.neighbours.smtp import Mailbox
from tests.office.city import MASTER_KEY, City, MakeCity
from tests.office.papers import a_pdf, a_pdf_of

NEW_MASTER_KEY = base64.b64encode(b"the key after the next rotation.").decode()


class Disk:
    """All that is written to disk for this city, and what to look for in it."""

    def __init__(self, near: list[Path], cluster: list[Path]) -> None:
        """`cluster`: PostgreSQL's own, whose log still tells at the end what was written on the way."""
        self._near, self._cluster = near, cluster
        self._since = time.time() - 1
        self.words = {
            what: f"{what}-{secrets.token_hex(6)}" for what in ("inhalt", "datei", "name", "antwort", "amt")
        }
        self.never = [form for word in self.words.values() for form in forms_of(word.encode())]

    def holding(self, *wanted: bytes) -> list[tuple[str, bytes]]:
        """Files in which one of these bytes stands."""
        return self._found([*self._near, *self._cluster], wanted)

    def assert_silent_nearby(self) -> None:
        assert self._found(self._near, self.never) == []

    def assert_silent(self) -> None:
        assert self.holding(*self.never) == []

    def _found(self, folders: list[Path], wanted: Sequence[bytes]) -> list[tuple[str, bytes]]:
        contents = self._contents(folders)
        return [(path.name, one[:12]) for path, data in contents for one in wanted if data.find(one) >= 0]

    def _contents(self, folders: list[Path]) -> Iterator[tuple[Path, mmap.mmap]]:
        for path in (path for folder in folders for path in folder.rglob("*")):
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                if not path.is_file() or not status.st_size or status.st_mtime < self._since:
                    continue
                with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as data:
                    yield path, data


def forms_of(word: bytes) -> list[bytes]:
    """As it is, in sixteen bits, in hex, and in Base64 at any of three places."""
    based = [base64.b64encode(b"x" * shift + word)[4:-4] for shift in range(3)]
    return [word, word.decode().encode("utf-16-le"), word.hex().encode(), *based]


@pytest.fixture
async def looked(
    make_city: MakeCity,
    tmp_path: Path,
    smtp: Mailbox,
    shared_clamd: ClamdServer,
    city_database_url: str,
    database_kind: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[City, Disk]:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    folders: list[Path] = []
    if database_kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres")
        name = city_database_url.rsplit("/", 1)[-1]
        number = cluster.sql(f"SELECT oid FROM pg_database WHERE datname = '{name}'")
        folders = [cluster.data / "base" / number, cluster.data / "pg_wal", cluster.data / "pg_xact"]
    return await make_city(clamd=shared_clamd.address, smtp_url=smtp.url), Disk(
        [tmp_path, shared_clamd.folder], folders
    )


@pytest.mark.criterion("D12", "D11", "D06")
async def test_nothing_of_a_citizen_is_ever_on_disk_in_the_open(
    looked: tuple[City, Disk], request: pytest.FixtureRequest
) -> None:
    city, disk = looked
    booked = await booked_with(city, disk.words)
    documents = f"/api/v1/appointments/{booked['token']}/documents"
    paper = a_pdf(disk.words["inhalt"].encode() * 9_000)
    await broken_off(city, documents, disk)
    sent = await post(city.client, documents, paper, f"{disk.words['datei']}.pdf")
    upload = Upload(city, booked)
    large = a_pdf_of(5 * PIECE + 99, disk.words["inhalt"].encode())
    await upload.create(len(large))
    for start in range(0, len(large), PIECE):
        assert (await upload.patch(large[start : start + PIECE], start)).status == 204
        disk.assert_silent_nearby()
    assert await upload.content() == large
    assert (await city.client.get(f"{documents}/{sent}/pages/0")).status == 200
    clerk = await its_clerk(city)
    office = f"/api/v1/office/appointments/{await city.id_of(booked)}/documents"
    assert (await clerk.get(f"{office}/{sent}")).status == 200
    wish = {"decision": "resend", "reason_key": "blurred", "text": disk.words["amt"]}
    decided = await clerk.post(f"{office}/{sent}/decision", json=wish)
    assert decided.status == 200, await decided.text()
    await post(clerk, office, a_pdf(disk.words["inhalt"].encode()), f"{disk.words['amt']}.pdf")
    kept, key = await key_of(city)
    ciphertext = (city.settings.store / f"{sent}.sealed").read_bytes()[1000:1064]
    await at_rest(city, request)
    disk.assert_silent()
    assert disk.holding(ciphertext), "the search finds what is there"
    assert disk.holding(kept["wrapped_key"])
    assert disk.holding(key) == []

    city.clock.set(datetime.fromisoformat(booked["end"]) + CONTACT.period + timedelta(minutes=1))
    await delete.sweep(city.office.db, city.office.store, city.now)
    await at_rest(city, request)
    assert list(city.settings.store.iterdir()) == []
    disk.assert_silent()
    assert disk.holding(key, ciphertext) == []
    assert await nothing_is_left(city)
    if city.office.db.is_sqlite:
        assert disk.holding(kept["wrapped_key"], kept["contact_sealed"]) == []
    with pytest.raises(SealBroken):  # what PostgreSQL's log may keep ends with its master key
        Keyring(NEW_MASTER_KEY, 1).unwrap(kept["wrapped_key"], 1)
    assert Keyring(MASTER_KEY, 1).unwrap(kept["wrapped_key"], 1) == key


async def booked_with(city: City, words: dict[str, str]) -> dict[str, Any]:
    held = await city.hold("bauberatung", (await city.free("bauberatung", "video"))[0])
    person: dict[str, Any] = {
        "name": words["name"],
        "email": f"{words['name']}@example.org",
        "answers": {"frage": words["antwort"]},
    }
    answer = await city.confirm((await held.json())["hold"], **person)
    assert answer.status == 201, await answer.text()
    booked: dict[str, Any] = await answer.json()
    return booked


async def broken_off(city: City, documents: str, disk: Disk) -> None:
    """A form and a resumable upload that end after each piece; the disk is looked at before they end, and after."""
    piece = (disk.words["inhalt"].encode() * (PIECE // 12))[:PIECE]
    for pieces in range(4):

        async def breaking(pieces: int = pieces) -> AsyncIterator[bytes]:
            yield b"%PDF-1.7\n"
            for _ in range(pieces):
                yield piece
                disk.assert_silent_nearby()
            raise ConnectionResetError

        form = FormData(quote_fields=False)
        form.add_field("file", breaking(), filename=f"{disk.words['datei']}.pdf")
        with pytest.raises((aiohttp.ClientError, ConnectionResetError)):
            await city.client.post(documents, data=form)
        disk.assert_silent_nearby()
        upload = Upload(city, {"token": documents.split("/")[4]})
        await upload.create(8 * PIECE)
        await upload.broken_off(b"%PDF-1.7\n" + piece * 8, 0, pieces * PIECE + 33)
        disk.assert_silent_nearby()
        gone = await city.client.delete(upload.address, headers={"Tus-Resumable": "1.0.0"})
        assert gone.status == 204


async def post(client: Any, path: str, data: bytes, name: str) -> str:
    form = FormData(quote_fields=False)
    form.add_field("file", data, filename=name)
    answer = await client.post(path, data=form)
    assert answer.status == 201, await answer.text()
    return str((await answer.json())["id"])


async def its_clerk(city: City) -> Any:
    async with city.office.db.write() as tx:
        await tx.execute(update(AppointmentRow).values(duty_id=1))
    return await city.sign_in("clerk1")


async def key_of(city: City) -> tuple[dict[str, bytes], bytes]:
    async with city.office.db.read() as tx:
        row = (await tx.execute(select(CaseRow.wrapped_key, CaseRow.contact_sealed))).one()
    assert row.wrapped_key is not None
    assert row.contact_sealed is not None
    kept = {"wrapped_key": bytes(row.wrapped_key), "contact_sealed": bytes(row.contact_sealed)}
    return kept, Keyring(MASTER_KEY, 1).unwrap(kept["wrapped_key"], 1)


async def nothing_is_left(city: City) -> bool:
    async with city.office.db.read() as tx:
        row = (await tx.execute(select(CaseRow.wrapped_key, CaseRow.contact_sealed))).one()
    return tuple(row) == (None, None)


async def at_rest(city: City, request: pytest.FixtureRequest) -> None:
    """PostgreSQL writes what it has in memory to its files."""
    if not city.office.db.is_sqlite:
        cluster: Cluster = request.getfixturevalue("postgres")
        for statement in ("VACUUM", "CHECKPOINT"):
            cluster.sql(statement, city.settings.database_url.rsplit("/", 1)[-1])
