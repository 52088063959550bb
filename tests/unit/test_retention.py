"""Which period is in force, and what is due by it."""

from datetime import UTC, datetime, timedelta

import pytest

from recordings_policy.classes import UPLOAD
from recordings_policy.retention import Version, in_force, is_due, periods_at

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def version(number: int, days: int, verdict: str | None = "approved", decided: datetime = NOW) -> Version:
    return Version("upload", number, days * DAY, verdict, decided if verdict else None)  # type: ignore[arg-type]


@pytest.mark.criterion("J03")
def test_only_what_was_approved_is_in_force_and_from_that_instant_on() -> None:
    assert in_force([], UPLOAD, NOW) == UPLOAD.period
    assert in_force([version(1, 90, None)], UPLOAD, NOW) == UPLOAD.period
    assert in_force([version(1, 90, "rejected")], UPLOAD, NOW) == UPLOAD.period
    both = [version(1, 7), version(2, 3, "approved", NOW + DAY)]
    assert in_force(both, UPLOAD, NOW - timedelta(seconds=1)) == UPLOAD.period
    assert in_force(both, UPLOAD, NOW) == 7 * DAY
    assert periods_at(both, NOW + DAY).of(UPLOAD) == 3 * DAY


def test_what_is_due_goes_on_its_day_and_a_legal_hold_wins() -> None:
    assert not is_due(None, DAY, NOW)
    assert not is_due(NOW - DAY + timedelta(seconds=1), DAY, NOW)
    assert is_due(NOW - DAY, DAY, NOW)
    assert not is_due(NOW - DAY, DAY, NOW, held=True)
