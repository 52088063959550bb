"""Fills every column of every table that a citizen's case leads to with words of its own, as the models allow them."""

import json
import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Integer, LargeBinary, String, Table, insert, select, update

from server.booking.model import AppointmentRow, CaseRow
from server.contact import Contact, contact_sealed
from server.documents.model import name_bound, reason_bound
from server.planning.model import AbsenceRow
from server.privacy.reach import ties
from server.rooms.model import note_bound
from server.rooms.model_call_back import call_back_bound
from server.sealing import Keyring, seal
from server.signing.model import form_bound
from tests.office.city import MASTER_KEY, City

Row = dict[str, Any]
STAYS = {
    "appointment": {
        "id",
        "token_hash",
        "hold_hash",
        "duty_id",
        "case_id",
        "site_id",
        "waiting_id",
        "follows_id",
    }
    | {"state", "starts_at", "ends_at", "expires_at", "services", "language", "mode", "contact_nr", "ticks"},
    "case": {"id", "wrapped_key", "key_version", "closed_at"},
    "legal_hold": {"lifted_at"},
}
FIXED: Row = {"attempts": 0, "direction": "in", "deleted_at": None, "channel": "mail", "work_until": None}


class Canaries:
    """`rows`: what now stands in each table, sealed columns in the open."""

    def __init__(self, city: City, booked: Row) -> None:
        self._city, self._booked = city, booked
        self.rows: dict[str, Row] = {}

    async def fill(self) -> None:
        db = self._city.office.db
        async with db.write() as tx:
            one = select(AppointmentRow.id, AppointmentRow.case_id)
            found = (await tx.execute(one.where(AppointmentRow.number == self._booked["number"]))).one()
            keys = select(CaseRow.wrapped_key).where(CaseRow.id == found.case_id)
            self._case, wrapped = found.case_id, await tx.scalar(keys)
            assert wrapped is not None
            self._key = Keyring(MASTER_KEY, 1).unwrap(wrapped, 1)
            ids = {"case": found.case_id, "appointment": found.id}
            absence = {"id": secrets.token_hex(16), "staff_id": 1, "created_by": 1}
            times = {"starts_at": self._city.now, "ends_at": self._city.now, "created_at": self._city.now}
            await tx.execute(insert(AbsenceRow).values(**absence, **times))
            self._others = {"staff": 1, "duty": 1, "absence": absence["id"]}
            for table in ties():
                row = {**self._values(table, ids), **({"id": ids[table.name]} if table.name in ids else {})}
                stored, self.rows[table.name] = self._sealed(table, row), row
                if table.name in ids:
                    kept = {name: value for name, value in stored.items() if name not in STAYS[table.name]}
                    await tx.execute(update(table).where(table.c.id == ids[table.name]).values(**kept))
                else:
                    await tx.execute(insert(table).values(**stored))
                    ids[table.name] = row.get("id", "")
        for name in ("case", "appointment"):
            for column in STAYS[name]:
                self.rows[name].pop(column, None)

    def words(self) -> set[str]:
        """Long words that stand nowhere else."""
        return {word for table in self.rows for word in self.words_of(table)}

    def words_of(self, table: str) -> set[str]:
        found: set[str] = set()
        for value in self.rows[table].values():
            text = value if isinstance(value, str) else json.dumps(value, default=str)
            found |= {word for word in text.replace('"', " ").split() if word.startswith("zz")}
        return found

    def _values(self, table: Table, ids: dict[str, str]) -> Row:
        return {column.name: self._value(table, column, ids) for column in table.columns}

    def _value(self, table: Table, column: Any, ids: dict[str, str]) -> Any:
        if column.name in STAYS.get(table.name, ()):
            return None
        if (table.name, column.name) in (("legal_hold", "case_id"), ("erasure", "case_id")):
            return ids["case"]
        if (table.name, column.name) == ("audit", "object_id"):
            return ids["appointment"]
        if (table.name, column.name) in (("audit", "id"), ("audit", "position"), ("audit", "link")):
            return None if column.name != "id" else secrets.randbelow(10**6) + 10**6
        for key in column.foreign_keys:
            to = key.column.table.name
            return ids[to] if to in ids else self._others.get(to)
        if (table.name, column.name) == ("recording", "expires_at"):
            return datetime(2028, 1, 1, tzinfo=UTC)
        if column.name in FIXED:
            return FIXED[column.name]
        return _of_type(column.type)

    def _sealed(self, table: Table, row: Row) -> Row:
        sealed = dict(row)
        for name, bound in self._bounds(table.name, row).items():
            sealed[name] = seal(self._key, _plain(row[name]), bound)
        if table.name == "case":
            row["contact_sealed"] = {
                "name": _word(),
                "email": _word(),
                "phone": _word(),
                "answers": {"a": _word()},
            }
            sealed["contact_sealed"] = contact_sealed(self._key, self._case, Contact(**row["contact_sealed"]))
        for column in table.columns:  # what this house can't open for anybody
            if isinstance(column.type, LargeBinary) and isinstance(sealed[column.name], str):
                sealed[column.name] = sealed[column.name].encode()
        return sealed

    def _bounds(self, table: str, row: Row) -> dict[str, str]:
        if table == "document":
            return {
                "name_sealed": name_bound(self._case, row["id"]),
                "reason_sealed": reason_bound(self._case, row["id"]),
            }
        if table == "form":
            row["content_sealed"], row["signature_sealed"] = {"values": {"a": _word()}}, {"typed": _word()}
            return {
                "content_sealed": form_bound(row["id"], "content"),
                "signature_sealed": form_bound(row["id"], "signature"),
                "pdf_sealed": form_bound(row["id"], f"pdf/{row['version']}"),
                "sealed_pdf": form_bound(row["id"], "sealed"),
            }
        bounds = {"transfer": ("note_sealed", note_bound(str(row.get("id"))))}
        bounds["call_back"] = ("phone_sealed", call_back_bound(self._case))
        return dict([bounds[table]]) if table in bounds else {}


def _plain(value: Any) -> bytes:
    return (value if isinstance(value, str) else json.dumps(value)).encode()


def _word(length: int = 20) -> str:
    return ("zz" + secrets.token_hex(30))[:length]


def _of_type(kind: Any) -> Any:
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer):
        return secrets.randbelow(9 * 10**6) + 10**6
    if isinstance(kind, Date):
        return date(2027, 1, 1) + timedelta(days=secrets.randbelow(300))
    if isinstance(kind, JSON):
        return {"what": _word(), "why": _word()}
    if isinstance(kind, (String, LargeBinary)):
        return _word(min(getattr(kind, "length", None) or 32, 32))
    return datetime(2027, 2, 1, tzinfo=UTC) + timedelta(seconds=secrets.randbelow(10**6))
