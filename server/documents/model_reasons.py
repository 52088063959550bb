"""Why a document is asked for once more or refused: the reasons a clerk picks from. Own words are sealed with the document."""

from typing import Final, Protocol

OWN_WORDS: Final = "own-words"
WORDS = {
    "blurred": "Das Bild ist unscharf.",
    "unreadable": "Die Schrift ist nicht zu lesen.",
    "cut-off": "Ein Teil ist abgeschnitten.",
    "page-missing": "Eine Seite fehlt.",
    "incomplete": "Es ist nicht vollständig ausgefüllt.",
    "not-signed": "Die Unterschrift fehlt.",
    "expired": "Es ist abgelaufen.",
    "wrong-document": "Es ist ein anderes Dokument, als wir brauchen.",
    "wrong-person": "Es gehört zu einer anderen Person.",
    OWN_WORDS: "Ein anderer Grund",
}


class Language(Protocol):
    def gettext(self, message: str) -> str: ...


def words_of(key: str | None, language: Language) -> str:
    """The reason in the reader's language; empty for none, or for one that only own words explain."""
    return language.gettext(WORDS[key]) if key in WORDS and key != OWN_WORDS else ""
