"""May this meeting be recorded, and if not, why not. Says nothing about how recordings are made or kept."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Reason = Literal["off", "no-legal-basis", "not-approved", "nobody-present", "consent-missing", "allowed"]


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    reason: Reason


def may_record(
    *,
    switched_on: bool = False,
    legal_basis: str = "",
    approved_by_officer: bool = False,
    present: Collection[str] = (),
    consenting: Collection[str] = (),
) -> Decision:
    """Never, unless every condition holds at this moment: the service allows it on a legal basis, the data-protection
    officer approved that, and everybody who is present has consented (GDPR art. 6 and 7)."""
    refusals: tuple[tuple[bool, Reason], ...] = (
        (not switched_on, "off"),
        (not legal_basis.strip(), "no-legal-basis"),
        (not approved_by_officer, "not-approved"),
        (not present, "nobody-present"),
        (not set(present) <= set(consenting), "consent-missing"),
    )
    for refused, reason in refusals:
        if refused:
            return Decision(allowed=False, reason=reason)
    return Decision(allowed=True, reason="allowed")
