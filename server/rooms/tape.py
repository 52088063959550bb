"""A recorder's process is started once everybody has said yes, followed, and stopped; what it sends is sealed as it comes.

The server opens no media socket: sound and picture reach it only through the child's pipe, and leave it only sealed.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import exists, select, update

from recordings_policy.classes import RECORDING
from recordings_policy.decide import may_record
from server.access import Appointment, case_of
from server.audit import record
from server.booking.model import AppointmentRow
from server.db import Database
from server.privacy.model import LegalHoldRow
from server.privacy.model_report import swept
from server.rooms.admit import recorder_ticket, room_of
from server.rooms.consent import destroy, standing
from server.rooms.listen import RoomWatch
from server.rooms.model_recording import RecordingRow
from server.sealing import Keyring, seal
from server.settings import Settings
from signaling.contract import Notice

ROOT: Final = Path(__file__).parents[2]
PART: Final = 64 * 1024
LOOK_S: Final = 0.25
LONGEST: Final = timedelta(hours=3)
DEAD: Final = timedelta(seconds=60)


class Tapes(Protocol):
    """The sealed store."""

    async def write(
        self, document_id: str, key: bytes, bound_to: str, chunks: AsyncIterator[bytes]
    ) -> int: ...

    async def remove(self, document_id: str) -> None: ...


@dataclass
class Studio:
    """Follows the recorders that this server has started; `taken` is how many bytes of each recording have come so far."""

    db: Database
    store: Tapes
    keyring: Keyring
    settings: Settings
    rooms: RoomWatch
    now: Callable[[], datetime]
    following: set[asyncio.Task[None]] = field(default_factory=set)
    taken: dict[str, int] = field(default_factory=dict)

    async def begin(self, meeting: Appointment) -> bool:
        """Starts a recorder if the policy says yes now; of several that ask at once one starts it."""
        key, now = AESGCM.generate_key(bit_length=256), self.now()
        async with self.db.write() as tx:
            found = await standing(tx, meeting)
            present = self.rooms.inside(room_of(meeting.id, self.settings))
            decision = may_record(found.permission, present, found.consenting)
            if (
                not self.settings.recorder
                or found.id is None
                or found.state != "asked"
                or not decision.allowed
            ):
                return False
            case = await case_of(tx, meeting, self.keyring)
            sealed = seal(case.key, key, bound(found.id))
            one = update(RecordingRow).where(RecordingRow.id == found.id, RecordingRow.state == "asked")
            if not (await tx.execute(one.values(state="running", key_sealed=sealed, beat_at=now))).rowcount:
                return False
            await record(tx, now, "system", "recording.begun", found.id, appointment=meeting.id)
        ticket = recorder_ticket(meeting, found.id, self.settings, now)
        said = {"url": ticket.signaling_url, "ticket": ticket.ticket, "consenting": sorted(found.consenting)}
        order = {**said, "permission": asdict(found.permission), "most_s": LONGEST.total_seconds()}
        task = asyncio.create_task(self._follow(meeting, found.id, key, order))
        self.following.add(task)
        task.add_done_callback(self.following.discard)
        return True

    async def end(self, meeting: Appointment, recording_id: str) -> None:
        """The recorder is put out of the room at once, wherever it runs; a recording that is kept is finished by that."""
        subject = recorder_ticket(meeting, recording_id, self.settings, self.now()).subject
        room = room_of(meeting.id, self.settings)
        await self.rooms.publish(Notice("removed", room, subject, "recorder", int(self.now().timestamp())))

    async def stop(self) -> None:
        for task in self.following:
            task.cancel()
        await asyncio.gather(*self.following, return_exceptions=True)

    async def _follow(
        self, meeting: Appointment, recording_id: str, key: bytes, order: dict[str, object]
    ) -> None:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "signaling.recorder"),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": str(ROOT), **passed_on()}, cwd="/",
        )  # fmt: skip
        size, code = 0, 1
        try:
            if child.stdin is not None:
                child.stdin.write(json.dumps(order).encode() + b"\n")
            watching = asyncio.create_task(self._watch(recording_id, child))
            try:
                bound_to = f"case/{meeting.case_id}"
                size = await self.store.write(recording_id, key, bound_to, self._chunks(recording_id, child))
                code = await child.wait()
            finally:
                watching.cancel()
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
            await asyncio.shield(self._finish(recording_id, size if code == 0 else 0))

    async def _chunks(self, recording_id: str, child: asyncio.subprocess.Process) -> AsyncIterator[bytes]:
        while child.stdout is not None and (part := await child.stdout.read(PART)):
            self.taken[recording_id] = self.taken.get(recording_id, 0) + len(part)
            yield part

    async def _watch(self, recording_id: str, child: asyncio.subprocess.Process) -> None:
        """As soon as somebody has taken back the consent, on whichever server, the child is no more."""
        query = select(RecordingRow.state).where(RecordingRow.id == recording_id)
        beat = update(RecordingRow).where(RecordingRow.id == recording_id, RecordingRow.state == "running")
        looked = 0
        while True:
            async with self.db.read() as tx:
                state = await tx.scalar(query)
            if state != "running":
                child.kill()
                return
            looked += 1
            if looked % 40 == 0:
                async with self.db.write() as tx:
                    await tx.execute(beat.values(beat_at=self.now()))
            await asyncio.sleep(LOOK_S)

    async def _finish(self, recording_id: str, size: int) -> None:
        now = self.now()
        self.taken.pop(recording_id, None)
        running = (RecordingRow.id == recording_id, RecordingRow.state == "running")
        async with self.db.write() as tx:
            kept = {"state": "kept", "size": size, "ended_at": now}
            if size and (await tx.execute(update(RecordingRow).where(*running).values(**kept))).rowcount:
                await record(tx, now, "system", "recording.kept", recording_id)
                return
            await destroy(tx, recording_id, "failed", now)
        await self.store.remove(recording_id)


def passed_on() -> dict[str, str]:
    """What the child learns of the surroundings: no secret. It enters by the public address, so whom the server trusts it trusts."""
    known = ("PATH", "SSL_CERT_FILE", "SSL_CERT_DIR")
    return {name: os.environ[name] for name in known if name in os.environ}


def bound(recording_id: str) -> str:
    """What the recording's key is bound to."""
    return f"recording/{recording_id}/key"


async def forget_recordings(db: Database, store: Tapes, now: datetime) -> int:
    """What has expired, and what a dead process left: the key in a transaction, then the bytes. Safe to repeat."""
    row = RecordingRow
    held = exists().where(
        AppointmentRow.id == row.appointment_id,
        LegalHoldRow.case_id == AppointmentRow.case_id,
        LegalHoldRow.lifted_at.is_(None),
    )
    over = select(row.id).where(row.state.in_(("asked", "kept")), row.expires_at <= now, ~held)
    dead = select(row.id).where(row.state == "running", row.beat_at < now - DEAD)
    async with db.write() as tx:
        gone = [*await tx.scalars(over), *await tx.scalars(dead)]
        await swept(tx, RECORDING, len(gone), now)
        for recording_id in gone:
            await destroy(tx, recording_id, "expired", now)
    for recording_id in gone:
        await store.remove(recording_id)
    return len(gone)
