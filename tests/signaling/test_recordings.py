"""Recording is off, and every single missing condition keeps it off: the text that the officer signs says the same as the code."""

import re
from dataclasses import replace

import pytest

from recordings_policy.consent import VERSION, Answer, consenting, refused
from recordings_policy.decide import Decision, Permission, may_ask, may_record
from recordings_policy.policy_text import TEXT

WHOLE = Permission(
    switched_on=True,
    legal_basis="§ 1",
    approved_by_officer=True,
    of_this_text=True,
    before_booking=True,
)
MISSING = [
    {"switched_on": False},
    {"legal_basis": " "},
    {"approved_by_officer": False},
    {"of_this_text": False},
    {"before_booking": False},
]


@pytest.mark.criterion("J07")
def test_recording_is_never_allowed_by_default() -> None:
    assert may_record() == Decision(allowed=False, reason="off")
    assert may_record(present="ab", consenting="ab") == Decision(allowed=False, reason="off")


@pytest.mark.criterion("J07")
def test_each_missing_condition_keeps_it_off_with_the_reason_that_the_signed_text_names() -> None:
    assert may_record(WHOLE, "ab", "abc") == Decision(allowed=True, reason="allowed")
    without = [replace(WHOLE, **lack) for lack in MISSING]  # type: ignore[arg-type]
    reasons: list[str] = [may_record(one, "ab", "ab").reason for one in without]
    assert [may_ask(one).reason for one in without] == reasons
    reasons += [may_record(WHOLE, "", "ab").reason, may_record(WHOLE, "ab", "a").reason]
    assert reasons == re.findall(r"\| `([a-z-]+)` \|", TEXT)


def test_only_a_yes_to_these_very_words_that_was_not_taken_back_is_consent() -> None:
    yes, no = Answer("a", agreed=True, version=VERSION), Answer("b", agreed=False, version=VERSION)
    older = Answer("c", agreed=True, version="other words")
    assert consenting([yes, no, older]) == {"a"}
    assert refused([yes, older]) is False
    assert refused([yes, no]) is True
