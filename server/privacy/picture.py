"""The data-flow picture: from whom which kind of data comes, where it lies, who else gets it, how long. An SVG without script or style."""

from collections.abc import Iterator
from html import escape

from server.privacy.record import Entry, recipients
from server.privacy.words import Language, period_words, word

WIDTH, ROW, TOP = 1060, 36, 56
FROM, KIND, WHERE = (10, 210), (300, 770), (860, 1050)
WORDS = {
    "database": "Datenbank der Stadt",
    "sealed": "Datenbank, verschlüsselt",
    "store": "Ablage, verschlüsselt",
}
"""Where data lies, in the order of the picture."""
INK, PAPER, LINE, FILL = "#1a2433", "#ffffff", "#5b6b80", "#eef3f9"


def size(entries: list[Entry]) -> tuple[int, int]:
    """Width and height in CSS pixels, for the place that a page keeps until the picture is there."""
    return WIDTH, TOP + ROW * len(entries) + 20


def picture(entries: list[Entry], language: Language) -> str:
    """The same entries give the same picture, byte for byte."""
    _ = language.gettext
    entries = sorted(entries, key=lambda one: one.data_class.persons)
    _width, height = size(entries)
    head = [_("Von wem"), _("Was, und wie lange"), _("Wohin")]
    places = {key: _(text) for key, text in WORDS.items() if any(_lies(one, key) for one in entries)}
    places |= {name: word(language, name) for name in recipients(entries)}
    at = {key: TOP + (height - TOP) * (nr + 0.5) / len(places) for nr, key in enumerate(places)}
    body = [
        *(_text(x, 30, words, "bold") for (x, _end), words in zip((FROM, KIND, WHERE), head, strict=True)),
        *_sources(entries, language),
        *(part for nr, one in enumerate(entries) for part in _row(nr, one, at, language)),
        *(part for key, words in places.items() for part in _box(WHERE, at[key], words)),
    ]
    title = escape(_("Welche Daten woher kommen und wohin sie gehen"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="img" font-family="sans-serif" font-size="14"><title>{title}</title>'
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>{"".join(body)}</svg>\n'
    )


def _lies(entry: Entry, key: str) -> bool:
    return {"database": not entry.sealed, "sealed": entry.sealed, "store": entry.in_store}[key]


def _sources(entries: list[Entry], language: Language) -> Iterator[str]:
    for persons in dict.fromkeys(one.data_class.persons for one in entries):
        rows = [nr for nr, one in enumerate(entries) if one.data_class.persons == persons]
        middle = _middle(rows[0]) / 2 + _middle(rows[-1]) / 2
        yield from (_line(FROM[1], middle, KIND[0], _middle(row)) for row in rows)
        yield from _box(FROM, middle, word(language, persons))


def _row(nr: int, entry: Entry, at: dict[str, float], language: Language) -> Iterator[str]:
    words = f"{language.gettext(entry.data_class.name)} · {period_words(language, entry.period)}"
    goes = [*(key for key in WORDS if _lies(entry, key)), *entry.data_class.given_to]
    yield from (_line(KIND[1], _middle(nr), WHERE[0], at[key]) for key in goes)
    yield from _box(KIND, _middle(nr), words)


def _middle(row: int) -> float:
    return TOP + ROW * (row + 0.5)


def _box(span: tuple[int, int], y: float, words: str) -> Iterator[str]:
    left, right = span
    yield (
        f'<rect x="{left}" y="{y - 14:.1f}" width="{right - left}" height="28" rx="4" fill="{FILL}" stroke="{LINE}"/>'
    )
    yield _text(left + 10, y + 5, words)


def _text(x: float, y: float, words: str, weight: str = "normal") -> str:
    return f'<text x="{x}" y="{y:.1f}" fill="{INK}" font-weight="{weight}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    bend = (x1 + x2) / 2
    way = f"M{x1} {y1:.1f}C{bend} {y1:.1f} {bend} {y2:.1f} {x2} {y2:.1f}"
    return f'<path d="{way}" fill="none" stroke="{LINE}"/>'
