"""What a text message says: time, place, link, no concern. Within one message of 160 characters where it can be."""

import unicodedata
from dataclasses import dataclass

from server.notices.facts import Facts, Words

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The alphabet in which 160 characters fit (3GPP TS 23.038); with any other character 70 do."""
ONE_MESSAGE = 160
ALIKE = str.maketrans(
    {"–": "-", "—": "-", "„": '"', "“": '"', "”": '"', "’": "'", "…": "...", "\u202f": " ", "\xa0": " "}
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text message; `reference` is the same when it is sent again."""

    to: str
    text: str
    reference: str


def reminder_text(facts: Facts, link: str, city: str, language: Words) -> str:
    """The shortest wording that fits one message; the link is never cut."""
    _ = language.gettext
    when = language.short_moment(facts.start)
    where = facts.where(_("Video")).rpartition(", ")[0] or facts.where(_("Video"))
    street = where.rpartition(", ")[2]
    name = city.partition(" (")[0]
    for place in (where, street):
        text = _("{city}: Ihr Termin {when}, {place}. Sie kommen nicht? {link}")
        text = in_gsm(text.format(city=name, when=when, place=place, link=link))
        if len(text) <= ONE_MESSAGE:
            return text
    return in_gsm(_("Termin {when}, {place}. {link}").format(when=when, place=street, link=link))


def in_gsm(text: str) -> str:
    """Accents that the alphabet lacks are dropped. Other scripts stay as they are: better dear than unreadable."""
    plain = text.translate(ALIKE)
    if any(char.isalpha() and not unicodedata.name(char, "").startswith("LATIN") for char in plain):
        return plain
    return "".join(_char(char) for char in plain)


def _char(char: str) -> str:
    if char in GSM:
        return char
    base = "".join(part for part in unicodedata.normalize("NFKD", char) if part in GSM)
    return base or "?"
