"""The record of processing (Art. 30 GDPR): what is kept of whom, why, where, how long. Made of the register and the rules in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from recordings_policy.classes import CLASSES
from recordings_policy.data_class import DataClass, Persons, Recipient
from recordings_policy.retention import Periods
from server.privacy.register import Place, places

SEALED = "_sealed"
IN_STORE = "document"


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of data with the period in force and the places where it lies."""

    data_class: DataClass
    period: timedelta
    places: tuple[Place, ...]

    @property
    def sealed(self) -> bool:
        """Whether some of it is under a key of its own."""
        return any(column.endswith(SEALED) for place in self.places for column in place.columns)

    @property
    def in_store(self) -> bool:
        """Whether some of it lies in the sealed store beside the database."""
        return any(place.table == IN_STORE for place in self.places)


def entries(periods: Periods, persons: Iterable[Persons] = ("citizens", "guests", "staff")) -> list[Entry]:
    """The whole record, or the part that concerns these persons."""
    whose = set(persons)
    return [Entry(one, periods.of(one), tuple(places(one))) for one in CLASSES if one.persons in whose]


def recipients(found: Iterable[Entry]) -> list[Recipient]:
    """Who outside of the office gets some of it, each once."""
    return sorted({name for one in found for name in one.data_class.given_to})
