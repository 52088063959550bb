"""A backup holds no key, and putting it back brings nobody back who was deleted meanwhile."""

import base64
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from sqlalchemy import select

from server.app import make_app
from server.backup.keys import OWNERS, tables_with_keys
from server.backup.restore import restore
from server.backup.save import BackupRefused, save
from server.booking.model import AppointmentRow, CaseRow
from server.db import Database
from server.documents import delete
from server.privacy.anchor_chain import extend, note_deletions
from server.privacy.report_chain import examine
from server.rooms.consent import destroy
from server.rooms.model_recording import RecordingRow
from server.settings import Settings
from tests.http.test_recordings_held import ID as RECORDING
from tests.http.test_recordings_held import kept as recording_kept
from tests.neighbours.postgres import Cluster
from tests.office.city import City, MakeCity, only_sqlite
from tests.office.disk import contents_of
from tests.office.papers import a_pdf

PDF = a_pdf()
DAY = timedelta(days=1)
MODELS = make_app  # the composition root imports every model


async def booked_with_a_document(city: City, nth: int) -> tuple[dict[str, Any], str]:
    booked = await city.book("bauberatung", "video", nth=nth)
    form = FormData(quote_fields=False)
    form.add_field("file", PDF, filename="plan.pdf")
    answer = await city.client.post(f"/api/v1/appointments/{booked['token']}/documents", data=form)
    return booked, str((await answer.json())["id"])


async def case_of(city: City, booked: dict[str, Any]) -> Any:
    own = select(AppointmentRow.case_id).where(AppointmentRow.number == booked["number"])
    async with city.office.db.read() as tx:
        return (await tx.execute(select(CaseRow).where(CaseRow.id.in_(own)))).one()


async def cancelled_and_swept(city: City, booked: dict[str, Any]) -> None:
    """Two days later the case is closed, and the ledger knows."""
    assert (await city.client.delete(f"/api/v1/appointments/{booked['token']}")).status in (200, 204)
    city.clock.advance(3 * DAY)
    await delete.sweep(city.office.db, city.office.store, city.now)
    await extend(city.office.db)
    await note_deletions(city.office.db, city.settings.ledger_file)


def content_of(*folders: Path) -> bytes:
    return b"".join(data for folder in folders for data in contents_of(folder).values())


Elsewhere = Callable[[City], Settings]


