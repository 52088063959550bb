"""May this meeting be recorded, and if not, why not. Says nothing about how recordings are made or kept."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "off",
    "no-legal-basis",
    "not-approved",
    "text-changed",
    "booked-before",
    "nobody-present",
    "consent-missing",
    "allowed",
]


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Permission:
    """What stands about the services of one meeting; the default permits nothing.

    `of_this_text`: the officer approved POLICY.md as it reads now. `before_booking`: and did so before the appointment
    was confirmed, since nobody is asked after the fact.
    """

    switched_on: bool = False
    legal_basis: str = ""
    approved_by_officer: bool = False
    of_this_text: bool = False
    before_booking: bool = False


NEVER = Permission()


def may_record(
    permission: Permission = NEVER, present: Collection[str] = (), consenting: Collection[str] = ()
) -> Decision:
    """Never, unless every condition holds at this moment: the service allows it on a legal basis, the data-protection
    officer approved that, and everybody who is present has consented (GDPR art. 6 and 7, StGB § 201)."""
    refusals: tuple[tuple[bool, Reason], ...] = (
        (not present, "nobody-present"),
        (not set(present) <= set(consenting), "consent-missing"),
    )
    asked = may_ask(permission)
    if not asked.allowed:
        return asked
    for refused, reason in refusals:
        if refused:
            return Decision(allowed=False, reason=reason)
    return Decision(allowed=True, reason="allowed")


def may_ask(permission: Permission = NEVER) -> Decision:
    """Whether anybody may be asked for consent at all: everything but the people holds."""
    refusals: tuple[tuple[bool, Reason], ...] = (
        (not permission.switched_on, "off"),
        (not permission.legal_basis.strip(), "no-legal-basis"),
        (not permission.approved_by_officer, "not-approved"),
        (not permission.of_this_text, "text-changed"),
        (not permission.before_booking, "booked-before"),
    )
    for refused, reason in refusals:
        if refused:
            return Decision(allowed=False, reason=reason)
    return Decision(allowed=True, reason="allowed")
