"""What a notice knows: the appointment's facts, who writes, and the reader's language. Its words are in `words.py`.

Services that are hidden in lists are neither named nor told by what they need, since mail is read on the way.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from server.catalog.model import Catalogue, Mode, Service, in_language


class Words(Protocol):
    """A language as the pages have it; handed in, since notices know nothing of the web."""

    @property
    def code(self) -> str: ...
    @property
    def tag(self) -> str: ...
    def gettext(self, message: str) -> str: ...
    def moment(self, value: Any) -> str: ...
    def day(self, value: Any) -> str: ...
    def short_moment(self, value: Any) -> str: ...


@dataclass(frozen=True, slots=True)
class Facts:
    """The appointment as it was when the event happened; `place` is None for video, `until` the time to confirm.

    `bring` is what to have at hand, `ahead` (key, name) what is needed before the appointment,
    `named` (key, name) whatever is on the list, `alternatives` times that were free, in words.
    """

    number: str
    start: datetime
    end: datetime
    mode: Mode
    sequence: int
    services: tuple[str, ...]
    place: str | None
    until: datetime | None = None
    bring: tuple[str, ...] = ()
    ahead: tuple[tuple[str, str], ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    alternatives: tuple[str, ...] = ()

    def name_of(self, item: str) -> str:
        """The name of a thing on the list, empty where it must not be named."""
        return dict(self.named).get(item, "")

    def missing(self, sent: Collection[str]) -> tuple[str, ...]:
        """Names of what has not been sent ahead yet."""
        return tuple(name for key, name in self.ahead if key not in sent)

    def where(self, video: str) -> str:
        return video if self.mode == "video" else self.place or ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the city, its address for answers, its telephone."""

    city: str
    mail: str
    phone: str
    host: str


def facts_from(stored: Mapping[str, Any], catalogue: Catalogue, language: Words) -> Facts:
    """Reads what the booking verbs wrote into the outbox: start, end, mode, site, number, sequence, services."""
    known = [(catalogue.services.get(id_), int(count)) for id_, count in stored["services"]]
    shown = [(service, count) for service, count in known if service and not service.hidden]
    names = [
        in_language(service.name, language.code) + (f" ({count}×)" if count > 1 else "")
        for service, count in shown
    ]
    site = catalogue.sites.get(stored.get("site") or "")
    items = _needed([service for service, _ in shown], language, required=True)
    listed = _needed([service for service, _ in shown], language, required=False)
    return Facts(
        number=stored["number"],
        start=datetime.fromisoformat(stored["start"]),
        end=datetime.fromisoformat(stored["end"]),
        mode=stored["mode"],
        sequence=int(stored["sequence"]),
        services=tuple(names),
        place=f"{site.name}, {site.address}" if site else None,
        until=datetime.fromisoformat(stored["until"]) if "until" in stored else None,
        bring=tuple(name for when, _, name in items if when == "bring"),
        ahead=tuple((key, name) for when, key, name in items if when == "ahead"),
        named=tuple((key, name) for _, key, name in listed),
        alternatives=tuple(_in_words(slot, catalogue, language) for slot in stored.get("alternatives", ())),
    )


def _in_words(slot: Mapping[str, Any], catalogue: Catalogue, language: Words) -> str:
    site = catalogue.sites.get(slot.get("site") or "")
    place = site.name if site else language.gettext("Video")
    return f"{language.moment(datetime.fromisoformat(slot['start']))}, {place}"


def _needed(services: list[Service], language: Words, *, required: bool) -> list[tuple[str, str, str]]:
    """(when, key, name) of every item of the checklists, each once; with `required` of those alone."""
    found: dict[str, tuple[str, str, str]] = {}
    for service in services:
        for item in service.checklist:
            if item.required or not required:
                found.setdefault(item.key, (item.when, item.key, in_language(item.name, language.code)))
    return list(found.values())
