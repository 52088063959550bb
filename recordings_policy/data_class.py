"""What is said of a kind of personal data, and the legal bases there are. Which kinds there are is in `classes.py`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

Start = Literal["collection", "end-of-process", "end-of-relationship"]
Persons = Literal["citizens", "guests", "staff"]
Recipient = Literal["mail", "sms"]

TASK: Final = "Art. 6 Abs. 1 Buchst. e DSGVO mit Art. 4 Abs. 1 BayDSG (Aufgabe der Stadt)"
DUTY: Final = "Art. 6 Abs. 1 Buchst. c DSGVO mit Art. 5 Abs. 2 und Art. 32 DSGVO (Nachweis und Sicherheit)"
CONSENT: Final = "Art. 6 Abs. 1 Buchst. a DSGVO (Einwilligung)"
STAFF: Final = "Art. 6 Abs. 1 Buchst. b und e DSGVO mit Art. 4 Abs. 1 BayDSG (Beschäftigung)"

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class DataClass:
    """One kind of data. It is kept for `period` from `start` on; nobody may set more than `longest`.

    `persons`: whose data it is. `given_to`: who outside of the office gets some of it.
    """

    key: str
    name: str
    purpose: str
    legal_basis: str
    start: Start
    period: timedelta
    longest: timedelta
    persons: Persons = "citizens"
    given_to: tuple[Recipient, ...] = ()
