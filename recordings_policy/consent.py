"""Who has consented to being recorded, and to which words. Says nothing about who is there."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

QUESTION: Final = (
    "Darf dieses Gespräch aufgezeichnet werden? Aufgenommen werden Bild und Ton aller Beteiligten. Das ist freiwillig: "
    "Ohne Ihr Ja wird nichts aufgezeichnet, und das Gespräch geht genauso weiter. Sie können Ihr Ja jederzeit "
    "zurücknehmen. Dann endet die Aufzeichnung sofort und wird gelöscht."
)
VERSION: Final = hashlib.sha256(QUESTION.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person said to the question, in the version they were shown; `subject` is who they are in this room."""

    subject: str
    agreed: bool
    version: str
    withdrawn_at: datetime | None = None


def consenting(answers: Iterable[Answer]) -> frozenset[str]:
    """Those who said yes to the words as they are now, and have not taken it back."""
    yes = [one for one in answers if one.agreed and one.withdrawn_at is None]
    return frozenset(one.subject for one in yes if one.version == VERSION)


def refused(answers: Iterable[Answer]) -> bool:
    """Whether anybody said no; then nobody is recorded, and nobody is told who it was."""
    return any(not one.agreed or one.withdrawn_at is not None for one in answers)
