"""Periods, persons and recipients in the reader's words."""

from datetime import timedelta
from typing import Protocol

from recordings_policy.data_class import DataClass

HOUR = timedelta(hours=1)
STATES = {
    "collection": "{period} nach dem Eintrag",
    "end-of-process": "{period} nach dem Ende",
    "end-of-relationship": "{period} nach dem Ausscheiden",
}
WORDS = {
    "citizens": "Bürgerinnen und Bürger",
    "guests": "Eingeladene Personen",
    "staff": "Beschäftigte",
    "mail": "Versand von E-Mails",
    "sms": "Versand von SMS",
}


class Language(Protocol):
    def gettext(self, message: str) -> str: ...


def period_words(language: Language, period: timedelta) -> str:
    """Like "14 Tage"; whole years as years, what is no whole day as hours."""
    _ = language.gettext
    hours = period // HOUR
    days, rest = divmod(hours, 24)
    if hours == 0:
        return _("sofort")
    if rest:
        return _("1 Stunde") if hours == 1 else _("{n} Stunden").format(n=hours)
    if days == 1:
        return _("1 Tag")
    if days % 365:
        return _("{n} Tage").format(n=days)
    return _("1 Jahr") if days == 365 else _("{n} Jahre").format(n=days // 365)


def rule_words(language: Language, data_class: DataClass, period: timedelta) -> str:
    """Like "14 Tage nach dem Ende"."""
    return language.gettext(STATES[data_class.start]).format(period=period_words(language, period))


def word(language: Language, key: str) -> str:
    """Whose data it is, or who gets some of it."""
    return language.gettext(WORDS[key])
