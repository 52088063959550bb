"""Until when each kind of data of one case is kept, as a day on the calendar: the case's own times and the periods in force."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from recordings_policy import classes as kinds
from recordings_policy.data_class import DataClass
from recordings_policy.retention import Periods
from server.clock import BERLIN
from server.privacy.reach import Rows

Row = Mapping[str, Any]

SINCE: Final = {
    "incident": "filed_at",
    "exclusion": "until",
    "outbox": "created_at",
    "knock": "created_at",
    "idempotency": "created_at",
    "fate": "at",
    "erasure": "done_at",
    "audit": "at",
    "legal_hold": "lifted_at",
}
"""What the period counts from where it is not the appointment; None there: it has not begun."""
HELD_WITH_THE_CASE: Final = frozenset(
    {
        kinds.CONTACT, kinds.CANCELLED, kinds.UPLOAD, kinds.CITY_DOCUMENT, kinds.IDENTITY, kinds.SIGNATURE,
        kinds.DEVICE_CHECK, kinds.CALL_BACK, kinds.GUEST, kinds.HAND_OVER, kinds.RECORDING,
    }
)  # fmt: skip
"""What a legal hold keeps."""


def class_of(table: str, choice: Sequence[DataClass], row: Row, rows: Rows) -> DataClass:
    """Which kind a row is, where its table holds two."""
    if len(choice) == 1:
        return choice[0]
    if table == "document":
        return kinds.CITY_DOCUMENT if row["direction"] == "out" else kinds.UPLOAD
    if table == "case":
        off = [one["state"] == "cancelled" for one in rows["appointment"]]
        return kinds.CANCELLED if off and all(off) else kinds.CONTACT
    if table == "appointment":
        never = row["token_hash"] is None or row["expires_at"] is not None
        return kinds.UNCONFIRMED if never else kinds.BOOKING
    return choice[0]


def until(
    data_class: DataClass, table: str, row: Row, rows: Rows, periods: Periods, *, held: bool
) -> datetime | None:
    """The end of one row; None where it is not known yet, or a legal hold keeps it."""
    if held and data_class in HELD_WITH_THE_CASE:
        return None
    period = periods.of(data_class)
    if data_class == kinds.RECORDING:
        return max((one["expires_at"] for one in rows["recording"]), default=None)
    if table == "waiting" and data_class == kinds.WAITING:
        return _leaves_the_list(row) + period
    if table in SINCE:
        start = row[SINCE[table]]
        return start + period if start else None
    if data_class == kinds.UNCONFIRMED:
        start = row.get("cancelled_at") or row.get("expires_at")
        return start + period if start else None
    if data_class in (kinds.BOOKING, kinds.LIMITS):
        ends = [one["ends_at"] for one in rows["appointment"]]
        return max(ends) + period if ends else _before_an_appointment(rows, periods)
    return _with_the_case(rows, periods, data_class)


def _with_the_case(rows: Rows, periods: Periods, data_class: DataClass) -> datetime | None:
    """When the last appointment is long enough over; one that was cancelled has a rule of its own."""
    ends = []
    for one in rows["appointment"]:
        end = one["ends_at"] + periods.of(data_class)
        if one["state"] == "cancelled" and one["cancelled_at"] is not None:
            end = one["cancelled_at"] + periods.of(kinds.CANCELLED)
        ends.append(end)
    return max(ends, default=None) or _before_an_appointment(rows, periods)


def _before_an_appointment(rows: Rows, periods: Periods) -> datetime | None:
    """Where nobody has booked yet, the name goes with the place on the list or in the line."""
    ends = [_leaves_the_list(one) + periods.of(kinds.WAITING) for one in rows["waiting"]]
    ends += [one["created_at"] + periods.of(kinds.KNOCK) for one in rows["knock"]]
    return max(ends, default=None)


def _leaves_the_list(entry: Row) -> datetime:
    """When it did, or will at the latest: after the last day that suits."""
    last: date = entry["last_day"]
    ended: datetime | None = entry["ended_at"]
    return ended or datetime.combine(last + timedelta(days=1), time(), BERLIN).astimezone(UTC)
