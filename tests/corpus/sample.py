"""What a file of the corpus is: how it is made, what it is called, and what the office has to say about it."""

from collections.abc import Callable
from dataclasses import dataclass

PDF, JPEG, PNG, HEIC = "application/pdf", "image/jpeg", "image/png", "image/heic"
FOREIGN, INVALID, INFECTED, TOO_LARGE = "type-not-allowed", "invalid", "infected", "too-large"
STATUS = {FOREIGN: 415, INVALID: 422, INFECTED: 422, TOO_LARGE: 413}
EXTENSION = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", HEIC: ".heic"}

BROKEN_WORDS = "beschädigt"
COSTLY_WORDS = "nicht sicher öffnen"
LARGE_WORDS = "zu groß"
UNSCANNED_WORDS = "verschachtelt"

CANARY = b"canary-7741"
"""Stands where no rendering may repeat it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One file. `verdict` is the media type of an accepted one or the problem type of a refused one.

    `words`: what the refusal has to contain. `kept`: the name the office keeps. `shown`: whether its pages are looked at
    too, `pages` how many. `shape` of the picture: "high", "wide" or nothing. `hints`: what the record says it could do by itself.
    """

    name: str
    make: Callable[[], bytes]
    verdict: str
    filename: str = ""
    words: str = ""
    kept: str = ""
    shown: bool = True
    pages: int = 1
    shape: str = ""
    hints: tuple[str, ...] | None = None

    @property
    def sent_as(self) -> str:
        return self.filename or f"datei{EXTENSION.get(self.verdict, '.pdf')}"


def always(data: bytes) -> Callable[[], bytes]:
    """For what needs no making."""
    return lambda: data
