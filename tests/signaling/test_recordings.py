"""Recording is off, and every single missing condition keeps it off."""

import re
from pathlib import Path

from recordings_policy.decide import Decision, may_record

POLICY = (Path(__file__).parents[2] / "recordings_policy/POLICY.md").read_text()


def test_recording_is_never_allowed_by_default() -> None:
    assert may_record() == Decision(allowed=False, reason="off")


def test_each_missing_condition_keeps_it_off_with_its_reason() -> None:
    whole = {
        "switched_on": True,
        "legal_basis": "§ 1",
        "approved_by_officer": True,
        "present": "ab",
        "consenting": "ab",
    }
    missing = {
        "switched_on": False,
        "legal_basis": " ",
        "approved_by_officer": False,
        "present": "",
        "consenting": "a",
    }
    assert may_record(**whole) == Decision(allowed=True, reason="allowed")  # type: ignore[arg-type]
    reasons = [may_record(**{**whole, name: value}).reason for name, value in missing.items()]  # type: ignore[arg-type]
    assert reasons == re.findall(r"\| `([a-z-]+)` \|", POLICY)
