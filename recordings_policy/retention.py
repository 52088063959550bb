"""Which period is in force at an instant, and what is due by it. Says nothing about how anything is deleted."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from recordings_policy.classes import CLASSES
from recordings_policy.data_class import DataClass

Verdict = Literal["approved", "rejected"]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a class's rule; without `verdict` it is a proposal that nobody has decided."""

    class_key: str
    number: int
    period: timedelta
    verdict: Verdict | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods in force, by class; what nobody has changed has its default."""

    changed: Mapping[str, timedelta] = field(default_factory=dict)

    def of(self, data_class: DataClass) -> timedelta:
        return self.changed.get(data_class.key, data_class.period)


DEFAULTS = Periods()
PeriodsAt = Callable[[datetime], Awaitable[Periods]]
"""How a verb that must show or keep to a period gets those in force, without knowing where they come from."""


def in_force(versions: Iterable[Version], data_class: DataClass, at: datetime) -> timedelta:
    """The period of the newest version that was approved by then: proposed and rejected ones change nothing."""
    approved = [
        one
        for one in versions
        if one.class_key == data_class.key
        and one.verdict == "approved"
        and one.decided_at is not None
        and one.decided_at <= at
    ]
    return max(approved, key=lambda one: one.number).period if approved else data_class.period


def periods_at(versions: Iterable[Version], at: datetime) -> Periods:
    """The periods of all classes that are in force then."""
    known = list(versions)
    return Periods({one.key: in_force(known, one, at) for one in CLASSES})


def is_due(start: datetime | None, period: timedelta, now: datetime, *, held: bool = False) -> bool:
    """Whether something must go; what has not started its period stays, and a legal hold wins."""
    return start is not None and not held and start + period <= now
