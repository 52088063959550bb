"""Finding a service by everyday words, synonyms and with typos. Pure: no engine, no database."""

import re
import unicodedata
from difflib import SequenceMatcher

from server.catalog.model import Catalogue, Service

_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_LITTLE_WORDS = """
ich du wir sie mir mich uns moechte will wollen muss brauche brauchen kann mein meine meinen meinem meiner
der die das den dem des ein eine einen einem einer und oder fuer im in am an auf bei mit von zu zum zur
nach aus um wie wo was ist neu neue neuen neuer neues beantragen antrag machen lassen bitte termin i we my our me a the an for
of to in on at and or need want would like get how do can new apply please
"""
ENDING = 3
STEM = 6
LOOKS_ALIKE = 0.65
GUESSES = 3
_EMPTY_WORDS = frozenset(_LITTLE_WORDS.split())


def search(catalogue: Catalogue, words: str, language: str) -> list[Service]:
    """The services that fit the words, best first; without words all that are not hidden, in catalogue order.

    Every word must fit; where no service fits them all, those that fit at least one. A hidden service is found
    by its exact name, synonym or LeiKa key only.
    """
    if not words.strip():
        return [service for service in catalogue.services.values() if not service.hidden]
    asked = _asked(words)
    scored = []
    for service in catalogue.services.values():
        if service.hidden:
            if _named_exactly(service, words):
                scored.append((len(asked), 100.0, service))
            continue
        fits = [
            fit for fit in (_best_fit(word, _terms(catalogue, service, language)) for word in asked) if fit
        ]
        if fits:
            scored.append((len(fits), sum(fits), service))
    if any(count == len(asked) for count, _, _ in scored):
        scored = [entry for entry in scored if entry[0] == len(asked)]
    return [service for _, _, service in sorted(scored, key=lambda entry: (-entry[0], -entry[1]))]


def nearest(catalogue: Catalogue, words: str, language: str) -> list[Service]:
    """For words that fit nothing: up to three services whose words look alike, the most alike first."""
    asked = [word for word in _asked(words) if len(word) >= 4]
    scored = []
    for service in catalogue.services.values():
        terms = {term for term, _, loose in _terms(catalogue, service, language) if loose and len(term) >= 4}
        alike = max((_alike(word, term) for word in asked for term in terms), default=0.0)
        if not service.hidden and alike >= LOOKS_ALIKE:
            scored.append((alike, service))
    return [service for _, service in sorted(scored, key=lambda entry: -entry[0])][:GUESSES]


def _alike(word: str, term: str) -> float:
    """From 0 to 1: how much of both is the same in the same order."""
    matcher = SequenceMatcher(None, word, term, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= LOOKS_ALIKE else 0.0


def fold(text: str) -> str:
    """Lower case, umlauts spelled out, accents dropped: how words are compared."""
    spelled = unicodedata.normalize("NFC", text).casefold().translate(_FOLD)
    return "".join(c for c in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(c))


def _split(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def _asked(words: str) -> list[str]:
    """The words that carry meaning, at most twelve of at most 40 letters; all words when none does."""
    every = [word[:40] for word in _split(words)[:12]]
    return [word for word in every if word not in _EMPTY_WORDS] or every


def _named_exactly(service: Service, words: str) -> bool:
    wanted = " ".join(_split(words))
    return any(
        wanted == " ".join(_split(name))
        for name in (service.leika, *service.name.values(), *service.synonyms)
    )


def _terms(catalogue: Catalogue, service: Service, language: str) -> list[tuple[str, float, bool]]:
    """Words by which a service is known: (word, weight, whether typos and word parts count)."""
    unit = catalogue.units[service.unit]
    terms = [(word, 3.0, True) for text in service.synonyms for word in _split(text)]
    for code, text in service.name.items():
        terms += [(word, 3.5 if code == language else 3.0, True) for word in _split(text)]
    terms += [(word, 1.5, True) for text in unit.name.values() for word in _split(text)]
    terms += [(word, 1.0, False) for text in service.description.values() for word in _split(text)]
    terms.append((service.leika, 3.0, False))
    return [term for term in terms if term[0] not in _EMPTY_WORDS]


def _best_fit(word: str, terms: list[tuple[str, float, bool]]) -> float:
    return max((_fit(word, term, loose) * weight for term, weight, loose in terms), default=0.0)


def _fit(word: str, term: str, loose: bool) -> float:
    if word == term:
        return 10.0
    if len(word) >= 3 and term.startswith(word):
        return 7.0
    if not loose:
        return 0.0
    shorter, longer = sorted((len(word), len(term)))
    allowed = 0 if shorter < 4 else 1 if shorter < 8 else 2
    typos = _typos(word, term) if allowed else longer
    if shorter >= 8 and typos <= allowed:
        return 6.0 - typos
    if _same_stem(word, term):
        return 5.5
    if shorter >= 4 and (word in term or term in word):
        return 3.0 + 2.0 * shorter / longer  # a part of a compound word
    return 4.0 - typos if typos <= allowed else 0.0


def _same_stem(word: str, term: str) -> bool:
    """The same beginning with other endings: "einbürgern", "Einbürgerung"."""
    same = 0
    while same < min(len(word), len(term)) and word[same] == term[same]:
        same += 1
    return same >= STEM and len(word) - same <= ENDING and len(term) - same <= ENDING


def _typos(one: str, other: str) -> int:
    """Edits between two words: insert, delete, replace, swap neighbours (optimal string alignment)."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