@pytest.fixture
def elsewhere(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Elsewhere:
    """A machine on which nothing is yet; the ledger is the one that outlived the old one."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'new' / 'city.sqlite3'}"
    if database_kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres")
        url = cluster.url(cluster.new_database())

    def settings(city: City) -> Settings:
        new = {"database_url": url, "store": tmp_path / "new" / "documents", "data_dir": tmp_path / "new"}
        return city.settings.model_copy(update={**new, "ledger": city.settings.ledger_file})

    return settings


@pytest.mark.criterion("J06")
async def test_a_restore_deletes_again_what_was_deleted_since(
    city: City, make_city: MakeCity, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    """Nobody is resurrected, no byte of their key is left, and who stays finds everything."""
    stays, kept = await booked_with_a_document(city, -1)
    gone, lost = await booked_with_a_document(city, 0)
    before = await case_of(city, gone)
    keys = await save(city.settings, tmp_path / "backup", tmp_path / "keys", city.now)
    saved = content_of(tmp_path / "backup")
    for key in ((await case_of(city, stays)).wrapped_key, before.wrapped_key):
        assert len(key) > 30
        assert not [form for form in (key, key.hex().encode(), base64.b64encode(key)) if form in saved]
    await cancelled_and_swept(city, gone)

    new = elsewhere(city)
    done = await restore(new, tmp_path / "backup", keys, city.now)
    assert done.replayed >= 1
    changes = {"database_url": new.database_url, "store": new.store, "ledger": new.ledger}
    restored = await make_city(**changes, data_dir=new.data_dir)
    restored.clock.set(city.now)
    case = await case_of(restored, gone)
    assert (case.wrapped_key, case.contact_sealed) == (None, None)
    assert case.closed_at
    assert [path.stem for path in new.store.glob("*.sealed")] == [kept]
    assert lost not in kept
    if new.database_url.startswith("sqlite"):
        assert before.wrapped_key not in content_of(new.data_dir)
        assert before.contact_sealed not in content_of(new.data_dir)
    api = f"/api/v1/appointments/{stays['token']}"
    found = await restored.client.get(f"{api}/documents/{kept}")
    assert (found.status, await found.read()) == (200, PDF)
    assert (await restored.book("bauberatung", "video"))["state"] == "confirmed"
    assert (await examine(new.database_url, [city.settings.ledger_file])).fault is None


@only_sqlite()
@pytest.mark.criterion("J06")
@pytest.mark.criterion("J09")
async def test_a_restore_destroys_again_the_key_of_a_recording_that_is_gone(
    city: City, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    await recording_kept(city)
    keys = await save(city.settings, tmp_path / "backup", tmp_path / "keys", city.now)
    async with city.office.db.write() as tx:
        assert await destroy(tx, RECORDING, "withdrawn", city.now, actor="citizen")
    await extend(city.office.db)
    await note_deletions(city.office.db, city.settings.ledger_file)
    new = elsewhere(city)
    assert (await restore(new, tmp_path / "backup", keys, city.now)).replayed == 1
    db = Database(new.database_url)
    async with db.read() as tx:
        row = (await tx.execute(select(RecordingRow.state, RecordingRow.key_sealed))).one()
    await db.close()
    assert tuple(row) == ("gone", None)


@only_sqlite()
@pytest.mark.criterion("J06")
async def test_without_its_keys_an_old_backup_can_not_be_read(
    city: City, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    """The keys of a backup go after a week; those of a later one hold nobody who was deleted before it."""
    stays, _ = await booked_with_a_document(city, -1)
    gone, _ = await booked_with_a_document(city, 0)
    old = await save(city.settings, tmp_path / "first", tmp_path / "keys", city.now)
    await cancelled_and_swept(city, gone)
    city.clock.advance(4 * DAY - timedelta(seconds=1))
    await save(city.settings, tmp_path / "second", tmp_path / "keys", city.now)
    assert old.exists()
    city.clock.advance(timedelta(seconds=1))
    later = await save(city.settings, tmp_path / "third", tmp_path / "keys", city.now)
    assert not old.exists()
    done = await restore(elsewhere(city), tmp_path / "first", later, city.now)
    assert done.keys == 1
    assert stays


@only_sqlite()
@pytest.mark.criterion("J06")
async def test_a_restore_that_broke_off_has_brought_nobody_back(
    city: City, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, _ = await booked_with_a_document(city, 0)
    keys = await save(city.settings, tmp_path / "backup", tmp_path / "keys", city.now)
    wrapped = (await case_of(city, gone)).wrapped_key
    await cancelled_and_swept(city, gone)

    async def power_cut(*_: object) -> int:
        raise OSError("power")

    monkeypatch.setattr("server.backup.restore.replay", power_cut)
    new = elsewhere(city)
    with pytest.raises(OSError, match="power"):
        await restore(new, tmp_path / "backup", keys, city.now)
    assert wrapped
    assert wrapped not in content_of(new.data_dir)


@only_sqlite()
async def test_what_would_lose_or_overwrite_something_is_refused(
    city: City, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    backup, keys = tmp_path / "backup", tmp_path / "keys"
    with pytest.raises(BackupRefused, match="nicht in der Sicherung"):
        await save(city.settings, backup, backup / "keys", city.now)
    file = await save(city.settings, backup, keys, city.now)
    with pytest.raises(BackupRefused, match="nicht leer"):
        await save(city.settings, backup, keys, city.now)
    new = elsewhere(city)
    with pytest.raises(BackupRefused, match="Löschungen fehlt"):
        await restore(new.model_copy(update={"ledger": None}), backup, file, city.now)
    with pytest.raises(BackupRefused, match="gibt es schon"):
        await restore(city.settings.model_copy(update={"store": new.store}), backup, file, city.now)
    await restore(new, backup, file, city.now)
    other = new.model_copy(update={"database_url": "postgresql+asyncpg://nobody@127.0.0.1:1/x"})
    with pytest.raises(BackupRefused, match="Diese Sicherung ist von sqlite"):
        await restore(other, backup, file, city.now)


def test_every_table_with_wrapped_keys_is_known() -> None:
    assert sorted(tables_with_keys()) == sorted(OWNERS)
