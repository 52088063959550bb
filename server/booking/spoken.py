"""The language a citizen would like to speak: which ones the clerks speak, their names, and what is said when none is free.

The language of pages and mails is another matter (`web/language.py`).
"""

import re
from collections.abc import Iterable
from datetime import datetime

from babel import Locale, UnknownLocaleError

from server.booking.routing import Reason, Wish
from server.booking.snapshot import Crew

CODE = re.compile(r"[a-z]{2,3}")
NOT_SPOKEN = "In diesem Zeitraum ist niemand frei, der {language} spricht. Sie können diese Zeiten nehmen und jemanden mitbringen, der übersetzt."
NEXT_SPOKEN = (
    "In diesem Zeitraum ist niemand frei, der {language} spricht, das nächste Mal am {date}. "
    "Sie können diese Zeiten nehmen und jemanden mitbringen, der übersetzt."
)


def code_of(text: str) -> str | None:
    """A language's code without its region; None for German, which everybody speaks, and for what is no code."""
    code = re.split("[-_]", text.lower())[0]
    return code if CODE.fullmatch(code) and code != "de" else None


def spoken_by(crews: Iterable[Crew], wish: Wish) -> tuple[str, ...]:
    """Codes of what the clerks who can do this speak beside German."""
    able = [crew.languages for crew in crews if wish.service_ids <= crew.services]
    codes = {code for languages in able for code in map(code_of, languages) if code}
    return tuple(sorted(codes))


def name_in(code: str, reader: str) -> str:
    try:
        name = Locale.parse(reader.partition("_")[0]).languages.get(code, code)
    except (UnknownLocaleError, ValueError):
        name = code
    return str(name[:1].upper() + name[1:])


def not_spoken(code: str, reader: str, next_at: datetime | None) -> Reason:
    """Why other clerks are offered too."""
    params = {"language": name_in(code, reader)}
    if next_at is None:
        return Reason("language-not-spoken", NOT_SPOKEN, params)
    return Reason("language-not-spoken", NEXT_SPOKEN, {**params, "date": next_at})
